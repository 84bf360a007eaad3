// Where a text mentions somebody, by the server's rule: `@` and a user id where a word begins, outside code.

/** @typedef {{start: number, end: number, userId: string}} Mention `userId` is `everyone` where all are meant */

export const EVERYONE = 'everyone';

/**
 * A letter or digit with which a word in Latin letters would go on, by the word boundaries of UAX #29 like the server's
 * rule. Letters of scripts without blanks are none, but their digits are.
 */
const LETTER =
  /(?:(?![\p{M}\p{Ideo}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tale}\p{sc=Talu}\p{sc=Lana}\p{sc=Tavt}\p{sc=Ahom}])\p{Alpha}|\p{Nd})/u;
const MARK = /(?!\p{Variation_Selector})[\p{Mn}\p{Mc}]/u;
const ENDS_IN_A_WORD = new RegExp(`${LETTER.source}(?:${MARK.source})*$`, 'u');
const BEGINS_WITH_A_WORD = new RegExp(`^(?:${LETTER.source}|${MARK.source})`, 'u');

/**
 * @param {string} text
 * @param {string[]} userIds who can be meant, `everyone` among them
 * @param {string} [author] who can be meant, too, but is not mentioned
 * @returns {Mention[]}
 */
export function mentionsIn(text, userIds, author) {
  const code = codeIn(text);
  /** @type {Mention[]} */
  const found = [];
  for (const { index: start } of text.matchAll(/@/g)) {
    if (!canBegin(text.slice(0, start)) || code.some(([from, to]) => start >= from && start < to)) continue;
    const run = /^[\w.-]{0,32}/.exec(text.slice(start + 1))?.[0].toLowerCase() ?? '';
    for (let length = run.length; length > 0; length -= 1) {
      const userId = userIds.find((known) => known.toLowerCase() === run.slice(0, length));
      const end = start + 1 + length;
      if (userId === undefined || BEGINS_WITH_A_WORD.test(text.slice(end))) continue;
      if (userId !== author) found.push({ start, end, userId });
      break;
    }
  }
  return found;
}

/** Whether an `@` would begin a word behind this text. @param {string} before */
export function canBegin(before) {
  return !ENDS_IN_A_WORD.test(before);
}

/**
 * What stands between two runs of equally many backticks; one or two of them enclose code within a paragraph only.
 * @param {string} text
 */
function codeIn(text) {
  /** @type {[number, number][]} */
  const found = [];
  const runs = [...text.matchAll(/`+/g)];
  for (let at = 0; at < runs.length; at += 1) {
    const { 0: opening, index: from } = runs[at];
    const paragraph = opening.length < 3 ? /\n[^\S\n]*(?:\n|$)/.exec(text.slice(from)) : null;
    const end = paragraph ? from + paragraph.index : text.length;
    const closing = runs.findIndex((run, place) => place > at && run[0] === opening && run.index < end);
    if (closing < 0) continue;
    found.push([from, runs[closing].index]);
    at = closing;
  }
  return found;
}
