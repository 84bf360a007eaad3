// An authenticator app.

import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;

/** The step of time in which a code is shown. */
export const stepNow = () => Math.floor(Date.now() / STEP_MS);

/**
 * What an authenticator app shows (RFC 6238).
 * @param {string} secret
 * @param {number} step
 */
export function codeOf(secret, step = stepNow()) {
  const bits = Array.from(secret.replaceAll(' ', ''), (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
