// What becomes of a message's reactions.

/** @import { Reaction } from '../types.d.ts' */

/**
 * The reactions once somebody has put an emoji to the message or taken it back. A repetition changes nothing.
 * @param {Reaction[]} reactions
 * @param {string} emoji
 * @param {string} userId
 * @param {boolean} on
 */
export function reactionsAfter(reactions, emoji, userId, on) {
  const before = reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? [];
  if (before.includes(userId) === on) return reactions;
  const after = { emoji, userIds: on ? [...before, userId] : before.filter((other) => other !== userId) };
  const all =
    before.length > 0
      ? reactions.map((reaction) => (reaction.emoji === emoji ? after : reaction))
      : [...reactions, after];
  return all.filter(({ userIds }) => userIds.length > 0);
}
