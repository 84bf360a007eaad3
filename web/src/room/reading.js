// What has been read of a room while it is open: everything up to the last message that was on the screen of a page
// somebody looked at. The divider before what is new stays where it is until it was seen and everything was read.

/** @import { RoomState } from '../state/room.js' */

/**
 * @typedef {object} Sight
 * @property {boolean} isLookedAt whether the page is visible and has the focus
 * @property {number} upTo the event up to which the log is on the screen, or was before it
 * @property {boolean} showsDivider
 */

export class Reading {
  #room;
  #markRead;
  /** @type {number | null} the event after which the divider stands */
  divider = null;
  #isSeen = false;
  #isOver = true;
  /** How many messages after the divider were passed over unseen. */
  #passedOver = 0;

  /**
   * @param {RoomState} room
   * @param {(seq: number) => void} markRead
   */
  constructor(room, markRead) {
    this.#room = room;
    this.#markRead = markRead;
    this.#divide(room.readSeq);
  }

  /**
   * Somebody may have seen something.
   * @param {Sight} sight
   * @returns {boolean} whether the divider has moved
   */
  look({ isLookedAt, upTo, showsDivider }) {
    const { readSeq, unread } = this.#room;
    if (isLookedAt) {
      this.#isSeen ||= showsDivider;
      this.#markRead(upTo);
      if (!this.#isSeen) this.#passedOver += unread - this.#room.unread;
    }
    // What was read elsewhere or deleted has not been passed over here.
    this.#isOver ||= this.#room.unread === 0 && (this.#isSeen || this.#passedOver === 0);
    return this.#divide(readSeq);
  }

  /** The first message that is unread, or was passed over, and how many of them there are. */
  get first() {
    const { unread, readSeq } = this.#room;
    if (this.divider !== null && !this.#isSeen && this.#passedOver > 0)
      return { after: this.divider, count: this.#passedOver + unread };
    return unread > 0 ? { after: readSeq, count: unread } : null;
  }

  /** @param {number} after */
  #divide(after) {
    if (!this.#isOver || !this.#room.isCounted || this.#room.unread === 0) return false;
    this.divider = after;
    this.#isSeen = false;
    this.#isOver = false;
    this.#passedOver = 0;
    return true;
  }
}
