// The emoji that can be chosen, and how they are found.

import { plain } from '../wording/plain.js';

/**
 * @typedef {{emoji: string, name: string, words: string[], hasTones: boolean}} Emoji `words` it is found by
 * @typedef {{name: string, emoji: Emoji[]}} EmojiGroup
 */

/**
 * @param {[string, string][]} groups their names and lines, as in `vendor/emoji.js`
 * @returns {EmojiGroup[]}
 */
export function readGroups(groups) {
  return groups.map(([name, lines]) => ({
    name,
    emoji: lines.trim().split('\n').map(read),
  }));
}

/** @param {string} line @returns {Emoji} */
function read(line) {
  const [emoji, name, others = '', tones] = line.split('|');
  return { emoji, name, words: wordsOf(`${name} ${others}`), hasTones: tones !== undefined };
}

/**
 * The emoji of which each word of the query begins a word, those that are called so before others; without a query all,
 * by groups.
 * @param {EmojiGroup[]} groups
 * @param {string} query
 * @returns {EmojiGroup[]}
 */
export function findEmoji(groups, query) {
  if (query.trim() === '') return groups;
  const words = wordsOf(query);
  const isFound = (/** @type {Emoji} */ { emoji, words: known }) =>
    words.length > 0
      ? words.every((word) => known.some((other) => other.startsWith(word)))
      : emoji === query.trim();
  const place = (/** @type {Emoji} */ { name, words: [first] }) =>
    Number(plain(name) !== plain(query)) + Number(!first.startsWith(words[0]));
  const found = groups.flatMap(({ emoji }) => emoji.filter(isFound));
  found.sort((one, other) => place(one) - place(other));
  return found.length > 0 ? [{ name: 'Found', emoji: found }] : [];
}

/** @param {string} emoji one that comes in skin tones @param {number} tone 0 for none, or 1 to 5 */
export function withTone(emoji, tone) {
  if (tone === 0) return emoji;
  const [first, ...rest] = emoji;
  return first + String.fromCodePoint(0x1f3fa + tone) + rest.join('').replace(/^\uFE0F/u, '');
}

/** @param {string} text */
function wordsOf(text) {
  return plain(text)
    .split(/[^\p{L}\p{N}+#*]+/u)
    .filter((word) => word !== '');
}
