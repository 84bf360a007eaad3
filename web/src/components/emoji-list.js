// Offers emoji while somebody types what one is called behind a colon.

import { el } from '../dom.js';
import { load } from '../on-demand.js';
import { findEmoji, readGroups, withTone } from '../room/emoji.js';
import { usedEmoji } from './reacting.js';
import { Suggestions } from './suggestions.js';

/** @import { EmojiGroup } from '../room/emoji.js' */

/** One letter behind a colon is mostly a smiley made of signs. */
const NAME = /^[\p{L}\p{N}+][\p{L}\p{N}_+-]+$/u;

/** How many are offered. */
const MOST = 8;

export class EmojiList extends Suggestions {
  #groups;

  /** @param {EmojiGroup[]} groups @param {HTMLTextAreaElement} text */
  constructor(groups, text) {
    super(text, { sign: ':', id: 'emoji-list', label: 'Emoji' });
    this.#groups = groups;
  }

  /** @param {string} typed */
  find(typed) {
    if (!NAME.test(typed)) return [];
    const { tone } = usedEmoji();
    const found = findEmoji(this.#groups, typed).flatMap(({ emoji }) => emoji);
    return found.slice(0, MOST).map(({ emoji, name, hasTones }) => {
      const text = hasTones ? withTone(emoji, tone) : emoji;
      const words = [el('span', { class: 'emoji' }, text), el('span', { class: 'suggestion-name' }, name)];
      return { key: emoji, text, words };
    });
  }
}

customElements.define('hex-emoji-list', EmojiList);

/** @param {HTMLTextAreaElement} text */
export async function emojiList(text) {
  const { GROUPS } = await load('vendor/emoji.js');
  return new EmojiList(readGroups(GROUPS), text);
}
