// What not every row has: links, reactions, what members do besides writing, why a message was refused, and the actions
// of one that is pointed at. Loaded for the first row that has something of it.

import { home } from '../app.js';
import { el } from '../dom.js';
import { EVERYONE, mentionsIn } from '../room/mentions.js';
import { isOriginalGone } from '../room/outbox.js';
import { originalOf } from '../state/originals.js';
import { reactionsTo } from '../state/pending-reactions.js';
import { eventWords } from '../wording/events.js';
import { splitLinks } from '../wording/links.js';
import { reactedBy } from '../wording/reactions.js';
import { reason } from '../wording/refusals.js';
import { OfferedActions } from './offered-actions.js';
import { quoted, quoteFrom } from './quote.js';
import { toggleReaction } from './reacting.js';
import { actionsFor, actionsOf } from './row-actions.js';

/** @import { RoomState } from '../state/room.js' */
/** @import { Message, MessageRef, Reaction, RoomEvent, Unsent } from '../types.d.ts' */

export class MessageExtras {
  actionsFor = actionsFor;
  actionsOf = actionsOf;
  /** @type {RoomState} */
  room;

  /** @param {RoomState} room */
  constructor(room) {
    this.room = room;
  }

  /**
   * Offers what can be done with messages from now on.
   * @param {import('../view.js').View} view which listens while it is in the page
   * @param {HTMLElement} list
   * @param {import('./offered-actions.js').Rows} rows
   */
  offerActions(view, list, rows) {
    return new OfferedActions(view, list, rows);
  }

  /** All that is shown here of a message besides its text. @param {Message | Unsent} message */
  look(message) {
    const { words, name } = this.#quote(message.replyTo) ?? {};
    const reactions = isSent(message) ? this.reactionLines(message) : [];
    const mentioned = isSent(message)
      ? message.mentions
      : this.#mentionsIn(message).map(({ userId }) => userId);
    return [...reactions, name, words, ...mentioned.map(nameOf)].join();
  }

  /** Who has reacted, emoji by emoji, in words. @param {Message} message */
  reactionLines(message) {
    return reactionsTo(this.room, message).map((reaction) => `${reaction.emoji} ${this.#names(reaction)}`);
  }

  /** Why the server has refused a message. @param {Unsent} unsent */
  whyRefused(unsent) {
    if (isOriginalGone(unsent)) return 'What this replies to has been deleted.';
    return reason(unsent.problem ?? null);
  }

  /** What somebody has done. @param {RoomEvent} event */
  wordsOf(event) {
    const { people } = home();
    return eventWords(event, this.room.me, (userId) => people.label(userId));
  }

  /**
   * A message's text with its links, and with the names of those whom it mentions.
   * @param {Message | Unsent} message
   */
  partsOf(message) {
    const text = message.body ?? '';
    const mentions = this.#mentionsIn(message);
    const isOwn = !isSent(message) || message.senderId === this.room.me;
    let at = 0;
    return splitLinks(text).map(({ text: part, href, shown = part }) => {
      const from = at;
      at += part.length;
      // An address reads from left to right, whatever the direction of the text around it.
      if (href)
        return el(
          'a',
          { href, key: href, dir: 'ltr', target: '_blank', rel: 'noopener noreferrer nofollow ugc' },
          shown,
        );
      return this.#withNames(text, from, at, mentions, isOwn);
    });
  }

  /** Where a message mentions somebody; one that is unsent, where it names a member. @param {Message | Unsent} message */
  #mentionsIn(message) {
    const { me, members } = this.room;
    const author = isSent(message) ? message.senderId : me;
    const userIds = isSent(message)
      ? [...message.mentions, author, ...(message.everyone ? [EVERYONE] : [])]
      : [...(members ?? []).map(({ userId }) => userId), EVERYONE];
    return mentionsIn(message.body ?? '', userIds).filter(({ userId }) => userId !== author);
  }

  /**
   * @param {string} text
   * @param {number} from
   * @param {number} to
   * @param {import('../room/mentions.js').Mention[]} mentions
   * @param {boolean} isOwn whether the reader mentions them
   */
  #withNames(text, from, to, mentions, isOwn) {
    const { me } = this.room;
    const parts = [];
    let done = from;
    for (const { start, end, userId } of mentions.filter((one) => one.start >= from && one.end <= to)) {
      const isMe = !isOwn && (userId === me || userId === EVERYONE);
      parts.push(
        text.slice(done, start),
        el(
          'span',
          { class: `mention ${isMe ? 'me' : ''}`, key: userId, title: `@${userId}` },
          '@',
          el('bdi', {}, nameOf(userId)),
        ),
      );
      done = end;
    }
    return [...parts, text.slice(done, to)];
  }

  /**
   * The line above a reply that says what it replies to, and leads there.
   * @param {MessageRef | undefined} place
   * @param {boolean} isInReach whether the tab key leads there
   * @param {(place: MessageRef) => void} show
   */
  quoteOf(place, isInReach, show) {
    const quote = this.#quote(place);
    if (!place || !quote) return null;
    return el(
      'button',
      {
        type: 'button',
        class: 'quote',
        key: 'quote',
        tabindex: isInReach ? 0 : -1,
        onmousedown: stayFocused,
        onclick: () => show(place),
      },
      quoted(quote),
    );
  }

  /** @param {MessageRef | undefined} place */
  #quote(place) {
    return place && quoteFrom(originalOf(this.room, home().api.messages, place.messageId));
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
        onmousedown: stayFocused,
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

/** The focus would bring actions to the row, and the row to move under the finger. @param {Event} event */
function stayFocused(event) {
  event.preventDefault();
}

/** @param {Message | Unsent} message @returns {message is Message} */
function isSent(message) {
  return 'messageId' in message;
}

/** @param {string} userId */
function nameOf(userId) {
  return userId === EVERYONE ? EVERYONE : home().people.label(userId);
}
