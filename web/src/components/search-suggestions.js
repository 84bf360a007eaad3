// People and rooms that complete the filter that somebody is typing.

import { el, icon } from '../dom.js';
import { plain } from '../wording/plain.js';
import { filterAt, filterFor, filterForRoom } from '../wording/search-query.js';
import { avatar } from './avatar.js';

/** @import { Known, Person, Place } from '../wording/search-query.js' */

/**
 * @typedef {{kind: 'People', key: string, person: Person} | {kind: 'Rooms', key: string, room: Place}} Suggestion
 */

/** More would only be scrolled past. */
const MOST = 8;

/**
 * @param {string} text
 * @param {number} caret
 * @param {Known} known
 * @returns {Suggestion[]}
 */
export function suggestions(text, caret, { people, rooms }) {
  const typed = filterAt(text, caret);
  const value = plain(typed?.value ?? '');
  if (typed?.filter === 'in') {
    const found = rooms.filter(({ name }) => plain(name).includes(value));
    if (isDone(found, (room) => [room.name, room.roomId], value)) return [];
    return found.slice(0, MOST).map((room) => ({ kind: 'Rooms', key: room.roomId, room }));
  }
  if (typed?.filter !== 'from') return [];
  const begins = (/** @type {string} */ name) => plain(name).startsWith(value.replace(/^@/, ''));
  const found = people.filter(
    ({ userId, name }) => [userId, name].some(begins) || name.split(/\s+/u).some(begins),
  );
  if (isDone(found, (person) => [person.name, person.userId], value)) return [];
  return found.slice(0, MOST).map((person) => ({ kind: 'People', key: person.userId, person }));
}

/**
 * Somebody who has typed all of it goes on as if nothing were suggested.
 * @template T
 * @param {T[]} found
 * @param {(one: T) => string[]} names
 * @param {string} value
 */
function isDone(found, names, value) {
  return found.length === 1 && names(found[0]).some((name) => plain(name) === value);
}

/**
 * The text with the filter completed, and a blank to go on behind.
 * @param {string} text
 * @param {number} caret
 * @param {Suggestion} chosen
 * @param {Place[]} rooms
 */
export function complete(text, caret, chosen, rooms) {
  const { start, end } = filterAt(text, caret) ?? { start: caret, end: caret };
  const filter =
    chosen.kind === 'Rooms' ? filterForRoom(chosen.room, rooms) : filterFor('from', chosen.person.userId);
  const rest = text.slice(end).trimStart();
  const completed = `${text.slice(0, start)}${filter} `;
  return { text: completed + rest, caret: completed.length };
}

/**
 * @param {Suggestion} one
 * @param {Record<string, any>} option what makes it one of the list
 */
export function suggestion(one, option) {
  const [picture, name, hint] =
    one.kind === 'People'
      ? [avatar(one.person, 'small'), one.person.name, one.person.userId]
      : [icon('rooms'), one.room.name, ''];
  return el(
    'li',
    { ...option, class: 'search-suggestion' },
    picture,
    el('bdi', { class: 'suggestion-name' }, name),
    hint && el('span', { class: 'hint' }, hint),
  );
}
