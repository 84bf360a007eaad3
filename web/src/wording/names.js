// Several people in one phrase.

import { number } from './numbers.js';

const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** @param {string[]} names */
export function listNames(names) {
  return LIST.format(names);
}

/** @param {string[]} names */
export function typing(names) {
  if (names.length === 0) return '';
  if (names.length > 3) return 'Several people are typing…';
  return `${listNames(names)} ${names.length === 1 ? 'is' : 'are'} typing…`;
}

/**
 * Who of the others has read a message.
 * @param {string[]} readers
 * @param {number} others how many there are
 */
export function seenBy(readers, others) {
  if (readers.length === 0) return 'Sent';
  if (readers.length === others && others > 1) return 'Seen by everyone';
  return `Seen by ${listNames(readers)}`;
}

/**
 * What is said in a room in which nobody has said anything.
 * @param {string[]} others who sit there
 */
export function emptyRoom(others) {
  const nothing = 'There are no messages yet.';
  if (others.length === 0) return nothing;
  return `${nothing} ${listNames(others)} ${others.length === 1 ? 'sits' : 'sit'} here with you: say hello!`;
}

/**
 * The warning to an owner when a room's password is being guessed.
 * @param {number} guesses
 */
export function guessed(guesses) {
  return `${number(guesses)} wrong passwords were tried for this room. If nobody you know mistyped it, choose a longer one.`;
}

/**
 * The initials of a name.
 * @param {string} name
 */
export function initials(name) {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => firstLetter(word))
    .join('')
    .toLocaleUpperCase();
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** @param {string} word */
function firstLetter(word) {
  for (const { segment } of GRAPHEMES.segment(word)) return segment;
  return '';
}
