// What not every row has: links, reactions, what members do besides writing, why a message was refused, and the actions
// of one that is pointed at. Loaded for the first row that has something of it.

import { home } from '../app.js';
import { el } from '../dom.js';
import { load } from '../on-demand.js';
import { EVERYONE, mentionsIn } from '../room/mentions.js';
import { isOriginalGone } from '../room/outbox.js';
import { problemOf } from '../server/errors.js';
import { originalOf } from '../state/originals.js';
import { reactionsTo } from '../state/pending-reactions.js';
import { eventWords } from '../wording/events.js';
import { splitLinks } from '../wording/links.js';
import { reactedBy } from '../wording/reactions.js';
import { reason } from '../wording/refusals.js';
import { addressLink } from './address-link.js';
import { OfferedActions } from './offered-actions.js';
import { quoted, quoteFrom } from './quote.js';
import { toggleReaction } from './reacting.js';
import { actionsFor, actionsOf, waysOutOf } from './row-actions.js';

/** @import { Formatting } from './formatted-body.js' */
/** @import { RoomState } from '../state/room.js' */
/** @import { Message, MessageRef, Reaction, RoomEvent, Unsent } from '../types.d.ts' */

export class MessageExtras {
  actionsFor = actionsFor;
  actionsOf = actionsOf;
  waysOutOf = waysOutOf;
  /** @type {RoomState} */
  room;
  /** @type {Formatting | null} */
  #formatting = null;
  /** @type {'not' | 'now' | 'in vain'} */
  #isLoading = 'not';

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

  /**
   * Whether these texts can be drawn as they stay. What cannot be loaded is done without until there is more to format.
   * @param {(string | null)[]} bodies
   */
  isReadyFor(bodies) {
    if (this.#formatting || this.#isLoading === 'in vain' || !bodies.some(isFormatted)) return true;
    if (this.#isLoading === 'not') this.#load();
    return false;
  }

  async #load() {
    this.#isLoading = 'now';
    try {
      const { Formatting } = await load('components/formatted-body.js');
      this.#formatting = new Formatting(this.room.changed);
    } catch (error) {
      problemOf(error);
      this.#isLoading = 'in vain';
    }
    this.room.changed();
  }

  /** What could not be loaded may be now. */
  retry() {
    if (this.#isLoading === 'in vain') this.#isLoading = 'not';
  }

  /** All that is shown here of a message besides its text. @param {Message | Unsent} message */
  look(message) {
    const { words, name } = this.#quote(message.replyTo) ?? {};
    const reactions = isSent(message) ? this.reactionLines(message) : [];
    const mentioned = isSent(message)
      ? message.mentions
      : mentionsIn(message.body, this.#mentionable(message)).map(({ userId }) => userId);
    const format =
      isFormatted(message.body) && this.#formatting && `formatted ${this.#formatting.hasColours}`;
    return [...reactions, name, words, ...mentioned.map(nameOf), format].join();
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
   * A message's text with its formatting and links, and with the names of those whom it mentions.
   * @param {Message | Unsent} message
   */
  bodyOf(message) {
    const text = message.body ?? '';
    const words = this.#wordsIn(message);
    if (this.#formatting && isFormatted(text)) return this.#formatting.bodyOf(text, words, bareLink);
    const size = EMOJI_ALONE.test(text) ? 'large' : '';
    const parts = splitLinks(text).map(({ text: part, href }) => (href ? bareLink(part) : words(part)));
    return el('p', { class: `body ${size}`, dir: 'auto' }, parts);
  }

  /** Draws a part of a message's text with the names of those whom it mentions. @param {Message | Unsent} message */
  #wordsIn(message) {
    const { me } = this.room;
    const userIds = this.#mentionable(message);
    const author = isSent(message) ? message.senderId : me;
    const isOwn = author === me;
    return (/** @type {string} */ text) => {
      const parts = [];
      let done = 0;
      for (const { start, end, userId } of mentionsIn(text, userIds)) {
        // The longest id that fits is meant, also if it is the author's own, who is not mentioned by it.
        if (userId === author) continue;
        const isMe = !isOwn && (userId === me || userId === EVERYONE);
        parts.push(text.slice(done, start), mention(userId, isMe));
        done = end;
      }
      return [...parts, text.slice(done)];
    };
  }

  /** Whom a message mentions; one that is unsent, whom it can mention. @param {Message | Unsent} message */
  #mentionable(message) {
    if (isSent(message))
      return [...message.mentions, message.senderId, ...(message.everyone ? [EVERYONE] : [])];
    return [...(this.room.members ?? []).map(({ userId }) => userId), EVERYONE];
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

/** One to three emoji and nothing else. */
const EMOJI_ALONE = /^\s*(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a text may have formatting, which is read and drawn by a module of its own. @param {string | null} body */
function isFormatted(body) {
  return /[*_`~[]|^\s*(?:>|[-+] |\d+[.)] )/m.test(body ?? '');
}

/** A link whose words are its address, unless that could be mistaken for another. @param {string} address */
function bareLink(address) {
  const [{ shown = address }] = splitLinks(address);
  return addressLink(address, shown);
}

/** @param {string} userId @param {boolean} isMe */
function mention(userId, isMe) {
  return el(
    'span',
    { class: `mention ${isMe ? 'me' : ''}`, key: userId, title: `@${userId}` },
    '@',
    el('bdi', {}, nameOf(userId)),
  );
}

/** @param {string} userId */
function nameOf(userId) {
  return userId === EVERYONE ? EVERYONE : home().people.label(userId);
}
