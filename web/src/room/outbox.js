// Messages on their way: kept from the moment they are typed until the server has them for certain.
//
// They are sent one after the other, so that they arrive in the order in which they were typed, and always with
// the same `clientMessageId`, so that the server takes each once however often it is sent. That also holds when
// two tabs, which share what is kept, both send it.

import { Refused, Unreachable } from '../server/refused.js';
import { hasTexts } from '../storage.js';

/** @import { Ack, Unsent } from '../types.d.ts' */
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
   * @param {object} world
   * @param {SafeStorage} world.storage
   * @param {string} world.userId whose messages they are
   * @param {(unsent: Unsent) => Promise<Ack>} world.send
   * @param {(ms: number) => Promise<void>} [world.after]
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
   * Takes a message and sends it as soon as the line is there.
   * @param {string} clientMessageId
   * @param {string} roomId
   * @param {string} body
   */
  add(clientMessageId, roomId, body) {
    this.#lastTypedAt = Math.max(Date.now(), this.#lastTypedAt + 1);
    this.#put({ clientMessageId, roomId, body, typedAt: this.#lastTypedAt });
    this.flush();
  }

  /** @param {string} roomId */
  of(roomId) {
    return [...this.#waiting.values()].filter((unsent) => unsent.roomId === roomId);
  }

  /** Sends what waits. What the server refuses stays, and keeps nothing else from being sent. */
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
   * Lets go of a message: it stands in the room's log, or its author wants it no more.
   * @param {string} clientMessageId
   */
  remove(clientMessageId) {
    const unsent = this.#waiting.get(clientMessageId);
    if (!unsent) return;
    this.#waiting.delete(clientMessageId);
    this.#storage.removeItem(this.#prefix + clientMessageId);
    this.#changed(unsent);
  }

  /** Stops sending, and forgets everything that its author is to leave no trace of here. */
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
        // What is damaged is passed over, and so is what belongs to a user id that goes on where this one ends.
        return unsent && key === this.#prefix + unsent.clientMessageId ? [unsent] : [];
      })
      .sort((one, other) => one.typedAt - other.typedAt);
  }
}

/** @param {any} value @returns {value is Unsent} */
function isUnsent(value) {
  const { problem, typedAt } = value ?? {};
  return (
    hasTexts(value, 'clientMessageId', 'roomId', 'body') &&
    typeof typedAt === 'number' &&
    (problem === undefined || hasTexts(problem, 'code', 'detail'))
  );
}
