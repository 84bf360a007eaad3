import { el } from '../dom.js';
import { initials } from '../wording/names.js';

const TINTS = 6;

/**
 * A person as a hexagon with their initials. Their name must be shown beside it.
 * @param {{userId: string, name: string, online?: boolean}} person
 * @param {'small' | 'large' | ''} [size]
 */
export function avatar({ userId, name, online }, size = '') {
  return el(
    'span',
    { class: `avatar ${size}`, 'data-tint': tint(userId), 'aria-hidden': 'true' },
    el('span', { class: 'hexagon' }, initials(name)),
    online !== undefined && el('span', { class: `presence ${online ? 'online' : ''}` }),
  );
}

/** @param {string} userId */
function tint(userId) {
  let sum = 0;
  for (const letter of userId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}
