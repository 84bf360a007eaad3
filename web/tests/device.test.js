import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageName } from '../src/server/device.js';

test('a later message has a later name', () => {
  const names = [0, 1, 1_800_000_000_000, 1_800_000_000_001, 2 ** 48 - 1].map(messageName);
  assert.deepEqual(names, names.toSorted());
});

test('messages of one instant have different names that the server takes', () => {
  const names = new Set(Array.from({ length: 1_000 }, () => messageName(1_800_000_000_000)));
  assert.equal(names.size, 1_000);
  for (const name of names) assert.match(name, /^[0-9a-f]{32}$/);
});
