// Where no WebSocket gets through, HTTP takes its place: commands are calls, and news is asked for.

import { attempt } from './errors.js';

/** @import { Ack } from '../types.d.ts' */
/** @import { Api } from './api.js' */

export class HttpLine {
  #api;
  /** Asks for what has happened since the last time. @type {() => Promise<void>} */
  poll;

  /** @param {{api: Pick<Api, 'messages' | 'rooms'>, poll: () => Promise<void>}} options */
  constructor({ api, poll }) {
    this.#api = api;
    this.poll = poll;
  }

  /**
   * Does what a frame asks for, and shows what came of it.
   * @param {any} frame
   * @returns {Promise<Ack>}
   */
  async request({ type, roomId, messageId, body, clientMessageId, replyTo, emoji, on }) {
    const { messages } = this.#api;
    switch (type) {
      case 'send': {
        const posted = await messages.post({ roomId, clientMessageId, body, replyTo });
        await attempt(this.poll());
        return { ...posted, roomId };
      }
      case 'edit':
        await messages.edit(roomId, messageId, body);
        break;
      case 'delete':
        await messages.delete(roomId, messageId);
        break;
      case 'react':
        await messages.react(roomId, messageId, emoji, on);
        break;
      default:
    }
    // What was done counts as done, also if it cannot be shown yet.
    await attempt(this.poll());
    return { roomId, seq: 0, messageId: messageId ?? null, duplicate: false };
  }

  /** Nobody would hear in time that somebody is typing. @param {any} frame */
  async notify({ type, roomId, seq }) {
    if (type === 'read') await this.#api.rooms.markRead(roomId, seq);
  }
}
