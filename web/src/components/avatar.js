import { el } from '../dom.js';
import { initials } from '../wording/names.js';

const TINTS = 6;

/**
 * A person as a hexagon with their initials. Their name must be shown beside it, and what a click on it does must be
 * possible there as well.
 * @param {{userId: string, name: string, online?: boolean}} person
 * @param {'small' | 'large' | ''} [size]
 * @param {() => void} [onclick]
 */
export function avatar({ userId, name, online }, size = '', onclick = undefined) {
  return el(
    'span',
    {
      class: `avatar ${size}`,
      'data-tint': tint(userId),
      'aria-hidden': 'true',
      ...(onclick && { onclick }),
    },
    el('span', { class: 'hexagon' }, initials(name)),
    online !== undefined && el('span', { class: `presence ${online ? 'online' : ''}` }),
  );
}

/** Which of the colours is theirs. @param {string} userId */
export function tint(userId) {
  let sum = 0;
  for (const letter of userId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}
