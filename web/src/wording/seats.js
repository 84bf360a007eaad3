/**
 * A room's seats as a row of dots and as words.
 * @param {number} taken
 * @param {number} seats
 */
export function seats(taken, seats) {
  return {
    dots: '●'.repeat(taken) + '○'.repeat(seats - taken),
    words: `${taken} of ${seats} seats taken`,
  };
}
