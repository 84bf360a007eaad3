// What the list of rooms shows of a message.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerptOf } from '../src/room/latest.js';

test('an excerpt is the beginning of a message and cuts through no emoji', () => {
  assert.equal(excerptOf(null), '');
  assert.equal(excerptOf('hello'), 'hello');
  assert.equal(excerptOf('x'.repeat(141)), 'x'.repeat(140));
  assert.equal(excerptOf(`${'x'.repeat(138)}👩‍👩‍👧!`), 'x'.repeat(138));
});
