// The emoji that somebody uses most, by account, and the skin tone that they have chosen.

import { USED_EMOJI } from './home.js';

/** @import { SafeStorage } from '../storage.js' */

/** Offered until others are used. */
const FIRST = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

/** What is used counts less each time that another one is. */
const FADING = 0.9;

/** How many are remembered. */
const MOST = 40;

/** @typedef {{scores: [string, number][], tone: number}} Used by score; the tone is 0 for none, or 1 to 5 */

export class UsedEmoji {
  #storage;
  #key;

  /** @param {{storage: SafeStorage, userId: string}} options */
  constructor({ storage, userId }) {
    this.#storage = storage;
    this.#key = USED_EMOJI + userId;
  }

  /** The six to offer first. */
  get quick() {
    const used = this.#used.scores.map(([emoji]) => emoji);
    return [...new Set([...used, ...FIRST])].slice(0, FIRST.length);
  }

  get tone() {
    return this.#used.tone;
  }

  set tone(tone) {
    this.#keep({ ...this.#used, tone });
  }

  /** @param {string} emoji */
  use(emoji) {
    const { scores, tone } = this.#used;
    // Those offered at the beginning go one by one.
    const begun =
      scores.length > 0 ? scores : FIRST.map((first) => /** @type {[string, number]} */ ([first, 1]));
    const faded = new Map(begun.map(([known, score]) => [known, score * FADING]));
    faded.set(emoji, (faded.get(emoji) ?? 0) + 1);
    this.#keep({ scores: [...faded].sort(([, one], [, other]) => other - one).slice(0, MOST), tone });
  }

  /** @param {Used} used */
  #keep(used) {
    this.#storage.setItem(this.#key, JSON.stringify(used));
  }

  /** @returns {Used} */
  get #used() {
    return this.#storage.getJson(this.#key, isUsed) ?? { scores: [], tone: 0 };
  }
}

/** @param {any} value @returns {value is Used} */
function isUsed(value) {
  return (
    Array.isArray(value?.scores) &&
    value.scores.every(
      (/** @type {any} */ one) => typeof one?.[0] === 'string' && typeof one[1] === 'number',
    ) &&
    [0, 1, 2, 3, 4, 5].includes(value.tone)
  );
}
