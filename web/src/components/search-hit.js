// What a search shows: a message that was found, and before there is any, what can be looked for.

import { home } from '../app.js';
import { el } from '../dom.js';
import { passageOf } from '../wording/passage.js';
import { moment, whole } from '../wording/time.js';
import { avatar, tint } from './avatar.js';

/** @import { Found } from '../types.d.ts' */

/** @type {[string, string][]} */
const FILTERS = [
  ['from:', 'who wrote it, by name or user id'],
  ['in:', 'a room of yours'],
  ['before:', 'before a day, like before:2026-11-30'],
];

/**
 * @param {Found} found
 * @param {Record<string, any>} option what makes it one of the list
 */
export function hit({ message, roomName, ranges }, option) {
  const { people } = home();
  const { senderId, sentAt, body } = message;
  const at = new Date(sentAt);
  return el(
    'li',
    { ...option, class: 'hit' },
    avatar({ userId: senderId, name: people.name(senderId) }, 'small'),
    el(
      'p',
      { class: 'hit-head' },
      el('bdi', { class: 'hit-name', 'data-tint': tint(senderId) }, nameOf(message)),
      el('span', { class: 'hit-room' }, 'in ', el('bdi', {}, roomName)),
      el('time', { class: 'hit-time', datetime: sentAt, title: whole(at) }, moment(at, new Date())),
    ),
    el(
      'p',
      { class: 'hit-text', dir: 'auto' },
      passageOf(body ?? '', ranges).map(({ text, isMarked }) => (isMarked ? el('mark', {}, text) : text)),
    ),
  );
}

/** What is shown of it that may change. @param {Found} found */
export function lookOfHit({ message, roomName }) {
  return [message.revision, nameOf(message), roomName, moment(new Date(message.sentAt), new Date())];
}

/** @param {Found['message']} message */
function nameOf({ senderId }) {
  const { me, people } = home();
  return senderId === me ? 'You' : people.label(senderId);
}

/** @param {boolean} hasRooms */
export function explanation(hasRooms) {
  if (!hasRooms)
    return el(
      'p',
      { key: 'no-rooms' },
      'You find the messages of the rooms that you are in, and you are in none yet.',
    );
  return el(
    'div',
    { class: 'search-explained', key: 'explained' },
    el(
      'p',
      {},
      'Type words that a message has. Of the last one the beginning is enough, and accents and capitals do not matter.',
    ),
    el(
      'dl',
      {},
      FILTERS.map(([filter, words]) =>
        el('div', {}, el('dt', {}, el('code', {}, filter)), el('dd', {}, words)),
      ),
    ),
  );
}
