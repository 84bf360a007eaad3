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

  /** @param {RoomState} room @param {() => void} loaded called when it has been, or cannot be */
  constructor(room, loaded) {
    this.#room = room;
    this.#loaded = loaded;
  }

  /** Whether the room can be drawn as it stays. What cannot be loaded is done without. */
  get isReady() {
    const { timeline, roomId } = this.#room;
    if (this.extras || this.#isLoading === 'in vain') return true;
    const isNeeded =
      timeline.items.some((item) => !('message' in item) || needsExtras(item.message)) ||
      home().outbox.of(roomId).some(needsExtras);
    if (isNeeded) this.load();
    return !isNeeded;
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
    }
    this.#loaded();
  }

  /** The connection is another: what could not be loaded may be now. */
  retry() {
    if (this.#isLoading === 'in vain') this.#isLoading = 'not';
  }
}
