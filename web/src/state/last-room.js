// The room that was open last, which is opened again when the client is. It is kept by account, and forgotten at sign-out.

/** @import { SafeStorage } from '../storage.js' */

export class LastRoom {
  #storage;
  #key;

  /** @param {{storage: SafeStorage, userId: string}} options */
  constructor({ storage, userId }) {
    this.#storage = storage;
    this.#key = `hexroom.room.${userId}`;
  }

  get roomId() {
    return this.#storage.getItem(this.#key);
  }

  /** @param {string} roomId */
  remember(roomId) {
    this.#storage.setItem(this.#key, roomId);
  }

  forget() {
    this.#storage.removeItem(this.#key);
  }
}
