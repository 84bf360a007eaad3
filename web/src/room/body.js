// The body of a message, made from what somebody has typed or pasted.

/** How many characters it may have. */
export const LONGEST = 4_000;

/**
 * What is sent of a text: without control characters, which no message may have, without blank lines before it and
 * blanks behind it. The indentation of its first line stays.
 * @param {string} text
 */
export function bodyOf(text) {
  return text
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .replace(/^(?:[^\S\n]*\n)+/u, '')
    .trimEnd();
}

/**
 * The length in characters, as the server counts it; a string's own length is in UTF-16 units.
 * @param {string} text
 */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text.normalize('NFC')) length += 1;
  return length;
}
