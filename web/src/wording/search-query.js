// What somebody types to find messages: words, and the filters `from:`, `in:` and `before:`.

import { plain } from './plain.js';

/**
 * @typedef {'from' | 'in' | 'before'} Filter
 * @typedef {{start: number, end: number, filter: Filter | null, value: string}} Term a word, or a filter and its value
 * @typedef {{userId: string, name: string}} Person
 * @typedef {{roomId: string, name: string}} Place a room
 * @typedef {{me: string, people: Person[], rooms: Place[]}} Known
 * @typedef {{q: string, senderId?: string, roomId?: string, before?: string}} Query
 * @typedef {{query: Query | null, trouble: string}} Reading no query while nothing can be looked for, with why in words if
 *   more than typing on is needed
 */

/** A filter with its value, quoted or not, or something in quotes, or a word. Phones make quotes round. */
const TERM = /(from|in|before):(?:["“”„]([^"“”]*)["“”]?|(\S*))|["“”„][^"“”]*["“”]?|\S+/giu;

/** What a user id can look like. */
const USER_ID = /^[a-z0-9][a-z0-9._-]{2,31}$/;

/** @param {string} text @returns {Term[]} */
export function termsOf(text) {
  return Array.from(text.matchAll(TERM), ({ 0: whole, 1: filter, 2: quoted, 3: bare, index: start }) => {
    const end = start + whole.length;
    const value = quoted ?? bare;
    // Before a blank it is the word “in” or “from” with a colon.
    if (!filter || (value === '' && end < text.length)) return { start, end, filter: null, value: whole };
    return { start, end, filter: /** @type {Filter} */ (filter.toLowerCase()), value };
  });
}

/** The filter that somebody is typing. @param {string} text @param {number} caret */
export function filterAt(text, caret) {
  return termsOf(text).find(
    ({ start, end, filter }) => filter !== null && caret > start + filter.length && caret <= end,
  );
}

/** A filter as it is typed. @param {Filter} filter @param {string} value */
export function filterFor(filter, value) {
  return `${filter}:${/[\s"“”„]/u.test(value) || value === '' ? `"${value}"` : value}`;
}

/** A filter for a room, by its name if that is clear. @param {Place} room @param {Place[]} rooms */
export function filterForRoom({ roomId, name }, rooms) {
  const isClear = !/["“”„]/u.test(name) && named(rooms, name).length === 1;
  return filterFor('in', isClear ? name : roomId);
}

/**
 * What is to be looked for.
 * @param {string} text
 * @param {Known} known
 * @returns {Reading}
 */
export function read(text, known) {
  const terms = termsOf(text);
  const words = terms.filter(({ filter }) => filter === null);
  /** @type {Query} */
  const query = { q: words.map(({ value }) => value).join(' ') };
  const given = new Set();
  for (const { filter, value } of terms) {
    if (filter === null) continue;
    if (given.has(filter)) return { query: null, trouble: `Only one “${filter}:” can be given.` };
    given.add(filter);
    if (value === '') return { query: null, trouble: '' };
    const trouble = FILTERS[filter](value, known, query);
    if (trouble) return { query: null, trouble };
  }
  return { query: query.q !== '' || query.senderId ? query : null, trouble: '' };
}

/** Each adds to the query, or says why it cannot. @type {Record<Filter, (value: string, known: Known, query: Query) => string>} */
const FILTERS = {
  from(value, { me, people }, query) {
    const name = value.replace(/^@/, '');
    const id = name.toLowerCase();
    const called = named(people, name);
    if (people.some(({ userId }) => userId === id)) query.senderId = id;
    else if (called.length === 1) query.senderId = called[0].userId;
    else if (called.length > 1)
      return `More than one person is called “${name}”. Choose one from the list, or type the user id.`;
    else if (id === 'me') query.senderId = me;
    // Somebody who has left all rooms is not known here.
    else if (USER_ID.test(name)) query.senderId = id;
    else return `Nobody you know is called “${name}”. Type a name or a user id.`;
    return '';
  },

  in(value, { rooms }, query) {
    const called = named(rooms, value);
    const room = rooms.find(({ roomId }) => roomId === value) ?? called[0];
    if (!room) return `You are in no room called “${value}”.`;
    if (room.roomId !== value && called.length > 1)
      return `You are in more than one room called “${value}”. Choose one from the list.`;
    query.roomId = room.roomId;
    return '';
  },

  before(value, _, query) {
    const [, year, month, date] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value)?.map(Number) ?? [];
    const begin = new Date(year, month - 1, date);
    if (begin.getMonth() !== month - 1 || begin.getDate() !== date)
      return 'Type the day as year, month and day, like before:2026-11-30.';
    query.before = begin.toISOString();
    return '';
  },
};

/** A person or a room, as a name says. @template {{name: string}} T @param {T[]} all @param {string} name */
function named(all, name) {
  return all.filter((one) => plain(one.name) === plain(name));
}
