import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterClose, retryDelay } from '../src/server/reconnect.js';

test('each failure doubles the wait, up to half a minute', () => {
  const longest = [0, 1, 2, 3, 10, 1_000].map((failures) => retryDelay(failures, () => 1));
  assert.deepEqual(longest, [500, 1_000, 2_000, 4_000, 30_000, 30_000]);
});

test('half of the wait is random', () => {
  assert.deepEqual([retryDelay(3, () => 0), retryDelay(3, () => 0.5)], [2_000, 3_000]);
});

test('close codes say whether to reconnect', () => {
  for (const code of [1000, 1001, 1006, 4000, 4001, 4002, 4003, 4499])
    assert.equal(afterClose(code), 'retry', String(code));
  for (const code of [4004, 4500, 4503]) assert.equal(afterClose(code), 'renew', String(code));
  for (const code of [4501, 4502, 4504, 4999]) assert.equal(afterClose(code), 'stop', String(code));
});
