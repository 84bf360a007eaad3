// A room in the list: its name, its last words and their time, and how much of it is unread.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { roomPath } from '../router.js';
import { number } from '../wording/numbers.js';
import { seats } from '../wording/seats.js';
import { brief, whole } from '../wording/time.js';

/** @import { RoomState } from '../state/room.js' */

/** @param {RoomState} room */
export function roomLink(room) {
  const { about, latest, unread, roomId } = room;
  const href = roomPath(roomId);
  const { message } = latest;
  const at = message && new Date(message.at);
  return el(
    'a',
    {
      href,
      'aria-current': href === location.pathname && 'page',
      class: `room-link ${unread > 0 ? 'unread' : ''}`,
    },
    seatsMark(about),
    el(
      'span',
      { class: 'room-name' },
      el('bdi', {}, about.name),
      about.locked && el('span', { class: 'lock', role: 'img', 'aria-label': 'locked' }, icon('lock')),
    ),
    at &&
      el(
        'time',
        { class: 'room-time', key: 'time', datetime: message.at, title: whole(at) },
        brief(at, new Date()),
      ),
    el('span', { class: 'last-words', key: 'words' }, lastWords(latest)),
    counts(room),
  );
}

/** The room's seats as a hexagon that fills up. @param {{seatsTaken: number, seats: number}} room */
function seatsMark({ seatsTaken, seats: all }) {
  const { words } = seats(seatsTaken, all);
  return el('span', {
    class: 'seats-mark',
    'data-taken': seatsTaken,
    role: 'img',
    'aria-label': words,
    title: words,
  });
}

/** Who said what last. @param {import('../room/latest.js').Latest} latest */
export function lastWords({ message, isUnknown }) {
  if (!message) return isUnknown ? '' : 'No messages yet';
  const { me, people } = home();
  const who = message.senderId === me ? 'You' : people.label(message.senderId);
  return [el('bdi', { key: 'who' }, who), `: `, el('bdi', { key: 'what' }, message.excerpt)];
}

/** How many messages are unread, and apart how many of them mention the reader. @param {RoomState} room */
export function counts({ unread, unreadMentions }) {
  const mentions = unreadMentions === 1 ? '1 mentions you' : `${number(unreadMentions)} mention you`;
  return (
    unread > 0 &&
    el(
      'span',
      { class: 'counts', key: 'counts' },
      unreadMentions > 0 &&
        el(
          'span',
          { class: 'count mentions', key: 'mentions', 'aria-hidden': 'true' },
          `@${unreadMentions > 99 ? '99+' : unreadMentions}`,
        ),
      count(unread, unreadMentions > 0 ? `, of which ${mentions}` : ''),
    )
  );
}

/** How many messages are unread, with `where` in the words for those who hear them. @param {number} unread */
export function count(unread, where = '') {
  const words = unread === 1 ? '1 unread message' : `${number(unread)} unread messages`;
  return el(
    'span',
    { class: 'count', key: 'count' },
    el('span', { 'aria-hidden': 'true' }, unread > 99 ? '99+' : unread),
    el('span', { class: 'unseen' }, words + where),
  );
}
