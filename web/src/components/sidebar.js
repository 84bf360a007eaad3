// The list of rooms, and links to all other screens.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { patch } from '../patch.js';
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
    #connection = document.createElement('hex-connection');
    #rooms = el('nav', { class: 'rooms', 'aria-label': 'Rooms' });
    #places = el('nav', { class: 'places', 'aria-label': 'Places' });

    enter() {
      const { rooms, account, friends } = home();
      this.listen(rooms, 'list', () => this.drawSoon());
      this.listen(account, 'change', () => this.drawSoon());
      this.listen(friends, 'change', () => this.drawSoon());
      this.listen(router, 'change', () => this.draw());
      this.listen(document, 'keydown', pressed);
      this.draw();
    }

    draw() {
      patch(this, head(), this.#connection, this.#rooms, this.#places);
      patch(this.#rooms, rooms());
      patch(this.#places, places());
    }
  },
);

function head() {
  return el(
    'header',
    { class: 'sidebar-head' },
    link('/', { class: 'home-link' }, brand()),
    link('/join', { class: 'button join' }, 'Join a room'),
    link('/create', { class: 'button' }, icon('plus'), 'Create'),
  );
}

function rooms() {
  const { rooms } = home();
  if (!rooms.isLoaded) return el('p', { class: 'loading', key: 'loading' }, 'Loading…');
  if (rooms.all.size === 0) return el('p', { class: 'hint' }, 'You are not in any room yet.');
  return el('ul', {}, [...rooms.all.values()].map(roomLink));
}

function places() {
  const { account, friends } = home();
  const { known } = account;
  if (!known) return [];
  const asking = friends.incoming.length;
  return [
    place(
      '/friends',
      'people',
      'Friends',
      asking > 0 && el('span', { class: 'count', 'aria-label': `${asking} waiting` }, asking),
    ),
    place('/coins', 'coin', 'Coins', el('span', { class: 'amount' }, number(known.availCoins))),
    place('/settings', null, known.name, avatar({ userId: known.userId, name: known.name }, 'small')),
  ];
}

/**
 * A link that says whether it leads to what is open.
 * @param {string} href
 * @param {Record<string, any>} attributes
 * @param {...import('../dom.js').Child} children
 */
function link(href, attributes, ...children) {
  const isOpen = href === location.pathname;
  return el('a', { href, 'aria-current': isOpen && 'page', ...attributes }, ...children);
}

/** @param {RoomState} room */
function roomLink({ about, unread, roomId }) {
  const words = unread === 1 ? '1 unread message' : `${number(unread)} unread messages`;
  return el(
    'li',
    { key: roomId },
    link(
      roomPath(roomId),
      { class: `room-link ${unread > 0 ? 'unread' : ''}` },
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
          { class: 'count', key: 'count' },
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
  return link(
    href,
    { class: 'place', key: href },
    isOwn ? extra : icon(picture),
    isOwn && el('span', { class: 'unseen' }, 'Settings of'),
    el('bdi', { class: 'place-name' }, words),
    isOwn ? icon('settings') : extra,
  );
}
