// What joining costs, in words.

import { coins } from './coins.js';

/** @import { Account } from '../types.d.ts' */

/** What a free member pays for each room after the first; the server decides. */
export const JOIN_FEE = 150;

/** For members who have not used the free join yet. */
export const FIRST_IS_FREE = `Your first room is free. Each one after that costs ${JOIN_FEE} coins.`;

/**
 * What a join will cost, before it is paid.
 * @param {Pick<Account, 'prime' | 'freeJoinUsed' | 'availCoins'>} account
 * @param {boolean} satBefore whether the account is known to have joined this very room before
 * @returns {{fee: number, words: string, action: string}}
 */
export function price(account, satBefore = false) {
  const free = (/** @type {string} */ words) => ({ fee: 0, words, action: 'Join for free' });
  if (account.prime) return free('You are a prime member, so joining is free.');
  if (satBefore) return free('You have been in this room before, so coming back is free.');
  if (!account.freeJoinUsed) return free(FIRST_IS_FREE);
  const left = account.availCoins - JOIN_FEE;
  const words =
    left >= 0
      ? `This will cost ${coins(JOIN_FEE)}; you have ${coins(account.availCoins)} and will have ${coins(left)} left.`
      : `This costs ${coins(JOIN_FEE)}, but you have only ${coins(account.availCoins)}: you are ${coins(-left)} short. ` +
        'Coming back to a room is free.';
  return { fee: JOIN_FEE, words, action: `Join for ${coins(JOIN_FEE)}` };
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
