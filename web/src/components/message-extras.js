// What not every row has: links, reactions, what members do besides writing, why a message was refused, and the actions
// of one that is pointed at. Loaded for the first row that has something of it.

import { home } from '../app.js';
import { el } from '../dom.js';
import { reactionsTo } from '../state/reactions.js';
import { eventWords } from '../wording/happenings.js';
import { splitLinks } from '../wording/links.js';
import { reactedBy } from '../wording/reactions.js';
import { reason } from '../wording/refusals.js';
import { toggleReaction } from './reacting.js';
import { actionsFor, actionsOf } from './row-actions.js';

/** @import { RoomState } from '../state/room.js' */
/** @import { Message, Reaction, RoomEvent } from '../types.d.ts' */

export class MessageExtras {
  actionsFor = actionsFor;
  actionsOf = actionsOf;
  reason = reason;
  /** @type {RoomState} */
  room;

  /** @param {RoomState} room */
  constructor(room) {
    this.room = room;
  }

  /** All that is shown here of a message besides its text. @param {Message} message */
  look(message) {
    return this.reactionLines(message).join();
  }

  /** Who has reacted, emoji by emoji, in words. @param {Message} message */
  reactionLines(message) {
    return reactionsTo(this.room, message).map((reaction) => `${reaction.emoji} ${this.#names(reaction)}`);
  }

  /** What somebody has done. @param {RoomEvent} event */
  wordsOf(event) {
    const { people } = home();
    return eventWords(event, this.room.me, (userId) => people.label(userId));
  }

  /** A text with its links. @param {string} text */
  partsOf(text) {
    // An address reads from left to right, whatever the direction of the text around it.
    return splitLinks(text).map(({ text: part, href, shown = part }) =>
      href
        ? el(
            'a',
            { href, key: href, dir: 'ltr', target: '_blank', rel: 'noopener noreferrer nofollow ugc' },
            shown,
          )
        : part,
    );
  }

  /**
   * @param {Message} message
   * @param {boolean} isInReach whether the tab key leads there
   */
  reactionsOf(message, isInReach) {
    const reactions = reactionsTo(this.room, message);
    if (reactions.length === 0) return null;
    return el(
      'div',
      { class: 'reactions', key: 'reactions', role: 'group', 'aria-label': 'Reactions' },
      reactions.map((reaction) => this.#pill(message, reaction, isInReach)),
    );
  }

  /**
   * @param {Message} message
   * @param {Reaction} reaction
   * @param {boolean} isInReach
   */
  #pill(message, reaction, isInReach) {
    const { emoji, userIds } = reaction;
    const names = this.#names(reaction);
    return el(
      'button',
      {
        type: 'button',
        class: 'reaction',
        key: emoji,
        tabindex: isInReach ? 0 : -1,
        'aria-pressed': String(userIds.includes(this.room.me)),
        'aria-label': `${emoji} ${userIds.length}: ${names}`,
        title: names,
        // The focus stays where it is: it would bring actions to the row, and the row to move under the finger.
        onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
        onclick: () => toggleReaction(this.room, message, emoji),
      },
      el('span', { class: 'emoji' }, emoji),
      userIds.length,
    );
  }

  /** @param {Reaction} reaction */
  #names({ userIds }) {
    const { people } = home();
    return reactedBy(userIds, this.room.me, (userId) => people.label(userId));
  }
}
