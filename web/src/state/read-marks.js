// Tells the server up to where rooms have been read: at once, and then once in a while as long as reading goes on.

/** @import { Connection } from '../server/connection.js' */
/** @import { RoomState } from './room.js' */

const EVERY_MS = 250;

export class ReadMarks {
  #connection;
  #after;
  /** @type {Set<string>} rooms of which one has just been sent */
  #resting = new Set();

  /**
   * @param {Pick<Connection, 'notify'>} connection
   * @param {(ms: number) => Promise<unknown>} after
   */
  constructor(connection, after) {
    this.#connection = connection;
    this.#after = after;
  }

  /** @param {RoomState} room */
  send({ roomId, readSeq }) {
    this.#connection.notify({ type: 'read', roomId, seq: readSeq });
  }

  /** @param {RoomState} room which is read on */
  async follow(room) {
    const { roomId, readSeq } = room;
    if (this.#resting.has(roomId)) return;
    this.send(room);
    this.#resting.add(roomId);
    await this.#after(EVERY_MS);
    this.#resting.delete(roomId);
    if (room.readSeq > readSeq) await this.follow(room);
  }
}
