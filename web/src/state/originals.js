// The messages that others reply to. Those that are not in the loaded part of the history are asked for, one by one.

import { problemOf, Refused } from '../server/errors.js';

/** @import { Timeline } from '../room/timeline.js' */
/** @import { Message } from '../types.d.ts' */
/** @import { Api } from '../server/api.js' */
/** @import { RoomState } from './room.js' */

const AGAIN_MS = 5_000;

/** @typedef {{messages: Map<string, Message | 'unavailable' | null>, turn: Promise<void>}} Asked null until there is an answer */

/** @type {WeakMap<Timeline, Asked>} */
const all = new WeakMap();

/**
 * A message as it is known here, null until it is, or `unavailable` where it cannot be shown.
 * @param {RoomState} room
 * @param {Api['messages']} api
 * @param {string} messageId
 */
export function originalOf(room, api, messageId) {
  const { timeline } = room;
  const loaded = timeline.find(messageId);
  if (loaded) return loaded;
  const asked = all.get(timeline) ?? { messages: new Map(), turn: Promise.resolve() };
  all.set(timeline, asked);
  const known = asked.messages.get(messageId);
  if (known === undefined) {
    asked.messages.set(messageId, null);
    asked.turn = asked.turn.then(() => ask(room, api, messageId, asked.messages));
  }
  if (known === 'unavailable') return known;
  return known ? timeline.newest(known) : null;
}

/**
 * @param {RoomState} room
 * @param {Api['messages']} api
 * @param {string} messageId
 * @param {Asked['messages']} messages
 */
async function ask(room, api, messageId, messages) {
  try {
    messages.set(messageId, await api.show(room.roomId, messageId));
  } catch (error) {
    problemOf(error);
    if (error instanceof Refused && !error.isForNow) messages.set(messageId, 'unavailable');
    else {
      const retryAfterMs = error instanceof Refused ? error.retryAfterMs : null;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs ?? AGAIN_MS));
      messages.delete(messageId);
    }
  }
  room.changed();
}
