// Short messages about what has just happened, at the edge of the page and above everything else.
//
// While a dialog is open the rest of the page is neither on top nor read out, so each dialog has a region of its own.

import { el } from '../dom.js';
import { problemOf } from '../server/errors.js';
import { explained } from '../trouble.js';

const SHOWN_MS = 6_000;

/** The regions, the one on top last. @type {HTMLElement[]} */
const regions = [];

/**
 * Adds a live region, which must be there before its first message.
 * @param {HTMLElement} parent
 * @returns {() => void} removes it; what it still shows goes on in the one below
 */
export function placeToasts(parent) {
  const region = el('div', { class: 'toasts', role: 'status', popover: 'manual' });
  // What is shown already would lie below a dialog.
  region.append(...(regions.at(-1)?.children ?? []));
  parent.append(region);
  region.showPopover?.();
  regions.push(region);
  return () => {
    regions.splice(regions.indexOf(region), 1);
    regions.at(-1)?.append(...region.children);
    region.remove();
  };
}

/**
 * @param {string} words
 * @param {'said' | 'trouble'} [kind]
 */
export function showToast(words, kind = 'said') {
  const region = regions.at(-1);
  if (!region) return;
  for (const shown of region.children) if (shown.textContent === words) shown.remove();
  const toast = el('p', { class: `toast ${kind}` }, words);
  region.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

/** Removes all messages. */
export function clearToasts() {
  for (const region of regions) region.replaceChildren();
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
    showToast(await explained(problemOf(error)), 'trouble');
    return undefined;
  }
}
