// Where those whom a message mentions stand in its text. Whom it mentions is the server's to say.

/** @typedef {{start: number, end: number, userId: string}} Mention `userId` is `everyone` where all are meant */

export const EVERYONE = 'everyone';

/**
 * @param {string} text
 * @param {string[]} userIds who can be meant, `everyone` among them
 * @returns {Mention[]}
 */
export function mentionsIn(text, userIds) {
  if (userIds.length === 0) return [];
  const known = new Map(userIds.map((userId) => [userId.toLowerCase(), userId]));
  // The longest id that fits is meant.
  const ids = [...known.keys()].sort((one, other) => other.length - one.length);
  const named = ids.map((id) => id.replaceAll('.', String.raw`\.`)).join('|');
  return Array.from(text.matchAll(new RegExp(`(?<![a-z0-9])@(?:${named})(?![a-z0-9])`, 'gi')), (match) => {
    const [found] = match;
    const userId = known.get(found.slice(1).toLowerCase()) ?? '';
    return { start: match.index, end: match.index + found.length, userId };
  });
}
