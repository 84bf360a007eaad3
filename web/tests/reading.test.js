// What was read, and what was passed over, while a room is open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reading } from '../src/room/reading.js';

/** A room in which everything up to 10 has been read, with so many messages after it. @param {number} unread */
function setup(unread) {
  const room = { readSeq: 10, unread, isCounted: true };
  const reading = new Reading(/** @type {any} */ (room), (seq) => {
    const read = Math.min(room.unread, Math.max(0, seq - room.readSeq));
    Object.assign(room, { readSeq: Math.max(room.readSeq, seq), unread: room.unread - read });
  });
  const look = (/** @type {number} */ upTo, showsDivider = false, isLookedAt = true) =>
    reading.look({ isLookedAt, upTo, showsDivider });
  return { room, reading, look };
}

test('what was passed over is counted until the divider was seen', () => {
  const { room, reading, look } = setup(500);
  assert.deepEqual(reading.first, { after: 10, count: 500 });
  look(510);
  assert.deepEqual([room.unread, reading.first], [0, { after: 10, count: 500 }]);
  room.unread = 1;
  assert.deepEqual(reading.first, { after: 10, count: 501 });
  look(511);
  assert.deepEqual(reading.first, { after: 10, count: 501 });
  look(511, true);
  assert.equal(reading.first, null);
});

for (const how of ['deleted', 'read elsewhere']) {
  test(`what was ${how} has not been passed over, and the divider moves on`, () => {
    const { room, reading, look } = setup(30);
    look(10, false, false);
    Object.assign(room, how === 'deleted' ? { unread: 0 } : { unread: 0, readSeq: 40 });
    look(10, false, false);
    assert.equal(reading.first, null);
    room.unread = 2;
    const { readSeq } = room;
    assert.ok(look(10, false, false), 'there is something new again');
    assert.deepEqual([reading.divider, reading.first], [readSeq, { after: readSeq, count: 2 }]);
  });
}
