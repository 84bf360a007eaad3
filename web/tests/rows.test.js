import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rows } from '../src/room/rows.js';
import { message } from './fakes.js';

const NOON = new Date('2026-03-10T12:00:00.000Z');

/** @param {number} seq @param {string} senderId @param {string} sentAt */
const said = (seq, senderId, sentAt) => ({ seq, message: message(seq, { senderId, sentAt }) });

/** @param {any} row */
const brief = (row) =>
  row.kind === 'message' ? `${row.message.senderId}${row.startsGroup ? '!' : ''}` : (row.words ?? row.kind);

/** @param {any[]} items @param {Partial<{readSeq: number | null, unsent: any[]}>} [more] */
const laidOut = (items, { readSeq = null, unsent = [] } = {}) =>
  rows(items, unsent, { me: 'ana', readSeq, now: NOON }).map(brief);

test('each day is named once', () => {
  const items = [
    said(1, 'bo', '2026-03-09T11:00:00.000Z'),
    said(2, 'bo', '2026-03-10T11:00:00.000Z'),
    said(3, 'cy', '2026-03-10T11:00:01.000Z'),
  ];
  assert.deepEqual(laidOut(items), ['Yesterday', 'bo!', 'Today', 'bo!', 'cy!']);
});

test('consecutive messages of one sender are grouped', () => {
  const items = [
    said(1, 'bo', '2026-03-10T11:00:00.000Z'),
    said(2, 'bo', '2026-03-10T11:04:00.000Z'),
    said(3, 'cy', '2026-03-10T11:04:01.000Z'),
    said(4, 'bo', '2026-03-10T11:04:02.000Z'),
    said(5, 'bo', '2026-03-10T11:10:00.000Z'),
  ];
  assert.deepEqual(laidOut(items), ['Today', 'bo!', 'bo', 'cy!', 'bo!', 'bo!']);
});

test('the first message by somebody else that has not been read is marked', () => {
  const at = '2026-03-10T11:00:00.000Z';
  const items = [said(1, 'bo', at), said(2, 'ana', at), said(3, 'bo', at), said(4, 'bo', at)];
  assert.deepEqual(laidOut(items, { readSeq: 1 }), ['Today', 'bo!', 'ana!', 'new', 'bo!', 'bo']);
  assert.ok(!laidOut(items, { readSeq: null }).includes('new'));
});

test('unsent messages come last', () => {
  const unsent = [{ clientMessageId: 'c', roomId: 'r', body: 'hi', typedAt: NOON.getTime() }];
  const items = [said(1, 'bo', '2026-03-09T11:00:00.000Z')];
  assert.deepEqual(laidOut(items, { unsent }), ['Yesterday', 'bo!', 'Today', 'unsent']);
});

test('every row has a key of its own', () => {
  const items = Array.from({ length: 50 }, (_, place) =>
    said(place + 1, 'bo', new Date(NOON.getTime() - (50 - place) * 7_200_000).toISOString()),
  );
  const keys = rows(items, [], { me: 'ana', readSeq: 20, now: NOON }).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
});
