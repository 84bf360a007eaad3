// Loads the messages of a room: the newest, those around an event, and page by page what is before and after them.

/** @import { History as Page } from '../types.d.ts' */
/** @import { Api } from '../server/api.js' */
/** @import { Requests } from './requests.js' */
/** @import { RoomState } from './room.js' */

const HISTORY_PAGE = 60;

/** Half of them before an event, and the others after it. */
const PAGE_AROUND = 100;

export class History {
  #api;
  #requests;
  #changed;

  /**
   * @param {Api} api
   * @param {Requests} requests
   * @param {(roomId: string) => void} changed called when something has been loaded
   */
  constructor(api, requests, changed) {
    this.#api = api;
    this.#requests = requests;
    this.#changed = changed;
  }

  /** Whether messages are being loaded for the room. @param {RoomState} room */
  isOpening(room) {
    return this.#requests.has(room.timeline);
  }

  /** @param {RoomState} room */
  newest(room) {
    return this.#list(room, {});
  }

  /**
   * Loads messages, so that the room can be shown: the newest, or those around an event.
   * @param {RoomState} room
   * @param {number | null} [around]
   */
  async open(room, around = null) {
    const { timeline } = room;
    await this.#requests.inTurn(timeline, async () => {
      timeline.expect();
      const page = around === null ? this.newest(room) : this.#list(room, { around, limit: PAGE_AROUND });
      timeline.open(await page);
      if (room.timeline === timeline) this.#changed(room.roomId);
    });
  }

  /** @param {RoomState} room */
  async loadOlder(room) {
    const { timeline } = room;
    await this.#page(room, 'older', async () => {
      const before = timeline.items[0]?.seq;
      if (timeline.hasOlder && before !== undefined) timeline.prepend(await this.#list(room, { before }));
    });
  }

  /** @param {RoomState} room */
  async loadNewer(room) {
    const { timeline } = room;
    await this.#page(room, 'newer', async () => {
      const after = timeline.items.at(-1)?.seq;
      if (!timeline.hasNewer || after === undefined) return;
      timeline.expect();
      timeline.append(await this.#list(room, { after }));
    });
  }

  /**
   * Loads a page after whatever else is being loaded for the room, because where it joins depends on that.
   * @param {RoomState} room
   * @param {string} name
   * @param {() => Promise<void>} load
   */
  #page(room, name, load) {
    return this.#requests.once(`${name} ${room.roomId}`, () =>
      this.#requests.inTurn(room.timeline, async () => {
        await load();
        this.#changed(room.roomId);
      }),
    );
  }

  /**
   * @param {RoomState} room
   * @param {{before?: number, after?: number, around?: number, limit?: number}} where
   * @returns {Promise<Page>}
   */
  #list({ roomId }, where) {
    return this.#api.messages.list(roomId, { limit: HISTORY_PAGE, ...where });
  }
}
