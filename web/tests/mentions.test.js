import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentionsIn } from '../src/room/mentions.js';
import { concerns } from '../src/room/rows.js';
import { message } from './fakes.js';

/** Who is found in a text that may mention members with ids much alike. @param {string} text */
const named = (text) =>
  mentionsIn(text, ['bo1', 'bo1b', 'bo1.b', 'a_b', 'cy-', 'everyone']).map(({ userId }) => userId);

test('whom a text names is found by the longest id that fits, in any case and any script', () => {
  for (const [text, ...ids] of [
    ['@bo1', 'bo1'],
    ['@BO1, look', 'bo1'],
    ['(@bo1)', 'bo1'],
    ['サーバー@bo1さん', 'bo1'],
    ['@bo1b', 'bo1b'],
    ['@bo1.b.', 'bo1.b'],
    ['@bo1...', 'bo1'],
    ['@a_b_', 'a_b'],
    ['@cy-.', 'cy-'],
    ['@bo1@bo1b', 'bo1'],
    ['@bo1 and @bo1', 'bo1', 'bo1'],
    ['hey @EVERYONE.', 'everyone'],
    ['mail@bo1'],
    ['@bo12'],
    ['@everyones'],
    ['@ bo1'],
    ['@di4'],
  ])
    assert.deepEqual(named(text), ids, text);
  assert.deepEqual(mentionsIn('@bo1', []), []);
});

test('a mention is where it stands in the text', () => {
  assert.deepEqual(mentionsIn('hi @bo1, and @BO1B', ['bo1', 'bo1b']), [
    { start: 3, end: 7, userId: 'bo1' },
    { start: 13, end: 18, userId: 'bo1b' },
  ]);
});

test('a message concerns those it mentions, but not its author', () => {
  assert.ok(concerns(message(1, { mentions: ['ana'] }), 'ana'));
  assert.ok(concerns(message(1, { everyone: true }), 'ana'));
  assert.ok(!concerns(message(1, { mentions: ['cy'] }), 'ana'));
  assert.ok(!concerns(message(1, { everyone: true }), 'bo'));
});
