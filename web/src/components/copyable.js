// A text that people copy, to give it to others.

import { el, icon } from '../dom.js';
import { copy } from './clipboard.js';
import { field } from './form.js';

/**
 * @param {string} label
 * @param {string} text
 * @param {{hint?: string, secret?: boolean}} [options] `secret` where it is masked until somebody wants to see it
 */
export function copyable(label, text, { hint, secret = false } = {}) {
  const shown = field('', label, { shared: secret, readonly: true, dir: 'ltr', value: text, hint });
  const input = /** @type {HTMLInputElement} */ (shown.querySelector('input'));
  input.addEventListener('focus', () => input.select());
  const button = el(
    'button',
    {
      type: 'button',
      class: 'button',
      'aria-label': `Copy ${label.toLowerCase()}`,
      onclick: () => copy(text, label),
    },
    icon('copy'),
    'Copy',
  );
  const box = input.closest('.with-reveal') ?? input;
  const row = el('div', { class: 'with-button' });
  box.replaceWith(row);
  row.append(box, button);
  return shown;
}
