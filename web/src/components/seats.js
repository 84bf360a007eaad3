import { el } from '../dom.js';
import { seats } from '../wording/seats.js';

/** @param {{seatsTaken: number, seats: number}} room */
export function seatsOf({ seatsTaken, seats: all }) {
  const { dots, words } = seats(seatsTaken, all);
  return el('span', { class: 'seats', role: 'img', 'aria-label': words, title: words }, dots);
}
