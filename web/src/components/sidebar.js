// The list of rooms, and links to all other screens.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { patch } from '../patch.js';
import { router } from '../router.js';
import { goToRoom, pressed, search } from '../shortcuts.js';
import { today } from '../today.js';
import { View } from '../view.js';
import { number } from '../wording/numbers.js';
import { avatar } from './avatar.js';
import { brand } from './brand.js';
import { followPress } from './press.js';
import { roomLink } from './room-link.js';
import './connection-status.js';

/** @import { RoomState } from '../state/room.js' */

customElements.define(
  'hex-sidebar',
  class extends View {
    #connection = document.createElement('hex-connection');
    #rooms = el('nav', { class: 'rooms', 'aria-label': 'Rooms' });
    #places = el('nav', { class: 'places', 'aria-label': 'Places' });
    /** @type {RoomState[]} as they are shown */
    #order = [];
    #isPressed = false;

    enter() {
      const { rooms, account, friends, people } = home();
      this.listen(rooms, 'list', () => this.drawSoon());
      this.listen(account, 'change', () => this.drawSoon());
      this.listen(friends, 'change', () => this.drawSoon());
      this.listen(people, 'change', () => this.drawSoon());
      this.listen(today, 'change', () => this.drawSoon());
      this.listen(router, 'change', () => this.draw());
      this.listen(document, 'keydown', pressed);
      followPress(this, this.#rooms, (isPressed) => {
        this.#isPressed = isPressed;
        if (!isPressed) this.drawSoon();
      });
      this.draw();
    }

    draw() {
      patch(this, head(), this.#connection, this.#rooms, this.#places);
      this.#arrange();
      patch(this.#rooms, this.#list());
      patch(this.#places, places());
    }

    /** While somebody presses on the list or has selected something in it, nothing may move away from under them. */
    #arrange() {
      const { inOrder } = home().rooms;
      const isSame =
        inOrder.length === this.#order.length && inOrder.every((room) => this.#order.includes(room));
      if (isSame && (this.#isPressed || this.#isSelected())) return;
      this.#order = inOrder;
    }

    #isSelected() {
      const selection = getSelection();
      return selection !== null && !selection.isCollapsed && this.#rooms.contains(selection.anchorNode);
    }

    #list() {
      const { rooms } = home();
      if (!rooms.isLoaded) return el('p', { class: 'loading', key: 'loading' }, 'Loading…');
      if (this.#order.length === 0) return el('p', { class: 'hint' }, 'You are not in any room yet.');
      return el(
        'ul',
        {},
        this.#order.map((room) => el('li', { key: room.roomId }, roomLink(room))),
      );
    }
  },
);

function head() {
  const { rooms } = home();
  return el(
    'header',
    { class: 'sidebar-head' },
    link('/', { class: 'home-link' }, brand()),
    rooms.all.size > 1 && finder('rooms', 'Go to a room', 'K', goToRoom),
    rooms.all.size > 0 && finder('search', 'Search messages', 'F', () => search()),
    link('/join', { class: 'button join' }, 'Join a room'),
    link('/create', { class: 'button' }, icon('plus'), 'Create'),
  );
}

/**
 * @param {string} picture
 * @param {string} words
 * @param {string} key with Ctrl or ⌘
 * @param {() => void} onclick
 */
function finder(picture, words, key, onclick) {
  return el(
    'button',
    {
      type: 'button',
      class: 'icon-button finder',
      key,
      'aria-label': words,
      'aria-keyshortcuts': `Control+${key} Meta+${key}`,
      title: `${words} (Ctrl+${key})`,
      onclick,
    },
    icon(picture),
  );
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
