// The screen beside the list of rooms while none is open, and instead of it while there are none.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { patch } from '../patch.js';
import { View } from '../view.js';
import { price } from '../wording/price.js';

customElements.define(
  'hex-start',
  class extends View {
    enter() {
      const { account, invitations, rooms } = home();
      this.listen(invitations, 'change', () => this.drawSoon());
      this.listen(rooms, 'list', () => this.drawSoon());
      this.listen(account, 'change', () => this.drawSoon());
      this.draw();
    }

    draw() {
      const { account, rooms } = home();
      if (!account.known || !rooms.isLoaded) return;
      patch(this, rooms.all.size > 0 ? invitation() : welcome(account.known));
    }
  },
);

function invitation() {
  return el(
    'div',
    { class: 'blank', key: 'invitation' },
    icon('hexroom'),
    el('h1', {}, 'Choose a room'),
    el('p', {}, 'Pick one from the list, or join another.'),
    invited(),
  );
}

function invited() {
  return (
    home().invitations.open.length > 0 &&
    el(
      'p',
      { key: 'invited' },
      'You have been invited to a room. ',
      el('a', { href: '/join' }, 'See the invitation'),
    )
  );
}

/** @param {import('../types.d.ts').Account} account */
function welcome(account) {
  return el(
    'div',
    { class: 'blank welcome', key: 'welcome' },
    icon('hexroom'),
    el('h1', { dir: 'auto' }, `Welcome, ${account.name}`),
    el(
      'p',
      { class: 'lead' },
      'A room has six seats, a password and an owner. Take a seat and start talking.',
    ),
    invited(),
    el(
      'ul',
      { class: 'ways' },
      el(
        'li',
        {},
        el('h2', {}, 'Join a room'),
        el(
          'p',
          {},
          `With a room’s id and password, or with an invitation. ${price(account.nextJoin, account.availCoins).words}`,
        ),
        el('a', { class: 'button primary', href: '/join' }, 'Join a room'),
      ),
      account.prime
        ? el(
            'li',
            {},
            el('h2', {}, 'Create a room of your own'),
            el('p', {}, 'As a prime member you can create rooms and invite others to them.'),
            el('a', { class: 'button', href: '/create' }, 'Create a room'),
          )
        : el(
            'li',
            {},
            el('h2', {}, 'What is prime?'),
            el(
              'p',
              {},
              'Prime members can create rooms of their own, invite each other, and join every room for free. Ask an admin of this server to make you one.',
            ),
          ),
    ),
  );
}
