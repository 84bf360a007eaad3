// When to reconnect after the connection was lost.

const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before an attempt, in milliseconds. The delay doubles with every failure, and half of it
 * is random, so that browsers that lost the connection together do not come back together.
 * @param {number} failures how many attempts have failed since it was last open
 * @param {() => number} [random] from 0 up to 1
 */
export function retryDelay(failures, random = Math.random) {
  const most = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(failures, 16));
  return Math.round(most / 2 + (most / 2) * random());
}

/** The access token was refused: expired, invalid, or of a session that has ended. */
const TOKEN_REFUSED = [4004, 4500, 4503];

/**
 * What a close code asks for.
 * @param {number} code
 * @returns {'retry' | 'renew' | 'stop'} `renew` is a retry with a new access token
 */
export function afterClose(code) {
  if (TOKEN_REFUSED.includes(code)) return 'renew';
  return code >= 4500 && code <= 4999 ? 'stop' : 'retry';
}
