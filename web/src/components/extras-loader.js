// Loads what draws the extras of rows, for the first row that has any.

import { home } from '../app.js';
import { load } from '../on-demand.js';
import { problemOf } from '../server/errors.js';
import { needsExtras } from './message-row.js';

/** @import { RoomState } from '../state/room.js' */
/** @import { MessageExtras } from './message-extras.js' */

export class ExtrasLoader {
  /** @type {MessageExtras | null} */
  extras = null;
  #room;
  #loaded;
  /** @type {'not' | 'now' | 'in vain'} */
  #isLoading = 'not';
  /** How far the room's log was known when it was in vain. */
  #failedAt = 0;

  /** @param {RoomState} room @param {() => void} loaded called when it has been, or cannot be */
  constructor(room, loaded) {
    this.#room = room;
    this.#loaded = loaded;
  }

  /** Whether the room can be drawn as it stays. What cannot be loaded is done without. */
  get isReady() {
    const { timeline, roomId, log } = this.#room;
    const hasFailed = this.#isLoading === 'in vain';
    if (this.extras)
      return this.extras.isReadyFor([
        ...timeline.messages().map(({ body }) => body),
        ...home()
          .outbox.of(roomId)
          .map(({ body }) => body),
      ]);
    if (hasFailed && log.seq === this.#failedAt) return true;
    const isNeeded =
      timeline.items.some((item) => !('message' in item) || needsExtras(item.message)) ||
      home().outbox.of(roomId).some(needsExtras);
    if (isNeeded) {
      this.retry();
      this.load();
    }
    return !isNeeded || hasFailed;
  }

  async load() {
    if (this.extras || this.#isLoading !== 'not') return;
    this.#isLoading = 'now';
    try {
      const { MessageExtras } = await load('components/message-extras.js');
      this.extras = new MessageExtras(this.#room);
    } catch (error) {
      problemOf(error);
      this.#isLoading = 'in vain';
      this.#failedAt = this.#room.log.seq;
    }
    this.#loaded();
  }

  /** What could not be loaded may be now: the connection is another, or something has happened in the room. */
  retry() {
    if (this.#isLoading === 'in vain') this.#isLoading = 'not';
    this.extras?.retry();
  }
}
