// Short words about what has just happened, at the edge of the page.

import { el } from '../dom.js';
import { problemOf } from '../server/refused.js';
import { sentence } from '../wording/refusals.js';

const SHOWN_MS = 6_000;

const region = el('div', { class: 'toasts', role: 'status' });

/** Puts the place for the words into the page; it must be there before the first of them. */
export function placeToasts() {
  document.body.append(region);
}

/**
 * @param {string} words
 * @param {'said' | 'trouble'} [kind]
 */
export function say(words, kind = 'said') {
  for (const shown of region.children) if (shown.textContent === words) shown.remove();
  const toast = el('p', { class: `toast ${kind}` }, words);
  region.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

/** Takes back whatever is still being said. */
export function unsay() {
  region.replaceChildren();
}

/**
 * Does something outside a form, and says so if it is refused.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
export async function orSay(work) {
  try {
    return await work;
  } catch (error) {
    say(sentence(problemOf(error)), 'trouble');
    return undefined;
  }
}
