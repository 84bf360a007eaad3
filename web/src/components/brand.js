import { el, icon } from '../dom.js';

/** The six seats, and the name. */
export function brand() {
  return el('span', { class: 'brand' }, icon('hexroom'), 'Hexroom');
}
