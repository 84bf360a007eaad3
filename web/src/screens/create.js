// Creating a room. A free member is told who can.

import { home } from '../app.js';
import { field, form } from '../components/form.js';
import { el, fill } from '../dom.js';
import { roomPath, router } from '../router.js';
import { attempt } from '../server/errors.js';
import { View } from '../view.js';

customElements.define(
  'hex-create',
  class extends View {
    #isPrime = false;

    enter() {
      this.listen(home().account, 'change', () => this.drawSoon());
      this.draw();
    }

    draw() {
      const { known } = home().account;
      if (!known || (this.firstChild && this.#isPrime === known.prime)) return;
      this.#isPrime = known.prime;
      fill(
        this,
        el(
          'div',
          { class: 'page narrow' },
          el('h1', {}, 'Create a room'),
          known.prime ? creation() : explanation(),
        ),
      );
    }
  },
);

function creation() {
  return [
    el(
      'p',
      { class: 'lead' },
      'A room has six seats, and the first is yours. Others join with the password or with an invitation from you.',
    ),
    form(
      { action: 'Create room', onsubmit: create },
      field('name', 'Name', { required: true, maxlength: 80 }),
      field('password', 'Room password', {
        shared: true,
        required: true,
        hint: 'At least 4 characters. Give it to the people you want to let in.',
      }),
    ),
  ];
}

/** @param {Record<string, string>} values */
async function create({ name, password }) {
  const { api, passwords, rooms } = home();
  const room = await api.rooms.create({ name, password });
  passwords.note(room, password);
  // If it cannot be loaded now, its screen loads it: the room is there.
  await attempt(rooms.enter(room.roomId));
  router.go(roomPath(room.roomId), { replace: true });
}

function explanation() {
  return [
    el('p', { class: 'lead' }, 'Only prime members can create rooms.'),
    el(
      'p',
      {},
      'Prime members can also invite each other and join every room for free. Ask an admin of this server to make you one. As soon as they have, you can create your room here.',
    ),
    el('a', { class: 'button primary', href: '/join' }, 'Join a room instead'),
  ];
}
