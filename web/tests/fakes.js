// The browser's parts of the world, as far as the tests need them.

import { SafeStorage } from '../src/storage.js';

/** A `Storage` in memory. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  /** @param {number} place */
  key(place) {
    return [...this.#items.keys()][place] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#items.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#items.delete(key);
  }

  clear() {
    this.#items.clear();
  }
}

/** What is kept by a browser without faults. */
export function safeStorage(storage = new FakeStorage()) {
  return new SafeStorage(() => storage);
}

/** A promise, and the means to settle it. */
export function deferred() {
  /** @type {(value?: any) => void} */
  let resolve = () => {};
  /** @type {(error: Error) => void} */
  let reject = () => {};
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets everything run that only waits for its turn. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * A message as the server tells of it.
 * @param {number} seq
 * @param {Partial<import('../src/types.d.ts').Message>} [more]
 * @returns {import('../src/types.d.ts').Message}
 */
export function message(seq, more = {}) {
  return {
    messageId: `m${seq}`,
    roomId: 'r',
    seq,
    senderId: 'bo',
    clientMessageId: `c${seq}`,
    body: `message ${seq}`,
    sentAt: '2026-03-01T10:00:00.000Z',
    revision: 0,
    deleted: false,
    mentions: [],
    everyone: false,
    reactions: [],
    ...more,
  };
}

/**
 * The event of a message.
 * @param {'message_posted' | 'message_edited' | 'message_deleted'} kind
 * @param {number} seq
 * @param {import('../src/types.d.ts').Message} data
 * @returns {import('../src/types.d.ts').RoomEvent}
 */
export function event(kind, seq, data) {
  return { roomId: 'r', seq, kind, actor: data.senderId, at: data.sentAt, data };
}

/**
 * The event of a reaction.
 * @param {number} seq its own place in the log
 * @param {string} actor
 * @param {number} to the message
 * @param {string} emoji
 * @param {boolean} [on]
 * @returns {import('../src/types.d.ts').RoomEvent}
 */
export function reaction(seq, actor, to, emoji, on = true) {
  const kind = on ? 'reaction_added' : 'reaction_removed';
  return { roomId: 'r', seq, kind, actor, at: '', data: { messageId: `m${to}`, emoji } };
}

/** @param {number} seq */
export function posted(seq) {
  return event('message_posted', seq, message(seq));
}
