// Coins in words.

const NUMBER = new Intl.NumberFormat('en-GB');

/** @param {number} amount */
export function coins(amount) {
  return `${NUMBER.format(amount)} ${Math.abs(amount) === 1 ? 'coin' : 'coins'}`;
}

/** @param {number} amount with its sign, as a transfer has it */
export function signed(amount) {
  return `${amount < 0 ? '−' : '+'}${NUMBER.format(Math.abs(amount))}`;
}
