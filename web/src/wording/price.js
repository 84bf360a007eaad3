// What joining costs, in words. How much it is, and why, the server says.

import { coins } from './coins.js';

/** @import { Price } from '../types.d.ts' */

/**
 * What a join will cost, before it is paid.
 * @param {Price} price
 * @param {number} availCoins
 */
export function price({ terms, fee, furtherFee }, availCoins) {
  if (fee === 0) return { words: whyFree(terms, furtherFee), action: 'Join for free' };
  const left = availCoins - fee;
  const words =
    left >= 0
      ? `This will cost ${coins(fee)}; you have ${coins(availCoins)} and will have ${coins(left)} left.`
      : `This costs ${coins(fee)}, but you have only ${coins(availCoins)}: you are ${coins(-left)} short.`;
  return { words, action: `Join for ${coins(fee)}` };
}

/**
 * What a room costs that the account has never joined.
 * @param {Price} price
 */
export function standing({ terms, fee, furtherFee }) {
  return fee === 0
    ? whyFree(terms, furtherFee)
    : `You have used your free join. Each new room costs ${coins(fee)}; coming back to one is free.`;
}

/**
 * What a join will cost, in a list.
 * @param {Price} price
 */
export function feeOf({ fee }) {
  return fee === 0 ? 'free for you' : `costs ${coins(fee)}`;
}

/**
 * @param {string} terms
 * @param {number} furtherFee
 */
function whyFree(terms, furtherFee) {
  switch (terms) {
    case 'prime':
      return 'You are a prime member, so joining is free.';
    case 'returning':
      return 'You have been in this room before, so coming back is free.';
    case 'first_join':
      return `Your first room is free. Each one after that costs ${coins(furtherFee)}.`;
    default:
      return 'Joining is free.';
  }
}

/**
 * The outcome of a join.
 * @param {{fee: number, availCoins: number, alreadyMember: boolean}} receipt
 */
export function receipt({ fee, availCoins, alreadyMember }) {
  if (alreadyMember) return 'You are already in this room. You paid nothing.';
  if (fee === 0) return 'You are in, and it was free.';
  return `You are in. You paid ${coins(fee)} and have ${coins(availCoins)} left.`;
}
