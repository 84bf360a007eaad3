// How a timeline is laid out in rows: days apart, what one person says at one time together.

import { day } from '../wording/time.js';

/** @import { Message, RoomEvent, Unsent } from '../types.d.ts' */
/** @import { Item } from './timeline.js' */

/** Who goes on talking within this time is not named anew. */
const SAME_BREATH_MS = 5 * 60_000;

/**
 * @typedef {{key: string, kind: 'day', words: string}} DayRow
 * @typedef {{key: string, kind: 'new'}} NewRow what follows has not been read
 * @typedef {{key: string, kind: 'event', event: RoomEvent}} EventRow
 * @typedef {{key: string, kind: 'message', message: Message, begins: boolean}} MessageRow `begins` where
 *   the sender must be named
 * @typedef {{key: string, kind: 'unsent', unsent: Unsent, begins: boolean}} UnsentRow
 * @typedef {DayRow | NewRow | EventRow | MessageRow | UnsentRow} Row
 */

/**
 * @param {Item[]} items
 * @param {Unsent[]} unsent
 * @param {{me: string, readSeq: number | null, now: Date}} view `readSeq` where the reader had stopped reading
 * @returns {Row[]}
 */
export function rows(items, unsent, { me, readSeq, now }) {
  /** @type {Row[]} */
  const laidOut = [];
  /** @type {{sender: string, at: number} | null} */
  let voice = null;
  let today = '';
  let isNewMarked = readSeq === null;

  const enterDay = (/** @type {Date} */ at) => {
    const words = day(at, now);
    if (words === today) return;
    today = words;
    voice = null;
    laidOut.push({ key: `day-${words}`, kind: 'day', words });
  };
  const begins = (/** @type {string} */ sender, /** @type {number} */ at) => {
    const isSame = voice?.sender === sender && at - voice.at < SAME_BREATH_MS;
    voice = { sender, at };
    return !isSame;
  };

  for (const item of items) {
    const at = new Date('message' in item ? item.message.sentAt : item.event.at);
    enterDay(at);
    if (!('message' in item)) {
      voice = null;
      laidOut.push({ key: `event-${item.seq}`, kind: 'event', event: item.event });
      continue;
    }
    const { message } = item;
    if (!isNewMarked && item.seq > (readSeq ?? 0) && message.senderId !== me && !message.deleted) {
      isNewMarked = true;
      voice = null;
      laidOut.push({ key: 'new', kind: 'new' });
    }
    const row = { key: message.messageId, message, begins: begins(message.senderId, at.getTime()) };
    laidOut.push({ ...row, kind: 'message' });
  }
  for (const waiting of unsent) {
    enterDay(new Date(Math.max(waiting.typedAt, now.getTime())));
    const row = { key: waiting.clientMessageId, unsent: waiting, begins: begins(me, waiting.typedAt) };
    laidOut.push({ ...row, kind: 'unsent' });
  }
  return laidOut;
}
