import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, suggestions } from '../src/components/search-suggestions.js';
import { filterForRoom, read, termsOf } from '../src/wording/search-query.js';

const ROOMS = [
  { roomId: 'r-den', name: 'Den' },
  { roomId: 'r-trip', name: 'Winter trip' },
  { roomId: 'r-a', name: 'Twins' },
  { roomId: 'r-b', name: 'twins' },
  { roomId: 'r-quoted', name: 'The "Den"' },
];
const PEOPLE = [
  { userId: 'ana-1', name: 'Ana' },
  { userId: 'bob-2', name: 'Bob Berg' },
  { userId: 'cyd-3', name: 'Çyd' },
  { userId: 'kim-4', name: 'Kim' },
  { userId: 'kim-5', name: 'Kim' },
];
const KNOWN = { me: 'ana-1', people: PEOPLE, rooms: ROOMS };

/** @param {string} text */
const queryOf = (text) => read(text, KNOWN).query;

/** @param {string} text */
const troubleOf = (text) => {
  const { query, trouble } = read(text, KNOWN);
  assert.equal(query, null, text);
  return trouble;
};

test('words stay as they are typed, also those with a colon in them', () => {
  assert.deepEqual(queryOf('  Crème   brûlée '), { q: 'Crème brûlée' });
  for (const text of [
    'at 10:30',
    'https://example.org/in:x',
    're: lunch',
    'wherein:Den',
    'from: Bob',
    'in : Den',
    '"in:Den"',
    'note:from',
    '🍮',
  ])
    assert.deepEqual(queryOf(text), { q: text }, text);
});

test('filters stand anywhere, in any case, and their values may be quoted', () => {
  assert.deepEqual(queryOf('soup in:den from:bob-2'), { q: 'soup', roomId: 'r-den', senderId: 'bob-2' });
  assert.deepEqual(queryOf('IN:"winter trip" soup'), { q: 'soup', roomId: 'r-trip' });
  for (const text of ['from:"Bob Berg" a', 'from:“Bob Berg” a', 'a from:"bob berg', 'a from:@BOB-2'])
    assert.deepEqual(queryOf(text), { q: 'a', senderId: 'bob-2' }, text);
  assert.deepEqual(queryOf('a in:r-b'), { q: 'a', roomId: 'r-b' });
  assert.deepEqual(queryOf('a from:cyd'), { q: 'a', senderId: 'cyd-3' });
  assert.deepEqual(queryOf('a from:me'), { q: 'a', senderId: 'ana-1' });
  assert.deepEqual(queryOf('a from:gone-7'), { q: 'a', senderId: 'gone-7' });
});

test('without words there is something to look for only where somebody wrote it', () => {
  assert.deepEqual(queryOf('from:bob-2'), { q: '', senderId: 'bob-2' });
  for (const text of ['', '  ', 'in:Den', 'before:2026-11-30', 'soup from:', 'soup in:', 'soup in:"'])
    assert.equal(troubleOf(text), '', text);
});

test('before means the beginning of that day where the reader is', () => {
  const begin = new Date(2026, 10, 30).toISOString();
  assert.deepEqual(queryOf('a before:2026-11-30'), { q: 'a', before: begin });
  for (const day of ['2026-02-30', '2026-13-01', '2026-11', 'yesterday', '30.11.2026', '2026-11-30T10:00'])
    assert.match(troubleOf(`a before:${day}`), /like before:2026-11-30/, day);
});

test('a filter that means nobody, nowhere or too much says so', () => {
  assert.equal(troubleOf('a in:Attic'), 'You are in no room called “Attic”.');
  assert.match(troubleOf('a in:Twins'), /more than one room called “Twins”/);
  assert.match(troubleOf('a from:"Dora Dean"'), /Nobody you know is called “Dora Dean”/);
  assert.match(troubleOf('a from:x'), /Nobody you know is called “x”/);
  assert.match(troubleOf('a from:Kim'), /More than one person is called “Kim”/);
  assert.equal(troubleOf('a in:Den in:Den'), 'Only one “in:” can be given.');
});

test('each term knows where it stands', () => {
  const text = 'soup in:"My den" from:bob';
  assert.deepEqual(
    termsOf(text).map(({ start, end, filter, value }) => [text.slice(start, end), filter, value]),
    [
      ['soup', null, 'soup'],
      ['in:"My den"', 'in', 'My den'],
      ['from:bob', 'from', 'bob'],
    ],
  );
});

test('a room is named so that it is read again as that room', () => {
  for (const room of ROOMS)
    assert.deepEqual(queryOf(`${filterForRoom(room, ROOMS)} a`), { q: 'a', roomId: room.roomId }, room.name);
  assert.equal(filterForRoom(ROOMS[1], ROOMS), 'in:"Winter trip"');
});

test('a filter is completed where the caret stands, with what begins so', () => {
  const keys = (/** @type {string} */ text, caret = text.length) =>
    suggestions(text, caret, KNOWN).map(({ key }) => key);
  assert.deepEqual(keys('soup from:'), ['ana-1', 'bob-2', 'cyd-3', 'kim-4', 'kim-5']);
  assert.deepEqual(keys('from:ber'), ['bob-2']);
  assert.deepEqual(keys('from:@cy'), ['cyd-3']);
  assert.deepEqual(keys('in:trip'), ['r-trip']);
  assert.deepEqual(keys('in:twi'), ['r-a', 'r-b']);
  assert.deepEqual(keys('in:"winter t'), ['r-trip']);
  for (const text of ['soup', 'from:ana-1', 'from:"Bob Berg"', 'in:"winter trip"', 'before:2026'])
    assert.deepEqual(keys(text), [], text);
  assert.deepEqual(keys('from:bo soup'), [], 'the caret is elsewhere');
  const [bob] = suggestions('a from:bo soup', 9, KNOWN);
  const completed = complete('a from:bo soup', 9, bob, ROOMS);
  assert.deepEqual(completed, { text: 'a from:bob-2 soup', caret: 13 });
});
