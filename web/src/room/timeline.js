// The loaded part of a room's history: a window without gaps, which moves over the whole.

import { reactionsAfter } from './reactions.js';
import { concerns } from './rows.js';

/** @import { History, Message, RoomEvent } from '../types.d.ts' */

/** How many items are kept; the far end is dropped when the window moves on. */
const MOST = 300;

/** How many changes to messages outside the window are remembered, because a page in flight may be older. */
const MOST_CHANGES = 500;

/**
 * @typedef {{seq: number, message: Message}} MessageItem
 * @typedef {{seq: number, event: RoomEvent}} EventItem something that happened while the room was open
 * @typedef {MessageItem | EventItem} Item
 * @typedef {Extract<RoomEvent, {data: {emoji: string}}>} Reacting
 */

export class Timeline {
  /** @type {Item[]} by seq */
  items = [];
  /** Whether there are older messages than these. */
  hasOlder = false;
  /** Whether there are newer ones. */
  hasNewer = false;
  /** Whether a first page has come. */
  isOpen = false;

  /** @type {Map<string, Message>} */
  #changes = new Map();
  /** @type {Reacting[]} reactions to any message, because a page in flight may be older than they are */
  #reacting = [];
  /** @type {Item[] | null} what came while the newest page was in flight */
  #early = null;

  /** The newest page is about to be requested; what happens from now on may not be in it. */
  expect() {
    this.#early = [];
  }

  /**
   * Begins with the newest page, or with one from the middle.
   * @param {History} page
   */
  open({ items, hasMore, hasOlder = hasMore, hasNewer = false }) {
    this.items = this.#asItems(items);
    this.hasOlder = hasOlder;
    this.isOpen = true;
    this.#reach(hasNewer);
  }

  /**
   * Moves towards the beginning.
   * @param {History} page what comes before the first item
   */
  prepend({ items, hasMore }) {
    this.items.unshift(...this.#asItems(items).filter((item) => item.seq < this.#first));
    this.hasOlder = hasMore;
    if (this.items.length > MOST) {
      this.items.length = MOST;
      this.hasNewer = true;
    }
  }

  /**
   * Moves towards the end.
   * @param {History} page what comes after the last item
   */
  append({ items, hasMore }) {
    this.items.push(...this.#asItems(items).filter((item) => item.seq > this.#last));
    this.#reach(hasMore);
    this.#dropOldest();
  }

  /**
   * Something has happened in the room.
   * @param {RoomEvent} event
   */
  receive(event) {
    switch (event.kind) {
      case 'message_posted':
        return this.#add({ seq: event.seq, message: this.newest(event.data) });
      case 'message_edited':
      case 'message_deleted':
        return this.#change(event.data);
      case 'reaction_added':
      case 'reaction_removed':
        return this.#react(event);
      default:
        return this.#add({ seq: event.seq, event });
    }
  }

  /**
   * A message as it reads now, from a page of the newest history, which is later than all that is known.
   * @param {Message} message
   * @param {number} since up to where the log was known
   */
  take(message, since) {
    this.#reacting = [];
    const { seq, reactions } = message;
    if (seq > since) return this.#add({ seq, message });
    if (message.revision > 0 || message.deleted) this.#change(message);
    this.#replace(message.messageId, (known) => ({ ...known, reactions }));
  }

  /** @param {string} messageId */
  find(messageId) {
    return this.messages().find((message) => message.messageId === messageId);
  }

  /**
   * A message from elsewhere as it is known here: the later of two versions, in which a deletion is final, otherwise the
   * higher revision; with the reactions that have come since.
   * @param {Message} message
   */
  newest(message) {
    const change = this.#changes.get(message.messageId);
    return this.#reacting.reduce(reacted, change && isLater(change, message) ? change : message);
  }

  messages() {
    return this.items.flatMap((item) => ('message' in item ? [item.message] : []));
  }

  /** Whether it goes on from an event without a gap. @param {number} seq */
  continues(seq) {
    const isFromThere = !this.hasOlder || this.#first <= seq + 1;
    return this.isOpen && isFromThere && (!this.hasNewer || this.#last > seq);
  }

  /**
   * How many messages of others are between two events, and how many of them mention the reader; null where that is not
   * known here: a message may have been deleted or edited before or after the server counted it.
   * @param {number} after
   * @param {number} upTo
   * @param {string} me
   * @returns {{unread: number, mentions: number | null} | null}
   */
  count(after, upTo, me) {
    if (!this.continues(after) || (this.hasNewer && this.#last < upTo)) return null;
    const theirs = this.messages().filter(
      ({ seq, senderId }) => seq > after && seq <= upTo && senderId !== me,
    );
    const gone = theirs.filter(({ deleted }) => deleted);
    if (gone.some(({ messageId }) => !this.#changes.has(messageId))) return null;
    const isKnown = theirs.every(
      ({ messageId, revision }) => revision === 0 || this.#changes.get(messageId)?.revision === revision,
    );
    return {
      unread: theirs.length - gone.length,
      mentions: isKnown ? theirs.filter((message) => !message.deleted && concerns(message, me)).length : null,
    };
  }

  get #first() {
    return this.items[0]?.seq ?? Number.POSITIVE_INFINITY;
  }

  get #last() {
    return this.items.at(-1)?.seq ?? 0;
  }

  /** @param {Item} item */
  #add(item) {
    if (this.#early) this.#early.push(item);
    if (!this.isOpen || this.hasNewer || item.seq <= this.#last) return;
    this.items.push(item);
    this.#dropOldest();
  }

  /** @param {Message} message */
  #change(message) {
    const known = this.#changes.get(message.messageId);
    if (known && isLater(known, message)) return;
    this.#changes.delete(message.messageId);
    this.#changes.set(message.messageId, message);
    for (const oldest of this.#changes.keys()) {
      if (this.#changes.size <= MOST_CHANGES) break;
      this.#changes.delete(oldest);
    }
    this.#replace(message.messageId, (known) => this.newest(known));
  }

  /** @param {Reacting} event */
  #react(event) {
    this.#reacting.push(event);
    if (this.#reacting.length > MOST_CHANGES) this.#reacting.shift();
    this.#replace(event.data.messageId, (known) => reacted(known, event));
  }

  /** @param {string} messageId @param {(known: Message) => Message} change */
  #replace(messageId, change) {
    for (const item of this.items) {
      if ('message' in item && item.message.messageId === messageId) item.message = change(item.message);
    }
  }

  /**
   * The window ends with a page; where that was the last, what has come since belongs after it.
   * @param {boolean} hasNewer
   */
  #reach(hasNewer) {
    this.hasNewer = hasNewer;
    const early = hasNewer ? [] : (this.#early ?? []);
    this.#early = null;
    for (const item of early)
      this.#add('message' in item ? { ...item, message: this.newest(item.message) } : item);
  }

  #dropOldest() {
    if (this.items.length <= MOST) return;
    this.items.splice(0, this.items.length - MOST);
    this.hasOlder = true;
  }

  /** @param {Message[]} messages */
  #asItems(messages) {
    return messages.map((message) => ({ seq: message.seq, message: this.newest(message) }));
  }
}

/** Whether one version of a message comes after the other. @param {Message} one @param {Message} other */
function isLater(one, other) {
  return !other.deleted && (one.deleted || one.revision > other.revision);
}

/** @param {Message} message @param {Reacting} event @returns {Message} */
function reacted(message, { kind, actor, data }) {
  if (message.messageId !== data.messageId || message.deleted) return message;
  const reactions = reactionsAfter(message.reactions, data.emoji, actor, kind === 'reaction_added');
  return { ...message, reactions };
}
