// Who has reacted to a message.

import { listNames } from './names.js';

/**
 * The names of those who put an emoji to a message, oneself last.
 * @param {string[]} userIds
 * @param {string} me
 * @param {(userId: string) => string} label
 */
export function reactedBy(userIds, me, label) {
  const others = userIds.filter((userId) => userId !== me).map(label);
  return listNames(
    others.length < userIds.length ? [...others, others.length === 0 ? 'You' : 'you'] : others,
  );
}
