// The passwords of rooms that their owner has typed on this page, to be given to others. They are in memory only, and
// forgotten as soon as they may no longer be right.

/** @import { Connection } from '../server/connection.js' */

/** Fires `change`. */
export class TypedPasswords extends EventTarget {
  /** @type {Map<string, {password: string, headSeq: number}>} */
  #typed = new Map();
  #connection;

  /** @param {Connection} connection */
  constructor(connection) {
    super();
    this.#connection = connection;
    connection.addEventListener('state', () => this.#isUntold && this.#forget());
  }

  /** @param {{roomId: string, headSeq: number}} room as it was answered with this password @param {string} password */
  note({ roomId, headSeq }, password) {
    if (this.#isUntold) return;
    this.#typed.set(roomId, { password, headSeq });
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} roomId */
  of(roomId) {
    return this.#typed.get(roomId)?.password ?? null;
  }

  /** @param {any} frame of the connection */
  handle({ type, roomId, kind, seq, data }) {
    const typed = this.#typed.get(roomId);
    const isChanged = kind === 'room_changed' && data.passwordChanged && seq > (typed?.headSeq ?? 0);
    if (!typed || !(type === 'reset' || type === 'removed' || isChanged)) return;
    this.#typed.delete(roomId);
    this.dispatchEvent(new Event('change'));
  }

  /** Over HTTP nobody tells that another password was set. */
  get #isUntold() {
    return this.#connection.state === 'polling';
  }

  #forget() {
    this.#typed.clear();
    this.dispatchEvent(new Event('change'));
  }
}
