// Coins in words.

import { number } from './numbers.js';

/** @param {number} amount */
export function coins(amount) {
  return `${number(amount)} ${Math.abs(amount) === 1 ? 'coin' : 'coins'}`;
}

/** @param {number} amount with its sign, as a transfer has it */
export function signed(amount) {
  return `${amount < 0 ? '−' : '+'}${number(Math.abs(amount))}`;
}
