// A client's place in a room's log: every event once, in order, without a gap.

/** @import { ResumePoint, RoomEvent } from '../types.d.ts' */

export class RoomLog {
  #syncing = false;

  /**
   * @param {string} roomId
   * @param {string} epoch
   * @param {number} seq up to where the log is known
   */
  constructor(roomId, epoch, seq) {
    this.roomId = roomId;
    this.epoch = epoch;
    this.seq = seq;
  }

  /**
   * Decides about an event. The next one is applied, one that is known already is dropped, and one that comes
   * too early shows that others are missing: it is dropped too, for the server sends it again with them.
   * @param {RoomEvent} event
   * @returns {'apply' | 'drop' | 'sync'} `sync` means that the missing ones must be asked for
   */
  receive({ seq }) {
    if (seq <= this.seq) return 'drop';
    if (seq > this.seq + 1) return this.#ask();
    this.seq = seq;
    return 'apply';
  }

  /**
   * The server says how far the log goes.
   * @param {number} head
   * @returns {'sync' | 'drop'}
   */
  see(head) {
    return head > this.seq ? this.#ask() : 'drop';
  }

  /** What was asked for has come, or will not come. */
  synced() {
    this.#syncing = false;
  }

  /**
   * The server sends what is missing no more; everything before `head` is read anew elsewhere.
   * @param {string} epoch
   * @param {number} head
   */
  reset(epoch, head) {
    this.epoch = epoch;
    this.seq = head;
    this.#syncing = false;
  }

  /** @returns {ResumePoint} where to go on after a pause */
  point() {
    return { roomId: this.roomId, epoch: this.epoch, seq: this.seq };
  }

  #ask() {
    if (this.#syncing) return 'drop';
    this.#syncing = true;
    return 'sync';
  }
}
