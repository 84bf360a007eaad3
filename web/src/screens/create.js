// Opening a room. A free member is told what it takes.

import { home } from '../app.js';
import { field, form } from '../components/form.js';
import { el, fill } from '../dom.js';
import { roomPath, router } from '../router.js';
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
      'Six seats, and the first is yours. The others come with the password, or by your invitation.',
    ),
    form(
      { action: 'Create room', onsubmit: create },
      field('name', 'Name', { required: true, maxlength: 80 }),
      field('password', 'Room password', {
        shared: true,
        required: true,
        hint: 'At least 4 characters. Give it to those who may come in.',
      }),
    ),
  ];
}

/** @param {Record<string, string>} values */
async function create({ name, password }) {
  const { api, rooms } = home();
  const room = await api.rooms.create({ name, password });
  await rooms.enter(room.roomId);
  router.go(roomPath(room.roomId), { replace: true });
}

function explanation() {
  return [
    el('p', { class: 'lead' }, 'Only prime members open rooms.'),
    el(
      'p',
      {},
      'Prime members also invite each other, and join every room free. Whoever runs this server makes members prime: ask them. As soon as they have, you can create your room here.',
    ),
    el('a', { class: 'button primary', href: '/join' }, 'Join a room instead'),
  ];
}
