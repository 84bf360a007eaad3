import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newClientMessageId } from '../src/server/device.js';

test('a later message has a later id', () => {
  const names = [0, 1, 1_800_000_000_000, 1_800_000_000_001, 2 ** 48 - 1].map(newClientMessageId);
  assert.deepEqual(names, names.toSorted());
});

test('messages of one instant have different ids that the server accepts', () => {
  const names = new Set(Array.from({ length: 1_000 }, () => newClientMessageId(1_800_000_000_000)));
  assert.equal(names.size, 1_000);
  for (const name of names) assert.match(name, /^[0-9a-f]{32}$/);
});
