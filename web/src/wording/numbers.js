const NUMBER = new Intl.NumberFormat('en-GB');

/**
 * A number as people write it.
 * @param {number} amount
 */
export function number(amount) {
  return NUMBER.format(amount);
}
