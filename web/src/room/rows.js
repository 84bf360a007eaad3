// How a timeline is laid out in rows: separated by days, consecutive messages of one sender grouped.

import { day } from '../wording/time.js';

/** @import { Message, RoomEvent, Unsent } from '../types.d.ts' */
/** @import { Item } from './timeline.js' */

/** Messages of one sender within this time are one group. */
const GROUP_WITHIN_MS = 5 * 60_000;

/**
 * @typedef {{key: string, kind: 'day', words: string}} DayRow
 * @typedef {{key: string, kind: 'new'}} NewRow what follows has not been read
 * @typedef {{key: string, kind: 'event', event: RoomEvent}} EventRow
 * @typedef {{key: string, kind: 'message', message: Message, startsGroup: boolean}} MessageRow `startsGroup` where
 *   the sender is named
 * @typedef {{key: string, kind: 'unsent', unsent: Unsent, startsGroup: boolean}} UnsentRow
 * @typedef {DayRow | NewRow | EventRow | MessageRow | UnsentRow} Row
 */

/**
 * @param {Item[]} items
 * @param {Unsent[]} unsent
 * @param {{me: string, readSeq: number | null, now: Date}} view `readSeq` up to where it has been read
 * @returns {Row[]}
 */
export function rows(items, unsent, { me, readSeq, now }) {
  /** @type {Row[]} */
  const laidOut = [];
  /** @type {{sender: string, at: number} | null} */
  let previous = null;
  let today = '';
  let isNewMarked = readSeq === null;

  const enterDay = (/** @type {Date} */ at) => {
    const words = day(at, now);
    if (words === today) return;
    today = words;
    previous = null;
    laidOut.push({ key: `day-${words}`, kind: 'day', words });
  };
  const startsGroup = (/** @type {string} */ sender, /** @type {number} */ at) => {
    const isSame = previous?.sender === sender && at - previous.at < GROUP_WITHIN_MS;
    previous = { sender, at };
    return !isSame;
  };

  for (const item of items) {
    const at = new Date('message' in item ? item.message.sentAt : item.event.at);
    enterDay(at);
    if (!('message' in item)) {
      previous = null;
      laidOut.push({ key: `event-${item.seq}`, kind: 'event', event: item.event });
      continue;
    }
    const { message } = item;
    if (!isNewMarked && item.seq > (readSeq ?? 0) && isFromOthers(message, me)) {
      isNewMarked = true;
      previous = null;
      laidOut.push({ key: 'new', kind: 'new' });
    }
    const row = { key: message.messageId, message, startsGroup: startsGroup(message.senderId, at.getTime()) };
    laidOut.push({ ...row, kind: 'message' });
  }
  for (const waiting of unsent) {
    enterDay(new Date(Math.max(waiting.typedAt, now.getTime())));
    const row = {
      key: waiting.clientMessageId,
      unsent: waiting,
      startsGroup: startsGroup(me, waiting.typedAt),
    };
    laidOut.push({ ...row, kind: 'unsent' });
  }
  return laidOut;
}

/** A row's place in the log, or 0 where it has none. @param {Row} row */
export function seqOf(row) {
  if (row.kind === 'message') return row.message.seq;
  return row.kind === 'event' ? row.event.seq : 0;
}

/** Whether a message mentions the reader. @param {Message} message @param {string} me */
export function concerns({ senderId, mentions, everyone }, me) {
  return senderId !== me && (everyone || mentions.includes(me));
}

/** Whether a message can be unread. @param {Message} message @param {string} me */
export function isFromOthers({ senderId, deleted }, me) {
  return senderId !== me && !deleted;
}
