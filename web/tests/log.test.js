import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomLog } from '../src/room/log.js';
import { posted } from './fakes.js';

test('the next event is applied, and an earlier one dropped', () => {
  const log = new RoomLog('r', 'e', 4);
  assert.equal(log.receive(posted(5)), 'apply');
  assert.equal(log.receive(posted(5)), 'drop');
  assert.equal(log.receive(posted(2)), 'drop');
  assert.deepEqual(log.point(), { roomId: 'r', epoch: 'e', seq: 5 });
});

test('a gap is asked for once, and closed by the answer', () => {
  const log = new RoomLog('r', 'e', 1);
  assert.equal(log.receive(posted(4)), 'sync');
  assert.equal(log.receive(posted(5)), 'drop', 'it is on its way again already');
  assert.deepEqual(
    [2, 3, 4, 5].map((seq) => log.receive(posted(seq))),
    ['apply', 'apply', 'apply', 'apply'],
  );
  log.synced();
  assert.equal(log.seq, 5);
});

test('a gap that was not closed is asked for again', () => {
  const log = new RoomLog('r', 'e', 1);
  assert.equal(log.receive(posted(4)), 'sync');
  log.synced();
  assert.equal(log.receive(posted(5)), 'sync');
});

test('a head beyond the last event shows that the last one was lost', () => {
  const log = new RoomLog('r', 'e', 7);
  assert.equal(log.see(7), 'drop');
  assert.equal(log.see(8), 'sync');
});

test('a reset begins anew at the head of another epoch', () => {
  const log = new RoomLog('r', 'old', 3);
  log.receive(posted(9));
  log.reset('new', 40);
  assert.deepEqual(log.point(), { roomId: 'r', epoch: 'new', seq: 40 });
  assert.equal(log.receive(posted(41)), 'apply');
  assert.equal(log.receive(posted(43)), 'sync');
});

test('what is known from elsewhere is asked for all the same after a pause', () => {
  const log = new RoomLog('r', 'e', 5);
  log.skip(8);
  log.skip(7);
  assert.deepEqual([log.seq, log.point().seq], [8, 5]);
  assert.equal(log.receive(posted(6)), 'drop');
  assert.equal(log.point().seq, 5);
  assert.equal(log.receive(posted(8)), 'drop');
  assert.equal(log.point().seq, 8, 'all of it has come');
  assert.equal(log.receive(posted(9)), 'apply');
});
