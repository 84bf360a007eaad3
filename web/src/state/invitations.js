// The invitations that the account was told of while it was connected. The server lists them to a room's owner only, and
// tells neither the room's name nor the token.

/** @import { Invitation } from '../types.d.ts' */
/** @import { Rooms } from './rooms.js' */

/** Fires `change`, and `invited` when another one has come. */
export class Invitations extends EventTarget {
  #rooms;
  /** @type {Map<string, Invitation>} the newest for each room */
  #told = new Map();

  /** @param {Rooms} rooms */
  constructor(rooms) {
    super();
    this.#rooms = rooms;
    rooms.addEventListener('list', () => this.#dropUsed());
  }

  /** Those that may still be good, the newest first. @returns {Invitation[]} */
  get open() {
    return [...this.#told.values()].filter(({ expiresAt }) => Date.parse(expiresAt) > Date.now()).reverse();
  }

  /** @param {string} roomId */
  of(roomId) {
    return this.open.find((invitation) => invitation.roomId === roomId) ?? null;
  }

  /** @param {any} notice */
  notice({ kind, data }) {
    if (kind !== 'invited') return;
    this.#told.delete(data.roomId);
    this.#told.set(data.roomId, data);
    this.dispatchEvent(new Event('change'));
    this.dispatchEvent(new Event('invited'));
  }

  #dropUsed() {
    const used = [...this.#told.keys()].filter((roomId) => this.#rooms.all.has(roomId));
    for (const roomId of used) this.#told.delete(roomId);
    if (used.length > 0) this.dispatchEvent(new Event('change'));
  }
}
