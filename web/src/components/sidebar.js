// The list of rooms, and links to all other screens.

import { home } from '../app.js';
import { el, fill, icon, setAttribute } from '../dom.js';
import { roomPath, router } from '../router.js';
import { pressed } from '../shortcuts.js';
import { View } from '../view.js';
import { number } from '../wording/numbers.js';
import { avatar } from './avatar.js';
import { brand } from './brand.js';
import { seatsOf } from './seats.js';
import './connection-status.js';

/** @import { RoomState } from '../state/room.js' */

customElements.define(
  'hex-sidebar',
  class extends View {
    #rooms = el('nav', { class: 'rooms', 'aria-label': 'Rooms' });
    #places = el('nav', { class: 'places', 'aria-label': 'Places' });

    enter() {
      const { rooms, account, friends } = home();
      fill(
        this,
        el(
          'header',
          { class: 'sidebar-head' },
          el('a', { href: '/', class: 'home-link' }, brand()),
          el('a', { class: 'button join', href: '/join' }, 'Join a room'),
          el('a', { class: 'button', href: '/create' }, icon('plus'), 'Create'),
        ),
        document.createElement('hex-connection'),
        this.#rooms,
        this.#places,
      );
      this.listen(rooms, 'list', () => this.drawSoon());
      this.listen(account, 'change', () => this.drawSoon());
      this.listen(friends, 'change', () => this.drawSoon());
      this.listen(router, 'change', () => this.#markPlace());
      this.listen(document, 'keydown', pressed);
      this.draw();
    }

    draw() {
      this.#showRooms();
      this.#showPlaces();
      this.#markPlace();
    }

    #showRooms() {
      const { rooms } = home();
      if (!rooms.isLoaded) return fill(this.#rooms, el('p', { class: 'loading' }, 'Loading…'));
      const list = [...rooms.all.values()].map(roomLink);
      keepingFocus(this.#rooms, () =>
        fill(
          this.#rooms,
          list.length > 0 ? el('ul', {}, list) : el('p', { class: 'hint' }, 'You are not in any room yet.'),
        ),
      );
    }

    #showPlaces() {
      const { account, friends } = home();
      const { known } = account;
      if (!known) return;
      const asking = friends.incoming.length;
      keepingFocus(this.#places, () =>
        fill(
          this.#places,
          place(
            '/friends',
            'people',
            'Friends',
            asking > 0 && el('span', { class: 'count', 'aria-label': `${asking} waiting` }, asking),
          ),
          place('/coins', 'coin', 'Coins', el('span', { class: 'amount' }, number(known.availCoins))),
          place('/settings', null, known.name, avatar({ userId: known.userId, name: known.name }, 'small')),
        ),
      );
    }

    #markPlace() {
      for (const link of this.querySelectorAll('a')) {
        setAttribute(link, 'aria-current', link.getAttribute('href') === location.pathname && 'page');
      }
    }
  },
);

/** @param {RoomState} room */
function roomLink({ about, unread, roomId }) {
  const words = unread === 1 ? '1 unread message' : `${number(unread)} unread messages`;
  return el(
    'li',
    {},
    el(
      'a',
      { class: `room-link ${unread > 0 ? 'unread' : ''}`, href: roomPath(roomId) },
      el(
        'span',
        { class: 'room-name' },
        el('bdi', {}, about.name),
        about.locked && el('span', { class: 'lock', role: 'img', 'aria-label': 'locked' }, icon('lock')),
      ),
      seatsOf(about),
      unread > 0 &&
        el(
          'span',
          { class: 'count' },
          el('span', { 'aria-hidden': 'true' }, unread > 99 ? '99+' : unread),
          el('span', { class: 'unseen' }, words),
        ),
    ),
  );
}

/**
 * @param {string} href
 * @param {string | null} picture
 * @param {string} words
 * @param {HTMLElement | false} extra
 */
function place(href, picture, words, extra) {
  const isOwn = picture === null;
  return el(
    'a',
    { class: 'place', href },
    isOwn ? extra : icon(picture),
    isOwn && el('span', { class: 'unseen' }, 'Settings of'),
    el('bdi', { class: 'place-name' }, words),
    isOwn ? icon('settings') : extra,
  );
}

/**
 * Links are drawn again when they change; the focus stays on the same link.
 * @param {HTMLElement} element
 * @param {() => void} draw
 */
function keepingFocus(element, draw) {
  const focused = element.contains(document.activeElement)
    ? document.activeElement?.getAttribute('href')
    : null;
  draw();
  if (focused)
    /** @type {HTMLElement | null} */ (element.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus();
}
