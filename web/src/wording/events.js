// What members do in a room besides writing, in words.

/** @import { RoomChange, RoomEvent } from '../types.d.ts' */

/**
 * @param {RoomEvent} event
 * @param {string} me
 * @param {(userId: string) => string} label
 */
export function eventWords({ kind, actor, data }, me, label) {
  const who = (/** @type {string} */ userId) => (userId === me ? 'You' : label(userId));
  switch (kind) {
    case 'member_joined':
      return `${who(data.userId)} joined`;
    case 'member_left':
      return `${who(data.userId)} left`;
    case 'member_removed':
      return `${who(actor)} ${data.banned ? 'banned' : 'removed'} ${label(data.userId)}`;
    case 'room_changed':
      return `${who(actor)} ${changes(data, who)}`;
    case 'room_closed':
      return 'The room was closed';
    default:
      return `${who(actor)}: ${kind.replaceAll('_', ' ')}`;
  }
}

/**
 * @param {RoomChange} change
 * @param {(userId: string) => string} who
 */
function changes({ name, topic, locked, ownerId, passwordChanged }, who) {
  const words = [
    name !== undefined && `renamed the room to “${name}”`,
    topic !== undefined && (topic ? `changed the topic to “${topic}”` : 'removed the topic'),
    locked !== undefined && (locked ? 'locked the room' : 'unlocked the room'),
    passwordChanged && 'changed the password',
    ownerId !== undefined && `handed the room over to ${who(ownerId)}`,
  ];
  return words.filter(Boolean).join(', ');
}
