// Short messages about what has just happened, at the edge of the page.

import { el } from '../dom.js';
import { problemOf } from '../server/errors.js';
import { reason } from '../wording/refusals.js';

const SHOWN_MS = 6_000;

const region = el('div', { class: 'toasts', role: 'status' });

/** Adds the live region to the page; it must be there before the first message. */
export function placeToasts() {
  document.body.append(region);
}

/**
 * @param {string} words
 * @param {'said' | 'trouble'} [kind]
 */
export function showToast(words, kind = 'said') {
  for (const shown of region.children) if (shown.textContent === words) shown.remove();
  const toast = el('p', { class: `toast ${kind}` }, words);
  region.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

/** Removes all messages. */
export function clearToasts() {
  region.replaceChildren();
}

/**
 * Awaits work outside a form, and shows a toast if it is refused.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
export async function orToast(work) {
  try {
    return await work;
  } catch (error) {
    showToast(reason(problemOf(error)), 'trouble');
    return undefined;
  }
}
