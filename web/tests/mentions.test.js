import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentionsIn } from '../src/room/mentions.js';
import { concerns } from '../src/room/rows.js';
import { message } from './fakes.js';

/** Whom a text mentions in a room whose members have ids much alike, as in the tests of the server's rule. @param {string} text */
const mentioned = (text) =>
  mentionsIn(text, ['bo1', 'bo1b', 'bo1.b', 'a_b', 'cy-', 'everyone']).map(({ userId }) => userId);

test('a member is mentioned at the beginning of a word', () => {
  for (const text of [
    '@bo1',
    '@BO1, look',
    'look,@bo1',
    '(@bo1)',
    '**@bo1**',
    '_@bo1_',
    '\n@bo1\n',
    '@@bo1',
    '你好，@bo1',
    '请@bo1看一下',
    'カナ@bo1さん',
    'サーバー@bo1',
    '@bo1ー',
    'ｻｰﾊﾞｰ@bo1ﾞ',
    '〆@bo1〱',
    'ขอที่@bo1ครับ',
    '𛅰@bo1ᦀ',
    'https://example.org/@bo1',
    '👍@bo1👍',
    '❤️@bo1',
  ])
    assert.deepEqual(mentioned(text), ['bo1'], text);
  for (const text of [
    '님@bo1',
    '@bo1님',
    '@bo1\u0301',
    'mail@bo1',
    'é@bo1',
    'x\u0301@bo1',
    '7@bo1',
    '人々@bo1',
    '@bo1々',
    '๓@bo1',
    '@bo1៣',
    '@bo1໓',
    '၃@bo1',
    'Ⅳ@bo1',
    '@bo1Ⓐ',
    '@ bo1',
    'bo1',
    '@di4',
  ])
    assert.deepEqual(mentioned(text), [], text);
});

test('the longest id that fits is meant, and everyone in any case', () => {
  for (const [text, userId] of [
    ['@bo1b', 'bo1b'],
    ['@bo1.b', 'bo1.b'],
    ['@bo1.', 'bo1'],
    ['@bo1...', 'bo1'],
    ['@bo1-', 'bo1'],
    ['@bo1.b.', 'bo1.b'],
    ['@bo1.x', 'bo1'],
    ['@a_b_', 'a_b'],
    ['@cy-', 'cy-'],
    ['@cy-.', 'cy-'],
    ['hey @EVERYONE.', 'everyone'],
  ])
    assert.deepEqual(mentioned(text), [userId], text);
  assert.deepEqual(mentioned('@bo1@bo1b'), ['bo1']);
  for (const text of ['@bo12', '@bo1é', '@bo1x', '@cy', '@cy-x', '@everyones'])
    assert.deepEqual(mentioned(text), [], text);
});

test('the author is meant by the longest id that fits, but not mentioned', () => {
  const ids = ['bo1', 'bo1b'];
  for (const [author, expected] of [
    ['bo1', ['bo1b']],
    ['bo1b', ['bo1']],
    ['cyd', ids],
  ])
    assert.deepEqual(
      mentionsIn('@bo1 @bo1b', ids, String(author)).map(({ userId }) => userId),
      expected,
    );
});

test('an id of full length is mentioned', () => {
  const longest = 'b'.repeat(32);
  for (const [text, count] of /** @type {[string, number][]} */ ([
    [`@${longest}`, 1],
    [`@${longest}b`, 0],
  ]))
    assert.equal(mentionsIn(text, [longest, longest.slice(1)]).length, count, text);
});

test('nobody is mentioned in closed code', () => {
  for (const [text, count] of /** @type {[string, number][]} */ ([
    ['`@bo1`', 0],
    ['`` ` @bo1 ``', 0],
    ['```\n@bo1\n\n@bo1b\n```', 0],
    ['`@bo1', 1],
    ['``@bo1`', 1],
    ['`a` @bo1 `b`', 1],
    ['`one\n\n@bo1`', 1],
    ['`one\n \t\n@bo1`', 1],
    ['`one\n@bo1`', 0],
    ['`@bo1` @bo1b `@bo1.b`', 1],
  ]))
    assert.equal(mentioned(text).length, count, text);
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
