// Unsent messages: stored from the moment they are typed until the server has acknowledged them.
//
// They are sent one after the other, so that they arrive in the order in which they were typed, and always with
// the same `clientMessageId`, so that the server posts each once however often it is sent, even when
// two tabs, which share the storage, both send it.

import { Refused, Unreachable } from '../server/errors.js';
import { hasStrings } from '../storage.js';
import { isPlace } from './drafts.js';

/** @import { Ack, MessageRef, Unsent } from '../types.d.ts' */
/** @import { SafeStorage } from '../storage.js' */

const WAIT_MS = 1_000;

/** Fires `change` with the room's id as `detail`. */
export class Outbox extends EventTarget {
  #storage;
  #prefix;
  #send;
  #after;
  /** @type {Map<string, Unsent>} in the order in which they were typed */
  #waiting = new Map();
  /** @type {Promise<void> | null} */
  #flushing = null;
  #lastTypedAt = 0;
  #isClosed = false;

  /**
   * @param {object} options
   * @param {SafeStorage} options.storage
   * @param {string} options.userId whose messages they are
   * @param {(unsent: Unsent) => Promise<Ack>} options.send
   * @param {(ms: number) => Promise<void>} [options.after]
   */
  constructor({ storage, userId, send, after = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }) {
    super();
    this.#storage = storage;
    this.#prefix = `hexroom.unsent.${userId}.`;
    this.#send = send;
    this.#after = after;
    for (const unsent of this.#kept()) this.#waiting.set(unsent.clientMessageId, unsent);
  }

  /**
   * Adds a message and sends it as soon as the connection is open.
   * @param {string} clientMessageId
   * @param {string} roomId
   * @param {string} body
   * @param {MessageRef} [replyTo]
   */
  add(clientMessageId, roomId, body, replyTo) {
    this.#lastTypedAt = Math.max(Date.now(), this.#lastTypedAt + 1);
    this.#put({ clientMessageId, roomId, body, replyTo, typedAt: this.#lastTypedAt });
    this.flush();
  }

  /** @param {string} roomId */
  of(roomId) {
    return [...this.#waiting.values()].filter((unsent) => unsent.roomId === roomId);
  }

  /** Sends all messages. One that the server refuses stays, and does not hold up the others. */
  flush() {
    this.#flushing ??= this.#sendAll().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** @param {string} clientMessageId */
  retry(clientMessageId) {
    const unsent = this.#waiting.get(clientMessageId);
    if (!unsent) return;
    const { problem: _, ...again } = unsent;
    this.#put(again);
    this.flush();
  }

  /**
   * Removes a message: it is in the room's log, or its author has discarded it.
   * @param {string} clientMessageId
   */
  remove(clientMessageId) {
    const unsent = this.#waiting.get(clientMessageId);
    if (!unsent) return;
    this.#waiting.delete(clientMessageId);
    this.#storage.removeItem(this.#prefix + clientMessageId);
    this.#changed(unsent);
  }

  /** Stops sending, and removes all messages if nothing is to be left behind. */
  close({ forget = false } = {}) {
    this.#isClosed = true;
    if (forget) for (const id of [...this.#waiting.keys()]) this.remove(id);
  }

  async #sendAll() {
    for (;;) {
      const next = [...this.#waiting.values()].find((unsent) => !unsent.problem);
      if (!next || this.#isClosed) return;
      try {
        await this.#send(next);
        this.remove(next.clientMessageId);
      } catch (error) {
        if (error instanceof Unreachable) return;
        if (!(error instanceof Refused) || error.endsSession) throw error;
        if (error.isForNow) await this.#after(error.retryAfterMs ?? WAIT_MS);
        else if (this.#waiting.has(next.clientMessageId)) this.#put({ ...next, problem: error.problem });
      }
    }
  }

  /** @param {Unsent} unsent */
  #put(unsent) {
    this.#waiting.set(unsent.clientMessageId, unsent);
    this.#storage.setItem(this.#prefix + unsent.clientMessageId, JSON.stringify(unsent));
    this.#changed(unsent);
  }

  /** @param {Unsent} unsent */
  #changed({ roomId }) {
    this.dispatchEvent(new CustomEvent('change', { detail: roomId }));
  }

  /** @returns {Unsent[]} */
  #kept() {
    return this.#storage
      .keys(this.#prefix)
      .flatMap((key) => {
        const unsent = this.#storage.getJson(key, isUnsent);
        // Those of another user id that begins with this one are skipped.
        return unsent && key === this.#prefix + unsent.clientMessageId ? [unsent] : [];
      })
      .sort((one, other) => one.typedAt - other.typedAt);
  }
}

/** Whether a reply was refused because what it replies to is gone. @param {Pick<Unsent, 'problem' | 'replyTo'>} unsent */
export function isOriginalGone({ problem, replyTo }) {
  return replyTo !== undefined && problem?.code === 'message_not_found';
}

/** @param {any} value @returns {value is Unsent} */
function isUnsent(value) {
  const { problem, typedAt } = value ?? {};
  return (
    hasStrings(value, 'clientMessageId', 'roomId', 'body') &&
    typeof typedAt === 'number' &&
    isPlace(value.replyTo) &&
    (problem === undefined || hasStrings(problem, 'code', 'detail'))
  );
}
