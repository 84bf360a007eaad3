// When to come back to the server after the line was lost.

const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before an attempt, in milliseconds. The wait doubles with every failure, and half of it
 * is drawn by lot, so that browsers that lost the line together do not come back together.
 * @param {number} failures how many attempts have failed since the line last stood
 * @param {() => number} [random] from 0 up to 1
 */
export function pause(failures, random = Math.random) {
  const most = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(failures, 16));
  return Math.round(most / 2 + (most / 2) * random());
}

/** The access token was not taken: expired, not valid, of a session that has ended. */
const TOKEN_REFUSED = [4004, 4500, 4503];

/**
 * What a close code asks for.
 * @param {number} code
 * @returns {'again' | 'renewed' | 'never'} `renewed` is again, but with a new access token, if there is one to be had
 */
export function afterClose(code) {
  if (TOKEN_REFUSED.includes(code)) return 'renewed';
  return code >= 4500 && code <= 4999 ? 'never' : 'again';
}
