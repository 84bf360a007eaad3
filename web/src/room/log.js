// How far a client knows a room's log: every event once, in order, without a gap.

/** @import { ResumePoint, RoomEvent } from '../types.d.ts' */

export class RoomLog {
  #syncing = false;
  /** @type {number | null} up to where events have come, if those after it were skipped */
  #heard = null;

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
   * too early shows that others are missing: it is dropped too, because the server sends it again with them.
   * @param {RoomEvent} event
   * @returns {'apply' | 'drop' | 'sync'} `sync` means that the missing ones must be asked for
   */
  receive({ seq }) {
    if (seq > this.seq + 1) return this.#ask();
    if (seq >= this.seq) this.#heard = null;
    if (seq <= this.seq) return 'drop';
    this.seq = seq;
    return 'apply';
  }

  /**
   * The server has said how far the log goes.
   * @param {number} head
   * @returns {'sync' | 'drop'}
   */
  see(head) {
    return head > this.seq ? this.#ask() : 'drop';
  }

  /**
   * What happened up to here is known from elsewhere. Its events are asked for all the same after a pause, because
   * not everything in them may be.
   * @param {number} seq
   */
  skip(seq) {
    if (seq <= this.seq) return;
    this.#heard ??= this.seq;
    this.seq = seq;
  }

  /** The missing events have come, or will not come. */
  synced() {
    this.#syncing = false;
  }

  /**
   * The server no longer sends the missing events; everything before `head` is loaded elsewhere.
   * @param {string} epoch
   * @param {number} head
   */
  reset(epoch, head) {
    this.epoch = epoch;
    this.seq = head;
    this.#heard = null;
    this.#syncing = false;
  }

  /** @returns {ResumePoint} where to go on after a pause */
  point() {
    return { roomId: this.roomId, epoch: this.epoch, seq: this.#heard ?? this.seq };
  }

  #ask() {
    if (this.#syncing) return 'drop';
    this.#syncing = true;
    return 'sync';
  }
}
