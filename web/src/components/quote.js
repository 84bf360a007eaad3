// What a message replies to, in one line.

import { home } from '../app.js';
import { el } from '../dom.js';
import { excerptOf } from '../room/latest.js';
import { tint } from './avatar.js';

/** @import { Message } from '../types.d.ts' */

/** @typedef {{words: string, name: string, senderId: string, isGone: boolean}} Quote */

/**
 * @param {Message | 'unavailable' | null} original null until it is known
 * @returns {Quote}
 */
export function quoteFrom(original) {
  if (!original) return { words: '…', name: '', senderId: '', isGone: false };
  if (original === 'unavailable')
    return { words: 'This message cannot be shown.', name: '', senderId: '', isGone: true };
  const { senderId, body, deleted } = original;
  const { me, people } = home();
  const words = deleted ? 'This message was deleted.' : excerptOf(body);
  return { words, name: senderId === me ? 'You' : people.label(senderId), senderId, isGone: deleted };
}

/** @param {Quote} quote */
export function quoted({ words, name, senderId, isGone }) {
  return [
    el('span', { class: 'unseen', key: 'to' }, 'Reply to'),
    el('bdi', { class: 'quote-name', key: 'name', 'data-tint': tint(senderId) }, name),
    el('span', { class: `quote-words ${isGone ? 'gone' : ''}`, key: 'words', dir: 'auto' }, words),
  ];
}
