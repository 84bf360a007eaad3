import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passageOf } from '../src/wording/passage.js';

/** The pieces, with brackets around what is marked. @param {string} body @param {...[number, number]} ranges */
const marked = (body, ...ranges) =>
  passageOf(body, ranges)
    .map(({ text, isMarked }) => (isMarked ? `[${text}]` : text))
    .join('');

test('a short message is whole, with what was found marked', () => {
  assert.equal(marked('soup and more soup', [0, 4], [14, 4]), '[soup] and more [soup]');
  assert.equal(marked('soup', [0, 4]), '[soup]');
  assert.equal(marked('soup'), 'soup');
  assert.equal(marked('', [0, 1]), '');
  assert.equal(marked('<b>soup</b>', [3, 4]), '<b>[soup]</b>');
});

test('ranges count characters, of which some are two units long', () => {
  assert.equal(marked('🍮🍮 soup 𝔞b', [3, 4], [8, 2]), '🍮🍮 [soup] [𝔞b]');
  assert.equal(marked('🍮', [0, 1]), '[🍮]');
});

test('a mark never cuts a letter from its accents, nor an emoji in two', () => {
  assert.equal(marked('cafe\u0301s', [0, 4]), '[cafe\u0301]s');
  assert.equal(marked('e\u0301te\u0301', [1, 2]), '[e\u0301t]e\u0301');
  assert.equal(marked('a 👩‍🍳 b', [2, 1]), 'a [👩‍🍳] b');
});

test('ranges may overlap, touch, come in any order and reach beyond the end', () => {
  assert.equal(marked('abcdef', [3, 2], [0, 2], [1, 3]), '[abcde]f');
  assert.equal(marked('abcd', [0, 2], [2, 2]), '[abcd]');
  assert.equal(marked('abcd', [2, 99], [40, 2], [1, 0]), 'ab[cd]');
});

test('a long message is cut between words around the first that was found', () => {
  const body = `${'before '.repeat(200)}soup ${'after '.repeat(200)}`;
  const shown = marked(body, [1400, 4]);
  assert.match(shown, /^…(before )+\[soup\] (after )+after…$/);
  assert.ok(shown.length > 200 && shown.length < 250, shown);
  assert.match(marked(body, [0, 6]), /^\[before\] (before )+before…$/);
  assert.match(marked('soup '.repeat(800).trim(), [3995, 4]), /^…(soup )+\[soup\]$/);
});

test('what has no blanks is cut between characters', () => {
  const cooks = '👩‍🍳'.repeat(300);
  for (const range of /** @type {[number, number][]} */ ([
    [0, 3],
    [450, 3],
    [897, 3],
  ])) {
    const shown = passageOf(cooks, [range])
      .map(({ text }) => text)
      .join('');
    assert.equal(shown.replaceAll('👩‍🍳', '').replaceAll('…', ''), '', shown);
  }
  const pieces = passageOf('汤'.repeat(4_000), [[1_000, 4_000]]);
  assert.ok(pieces.map(({ text }) => text).join('').length < 250);
});
