// The web addresses in a text.

/**
 * What an address goes on with. Unlike letters of any script, these end it: blanks, quotes, full-width and
 * typographic punctuation, and whatever shows nothing, such as marks that turn the direction of writing.
 */
const ADDRESS =
  /\bhttps?:\/\/[^\s<>"`\p{Cc}\p{Cf}\p{Pi}\p{Pf}\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2026„‚]+/giu;

/** What may stand behind an address and is part of the sentence around it. */
const SENTENCE_END = /[.,;:!?'*([{،؛؟۔।]+$/u;

const BRACKETS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/**
 * @typedef {object} Part
 * @property {string} text as it was written
 * @property {string} [href] where it leads, if it is an address
 * @property {string} [shown] what is shown instead of the text, where that could be mistaken for another address
 */

/**
 * Splits a text into plain parts and addresses, whose texts join to the text again. Only valid `http` and `https`
 * addresses are links, and none that names a user: those look like addresses of another site.
 * @param {string} text
 * @returns {Part[]}
 */
export function splitLinks(text) {
  /** @type {Part[]} */
  const found = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutSentence(match[0]);
    const url = parsed(address);
    if (!url) continue;
    if (match.index > done) found.push({ text: text.slice(done, match.index) });
    found.push({ text: address, href: address, ...(isMixed(address) && { shown: url.href }) });
    done = match.index + address.length;
  }
  if (done < text.length) found.push({ text: text.slice(done) });
  return found;
}

/** Whether an address may be a link. @param {string} address */
export function isSafe(address) {
  return /^https?:\/\//i.test(address) && !/[\p{Cc}\p{Cf}\s]/u.test(address) && parsed(address) !== null;
}

/**
 * Where a link leads, if its words look like an address of another host, or may be taken for one.
 * @param {string} words
 * @param {string} href
 */
export function elsewhere(words, href) {
  const { host } = new URL(href);
  const typed = words.normalize('NFKC').replace(/[\p{Cc}\p{Cf}\s]/gu, '');
  if (!/[\p{L}\p{N}][.\u3002\u2024]\p{L}|:\/\/|@/iu.test(typed)) return null;
  const named = URL.canParse(typed) ? typed : `https://${typed}`;
  return URL.canParse(named) && new URL(named).host === host && !isMixed(named) ? null : host;
}

/** @param {string} address */
function parsed(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url?.username === '' && url.password === '' ? url : null;
}

/**
 * The address without the punctuation that ends the sentence, and without a bracket that was opened before it.
 * @param {string} match
 */
function withoutSentence(match) {
  return match.slice(0, firstUnopened(match)).replace(SENTENCE_END, '');
}

/** @param {string} address */
function firstUnopened(address) {
  /** @type {string[]} */
  const open = [];
  for (const { index, 0: bracket } of address.matchAll(/[()[\]{}]/g)) {
    const opening = BRACKETS.get(bracket);
    if (!opening) open.push(bracket);
    else if (open.pop() !== opening) return index;
  }
  return address.length;
}

/** Scripts that are written together, besides Latin letters. */
const TOGETHER = [
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u,
  /[\p{sc=Han}\p{sc=Bopo}]/u,
  /[\p{sc=Han}\p{sc=Hang}]/u,
];

/**
 * Whether the letters of an address's host are of scripts that are not written together, so that some may pass for
 * others: then its host is shown in Punycode, in which they cannot.
 * @param {string} address
 */
function isMixed(address) {
  const host = /^https?:\/\/([^/?#]*)/iu.exec(address)?.[1] ?? '';
  const letters = [...host.normalize('NFKC')].filter((letter) => /\p{L}/u.test(letter));
  const foreign = letters.filter((letter) => !/\p{sc=Latn}/u.test(letter));
  if (foreign.length === 0 || TOGETHER.some((scripts) => foreign.every((letter) => scripts.test(letter))))
    return false;
  return foreign.length < letters.length || new Set(foreign.map(scriptOf)).size > 1;
}

/** Scripts in which hosts are written; all others count as one. */
const SCRIPTS = ['Grek', 'Cyrl', 'Armn', 'Hebr', 'Arab', 'Deva', 'Beng', 'Taml', 'Thai', 'Geor', 'Hang'].map(
  (script) => new RegExp(`\\p{sc=${script}}`, 'u'),
);

/** @param {string} letter */
function scriptOf(letter) {
  return SCRIPTS.findIndex((script) => script.test(letter));
}
