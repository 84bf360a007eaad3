// Offers the room's members while somebody types `@`.

import { home } from '../app.js';
import { el } from '../dom.js';
import { EVERYONE } from '../room/mentions.js';
import { plain } from '../wording/plain.js';
import { avatar } from './avatar.js';
import { Suggestions } from './suggestions.js';

/** @import { RoomState } from '../state/room.js' */

/** @typedef {{userId: string, name: string}} Mentionable */

export class MentionList extends Suggestions {
  #room;

  /** @param {RoomState} room @param {HTMLTextAreaElement} text */
  constructor(room, text) {
    super(text, { sign: '@', id: 'mention-list', label: 'Members' });
    this.#room = room;
  }

  enter() {
    const { rooms, people } = home();
    super.enter();
    this.listen(rooms, 'room', ({ detail }) => detail === this.#room.roomId && this.drawSoon());
    this.listen(people, 'change', () => this.drawSoon());
  }

  /** @param {string} typed */
  find(typed) {
    const { people } = home();
    const all = [
      ...this.#room.others.map(({ userId }) => ({ userId, name: people.name(userId) })),
      { userId: EVERYONE, name: 'All members' },
    ];
    const begins = (/** @type {string} */ text) => plain(text).startsWith(typed);
    const found = all.filter(({ userId, name }) => begins(userId) || name.split(/\s+/u).some(begins));
    const place = (/** @type {Mentionable} */ { userId }) => {
      if (plain(userId) === typed) return 0;
      // All members only come first for somebody who has typed it out.
      if (userId === EVERYONE) return 3;
      return begins(userId) ? 1 : 2;
    };
    found.sort((one, other) => place(one) - place(other));
    // Somebody who has typed all of it goes on as if nothing were offered.
    const isWhole = found.length === 1 && plain(found[0].userId) === typed;
    return isWhole ? [] : found.map(choiceOf);
  }
}

/** @param {Mentionable} member */
function choiceOf({ userId, name }) {
  const picture =
    userId === EVERYONE
      ? el(
          'span',
          { class: 'avatar small', 'aria-hidden': 'true', key: 'all' },
          el('span', { class: 'hexagon' }, '@'),
        )
      : avatar({ userId, name }, 'small');
  const words = [
    picture,
    el('bdi', { class: 'suggestion-name' }, name),
    el('span', { class: 'hint' }, `@${userId}`),
  ];
  return { key: userId, text: `@${userId}`, words };
}

customElements.define('hex-mention-list', MentionList);
