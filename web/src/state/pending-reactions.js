// The reader's own reactions: shown at once, and taken back where the server refuses them. The log has the last word.

import { reactionsAfter } from '../room/reactions.js';
import { Requests } from './requests.js';

/** @import { Message, Reaction } from '../types.d.ts' */
/** @import { Connection } from '../server/connection.js' */
/** @import { RoomState } from './room.js' */

/**
 * What has been asked for and is not in the log yet.
 * @typedef {{messageId: string, emoji: string, on: boolean}} PendingReaction
 */

/** @type {WeakMap<RoomState, PendingReaction[]>} */
const allPending = new WeakMap();

/** One after the other to a message: over HTTP, the later of two could arrive first. */
const requests = new Requests();

/**
 * The reactions to a message as they are shown.
 * @param {RoomState} room
 * @param {Message} message
 * @returns {Reaction[]}
 */
export function reactionsTo(room, { messageId, reactions, deleted }) {
  if (deleted) return [];
  return pendingIn(room)
    .filter((reaction) => reaction.messageId === messageId)
    .reduce((shown, { emoji, on }) => reactionsAfter(shown, emoji, room.me, on), reactions);
}

/**
 * Whether the reader has put the emoji to the message.
 * @param {RoomState} room
 * @param {Message} message
 * @param {string} emoji
 */
export function hasReacted(room, message, emoji) {
  return reactionsTo(room, message).some(
    (reaction) => reaction.emoji === emoji && reaction.userIds.includes(room.me),
  );
}

/**
 * Puts an emoji to a message, or takes it back.
 * @param {Connection} connection
 * @param {RoomState} room
 * @param {PendingReaction} reaction
 * @throws {import('../server/errors.js').Refused | import('../server/errors.js').Unreachable}
 */
export async function react(connection, room, reaction) {
  const { roomId, me } = room;
  const { messageId, emoji, on } = reaction;
  allPending.set(room, [...pendingIn(room), reaction]);
  room.changed();
  try {
    let reached = Promise.resolve();
    await requests.inTurn(messageId, async () => {
      const { seq } = await connection.request({ type: 'react', roomId, ...reaction });
      const kind = on ? 'reaction_added' : 'reaction_removed';
      // Without a socket no event tells of it until there is one again.
      if (seq === 0)
        room.timeline.receive({ roomId, seq, kind, actor: me, at: '', data: { messageId, emoji } });
      reached = room.reached(seq);
    });
    await reached;
  } finally {
    allPending.set(
      room,
      pendingIn(room).filter((other) => other !== reaction),
    );
    room.changed();
  }
}

/** @param {RoomState} room */
function pendingIn(room) {
  return allPending.get(room) ?? [];
}
