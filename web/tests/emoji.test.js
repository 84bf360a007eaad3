import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEmoji, readGroups, withTone } from '../src/room/emoji.js';
import { UsedEmoji } from '../src/state/used-emoji.js';
import { GROUPS } from '../src/vendor/emoji.js';
import { safeStorage } from './fakes.js';

const groups = readGroups(GROUPS);

/** @param {string} query */
const found = (query) => findEmoji(groups, query).flatMap(({ emoji }) => emoji.map((one) => one.emoji));

test('the emoji have groups, names and no repetition', () => {
  const all = groups.flatMap(({ emoji }) => emoji);
  assert.deepEqual(groups.map(({ name }) => name).slice(0, 2), ['Smileys', 'People']);
  assert.ok(all.length > 1_800);
  assert.equal(new Set(all.map(({ emoji }) => emoji)).size, all.length);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
});

test('an emoji is found by the beginnings of its words, in any order, and the one that is called so comes first', () => {
  assert.equal(found('rocket')[0], '🚀');
  assert.equal(found('  HEART red')[0], '❤️');
  assert.equal(found('thumbs u')[0], '👍');
  assert.ok(found('+1').includes('👍'));
  assert.ok(found('piñata').includes('🪅') && found('pinata').includes('🪅'));
  assert.deepEqual(found('🚀'), ['🚀']);
  assert.deepEqual(found('no such thing'), []);
  assert.equal(
    found(' ').length,
    groups.reduce((sum, { emoji }) => sum + emoji.length, 0),
  );
});

test('a skin tone stands behind the first character', () => {
  assert.equal(withTone('👍', 0), '👍');
  assert.equal(withTone('👍', 3), '👍🏽');
  assert.equal(withTone('✌️', 5), '✌🏿');
  assert.equal(withTone('🧑‍🚀', 1), '🧑🏻‍🚀');
  const hasTones = (/** @type {string} */ emoji) =>
    groups.flatMap((group) => group.emoji).find((one) => one.emoji === emoji)?.hasTones;
  assert.deepEqual(['✌️', '🧑‍🚀', '🚀'].map(hasTones), [true, true, false]);
});

test('the six quick ones are those used most, by account', () => {
  const storage = safeStorage();
  const used = new UsedEmoji({ storage, userId: 'ana' });
  const atFirst = used.quick;
  assert.equal(atFirst.length, 6);
  used.use('🚀');
  assert.deepEqual(used.quick, ['🚀', ...atFirst.slice(0, 5)]);
  for (const emoji of ['🔥', '🔥', atFirst[4]]) used.use(emoji);
  assert.equal(used.quick[0], '🔥');
  assert.ok(used.quick.includes('🚀') && used.quick.includes(atFirst[4]));
  used.tone = 3;
  assert.deepEqual(new UsedEmoji({ storage, userId: 'ana' }).quick, used.quick);
  assert.equal(new UsedEmoji({ storage, userId: 'ana' }).tone, 3);
  assert.deepEqual(new UsedEmoji({ storage, userId: 'bo' }).quick, atFirst);
});

test('damaged data is nothing used', () => {
  const storage = safeStorage();
  for (const text of ['', 'null', '{"scores":[["a"]],"tone":0}', '{"scores":[],"tone":9}', '{"tone":1}']) {
    storage.setItem('hexroom.emoji.ana', text);
    assert.equal(new UsedEmoji({ storage, userId: 'ana' }).quick.length, 6, text);
  }
});
