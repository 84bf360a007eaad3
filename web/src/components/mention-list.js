// Offers the room's members while somebody types `@`. The text field keeps the focus, and the arrow keys choose (the
// combobox pattern of ARIA, but for the role: a field of several lines may have none).

import { home } from '../app.js';
import { el, setAttribute } from '../dom.js';
import { patch } from '../patch.js';
import { EVERYONE } from '../room/mentions.js';
import { View } from '../view.js';
import { plain } from '../wording/plain.js';
import { avatar } from './avatar.js';

/** @import { RoomState } from '../state/room.js' */

const OPTION = 'mention-';

/** Right behind one of these an `@` is part of something else, mostly of an email address. */
const ADDRESS = /[a-z0-9]$/i;

/** @typedef {{userId: string, name: string}} Choice */

export class MentionList extends View {
  #room;
  #text;
  /** @type {string | null} */
  #active = null;
  /** The `@` for which nothing more is offered, or only for what stands there. @type {{at: number, typed?: string} | null} */
  #settled = null;
  #list = el('ul', { class: 'mention-list', id: 'mention-list', role: 'listbox', 'aria-label': 'Members' });
  #status = el('p', { class: 'unseen', role: 'status' });

  /** @param {RoomState} room @param {HTMLTextAreaElement} text */
  constructor(room, text) {
    super();
    this.#room = room;
    this.#text = text;
  }

  enter() {
    const { rooms, people } = home();
    for (const [name, value] of [
      ['aria-autocomplete', 'list'],
      ['aria-haspopup', 'listbox'],
      ['aria-controls', 'mention-list'],
    ])
      this.#text.setAttribute(name, value);
    this.append(this.#list, this.#status);
    this.listen(this.#text, 'input', () => {
      // The best for what has been typed now.
      this.#active = null;
    });
    for (const sign of ['input', 'click', 'keyup', 'blur', 'focus'])
      this.listen(this.#text, sign, () => this.drawSoon());
    this.listen(rooms, 'room', ({ detail }) => detail === this.#room.roomId && this.drawSoon());
    this.listen(people, 'change', () => this.drawSoon());
    // A press on the list leaves the focus where it is.
    this.listen(this.#list, 'mousedown', (event) => event.preventDefault());
    this.draw();
  }

  draw() {
    const found = this.#found();
    if (!found.some(({ userId }) => userId === this.#active)) this.#active = found[0]?.userId ?? null;
    this.#list.hidden = found.length === 0;
    patch(
      this.#list,
      found.map((choice) => this.#option(choice)),
    );
    setAttribute(this.#text, 'aria-activedescendant', this.#active && OPTION + this.#active);
    const words = found.length === 1 ? '1 suggestion' : `${found.length} suggestions`;
    patch(this.#status, found.length > 0 && words);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for this list */
  press(event) {
    this.draw();
    const found = this.#found();
    const choice = found.find(({ userId }) => userId === this.#active);
    if (!choice) return false;
    const { key, shiftKey, ctrlKey, metaKey } = event;
    if (key === 'ArrowDown') this.#step(found, 1);
    else if (key === 'ArrowUp') this.#step(found, -1);
    else if (key === 'Escape') this.#settled = { at: this.#query()?.at ?? 0 };
    else if ((key === 'Enter' || key === 'Tab') && !shiftKey && !ctrlKey && !metaKey) this.#choose(choice);
    else return false;
    event.preventDefault();
    this.draw();
    this.#list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /** What stands between an `@` and the caret. */
  #query() {
    const { value, selectionStart, selectionEnd } = this.#text;
    if (selectionStart !== selectionEnd || document.activeElement !== this.#text) return null;
    const before = value.slice(0, selectionStart);
    const at = before.lastIndexOf('@');
    const typed = before.slice(at + 1);
    if (at < 0 || /[\s@]/u.test(typed) || ADDRESS.test(before.slice(0, at))) return null;
    return { at, typed: plain(typed), end: selectionStart };
  }

  /** @returns {Choice[]} */
  #found() {
    const query = this.#query();
    const { at, typed = query?.typed } = this.#settled ?? {};
    if (query?.at !== at || query?.typed !== typed) this.#settled = null;
    if (!query || this.#settled) return [];
    const { people } = home();
    const all = [
      ...this.#room.others.map(({ userId }) => ({ userId, name: people.name(userId) })),
      { userId: EVERYONE, name: 'All members' },
    ];
    const begins = (/** @type {string} */ text) => plain(text).startsWith(query.typed);
    const found = all.filter(({ userId, name }) => begins(userId) || name.split(/\s+/u).some(begins));
    const place = (/** @type {Choice} */ { userId }) => {
      if (plain(userId) === query.typed) return 0;
      // All members only come first for somebody who has typed it out.
      if (userId === EVERYONE) return 3;
      return begins(userId) ? 1 : 2;
    };
    found.sort((one, other) => place(one) - place(other));
    // Somebody who has typed all of it goes on as if nothing were offered.
    return found.length === 1 && plain(found[0].userId) === query.typed ? [] : found;
  }

  /** @param {Choice} choice */
  #option(choice) {
    const { userId, name } = choice;
    return el(
      'li',
      {
        key: userId,
        id: OPTION + userId,
        role: 'option',
        class: 'mention-option',
        'aria-selected': String(userId === this.#active),
        onclick: () => this.#choose(choice),
      },
      userId === EVERYONE
        ? el(
            'span',
            { class: 'avatar small', 'aria-hidden': 'true', key: 'all' },
            el('span', { class: 'hexagon' }, '@'),
          )
        : avatar({ userId, name }, 'small'),
      el('bdi', { class: 'mention-name' }, name),
      el('span', { class: 'hint' }, `@${userId}`),
    );
  }

  /** @param {Choice[]} found @param {1 | -1} step */
  #step(found, step) {
    const place = found.findIndex(({ userId }) => userId === this.#active);
    this.#active = found.at((place + step) % found.length)?.userId ?? null;
  }

  /** @param {Choice} choice */
  #choose({ userId }) {
    const query = this.#query();
    if (!query) return;
    const isBeforeBlank = /^\s/u.test(this.#text.value.slice(query.end));
    this.#text.setRangeText(`@${userId}${isBeforeBlank ? '' : ' '}`, query.at, query.end, 'end');
    this.#active = null;
    // The caret stays right behind it if there was a blank, and it would be offered again.
    this.#settled = { at: query.at, typed: plain(userId) };
    this.#text.dispatchEvent(new Event('input'));
  }
}

customElements.define('hex-mention-list', MentionList);
