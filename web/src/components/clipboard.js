// Copying, and saying so.

import { el } from '../dom.js';
import { showToast } from './toast.js';

/**
 * @param {string} text
 * @param {string} what is copied, such as `Link`
 */
export async function copy(text, what) {
  if (await write(text)) showToast(`${what} copied.`);
  else showToast('This browser lets no page copy. Select the text and copy it yourself.', 'trouble');
}

/** @param {string} text */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS there is no such clipboard, and a browser may refuse it.
    return copySelected(text);
  }
}

/** @param {string} text */
function copySelected(text) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const field = el('textarea', { class: 'unseen', readonly: true });
  field.value = text;
  // While a dialog is open, nothing outside it can be selected.
  (focused?.closest('dialog') ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}
