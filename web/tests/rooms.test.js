// What is known of a room, in whatever order answers, frames and reading come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/server/errors.js';
import { Rooms } from '../src/state/rooms.js';
import { reaction, settled } from './fakes.js';
import { dice, World } from './world.js';

test('a count that was in flight when the room was read is ignored', async () => {
  const world = new World('r');
  await world.open();
  world.post();
  world.post();
  await world.settle();
  assert.equal(world.rooms.unread, 2);
  world.rooms.refresh('r');
  await settled();
  world.answer();
  world.rooms.markRead(world.known());
  assert.equal(world.rooms.unread, 0);
  await world.deliverAnswer(0);
  assert.equal(world.rooms.unread, 0);
  await world.settle();
  assert.equal(world.rooms.unread, 0);
});

test('a request during an older one is sent again after it', async () => {
  const world = new World('r');
  await world.open();
  world.rooms.refresh('r');
  await settled();
  world.answer();
  world.rename();
  await world.deliverFrame();
  await world.settle();
  assert.equal(world.known().about.name, world.at().name);
});

for (const ask of /** @type {const} */ (['refresh', 'enter'])) {
  test(`who is here is asked again if the connection opens meanwhile: ${ask}`, async () => {
    const world = new World('r');
    if (ask === 'refresh') await world.finish(world.rooms.load());
    const asked = world.rooms[ask]('r');
    await settled();
    world.answer();
    world.isOnline = true;
    await world.reconnect();
    await world.finish(asked);
    await world.settle();
    assert.deepEqual(
      world.known().members?.map(({ online }) => online),
      [true],
    );
  });
}

test('a join that was paid for is no failed one, although the room cannot be loaded', async () => {
  const receipt = { roomId: 'r', fee: 150, availCoins: 0, alreadyMember: false };
  const api = { rooms: { join: async () => receipt, show: () => Promise.reject(new Unreachable()) } };
  const rooms = new Rooms(/** @type {any} */ ({ api, connection: new EventTarget() }));
  assert.equal(await rooms.join({ roomId: 'r', password: 'secret' }), receipt);
});

test('a read mark that was lost with the connection is sent again', async () => {
  const world = new World('r');
  await world.open();
  world.post();
  await world.settle();
  world.rooms.markRead(world.known());
  await world.reconnect();
  await world.settle();
  assert.deepEqual([world.at().readSeq, world.rooms.unread], [1, 0]);
});

test('messages that are read here, mentions among them, are counted here', async () => {
  const world = new World('r');
  for (let posted = 0; posted < 9; posted += 1) world.post(world.at(), posted === 2 || posted === 6);
  await world.open();
  const room = world.known();
  await world.finish(world.rooms.history.open(room, room.unreadAfter));
  for (const [seq, unread, mentions] of [
    [1, 8, 2],
    [4, 5, 1],
    [8, 1, 0],
  ]) {
    world.rooms.markRead(room, seq);
    assert.deepEqual([room.unread, room.unreadMentions], [unread, mentions]);
    world.serve();
    await world.deliverFrame();
    assert.deepEqual(world.asked, []);
  }
});

test('a log that starts anew takes the server’s count', async () => {
  const world = new World('r');
  await world.open();
  world.post();
  await world.settle();
  world.rooms.markRead(world.known());
  await world.settle();
  for (let more = 0; more < 3; more += 1) world.post();
  world.toClient = [{ type: 'reset', roomId: 'r', epoch: 'e', headSeq: world.at().head }];
  await world.settle();
  assert.deepEqual([world.at().unread, world.rooms.unread], [3, 3]);
});

test('a log that starts anew earlier than the last had ended is counted once', async () => {
  const world = new World('r');
  for (let posted = 0; posted < 3; posted += 1) world.post();
  await world.open();
  const { head } = world.at();
  world.edit(2, true);
  await world.deliverFrame();
  assert.ok(world.known().mustCount);
  const { log } = world.at();
  Object.assign(world.at(), { head, log: log.slice(0, head), mentions: new Set() });
  world.toClient = [{ type: 'reset', roomId: 'r', epoch: 'f', headSeq: head }];
  world.asked = [];
  await world.deliverFrame();
  assert.ok(!world.known().mustCount);
});

test('pages that are asked for at the same time leave no gap, whichever answer comes first', async () => {
  for (const place of [0, -1]) {
    for (const page of /** @type {const} */ (['loadOlder', 'loadNewer'])) {
      const world = new World('r');
      await world.open();
      for (let posted = 0; posted < 400; posted += 1) world.post();
      await world.settle();
      const room = world.known();
      await world.finish(world.rooms.history.open(room, 200));
      const around = page === 'loadOlder' ? null : 10;
      const asked = [world.rooms.history[page](room), world.rooms.history.open(room, around)];
      await world.finish(Promise.all(asked), place);
      const seqs = room.timeline.items.map(({ seq }) => seq);
      assert.deepEqual(
        seqs,
        Array.from(seqs, (_, at) => seqs[0] + at),
      );
    }
  }
});

test('a room whose first page was on its way when its log starts anew is loaded', async () => {
  const world = new World('r');
  await world.open();
  world.post();
  await world.settle();
  const asked = world.rooms.history.open(world.known());
  await settled();
  world.toClient = [{ type: 'reset', roomId: 'r', epoch: 'e', headSeq: world.at().head }];
  await world.deliverFrame();
  await world.finish(asked);
  await world.settle();
  await settled();
  await world.settle();
  assert.ok(world.known().timeline.isOpen);
});

test('where HTTP polls, a read mark that was lost is sent again, and what comes after it is unread', async () => {
  const world = new World('r');
  await world.open();
  world.post();
  await world.settle();
  world.rooms.markRead(world.known());
  world.toServer = [];
  world.post();
  world.toClient = [];
  await world.finish(world.rooms.poll());
  await world.settle();
  assert.deepEqual([world.rooms.unread, world.at().readSeq], [1, 1]);
});

test('a page that HTTP has asked for changes nothing once events have come', async () => {
  const world = new World('r');
  world.post();
  await world.open();
  const room = world.known();
  await world.finish(world.rooms.history.open(room));
  world.post();
  world.toClient = [];
  const polled = world.rooms.poll();
  // The list, and then the page.
  for (let answers = 0; answers < 2; answers += 1) {
    await settled();
    world.answer();
    if (answers === 0) await world.deliverAnswer(0);
  }
  await world.reconnect();
  world.append(world.at(), (seq) => reaction(seq, 'bo', 1, '👍'));
  while (world.toClient.length > 0) await world.deliverFrame();
  await world.finish(polled);
  assert.deepEqual(room.timeline.find('m1')?.reactions, [{ emoji: '👍', userIds: ['bo'] }]);
  assert.equal(room.log.seq, 3);
});

test('of two pages that HTTP has asked for the later one counts, whichever comes first', async () => {
  for (const first of [0, 1]) {
    const world = new World('r');
    world.post();
    await world.open();
    const room = world.known();
    await world.finish(world.rooms.history.open(room));
    /** @type {Promise<void>[]} */
    const polls = [];
    for (const emoji of ['👍', '🎉']) {
      world.post();
      polls.push(world.rooms.poll());
      await settled();
      world.answer();
      // The list: the page is asked for after it.
      await world.deliverAnswer(-1);
      world.at().reactions.set(1, [{ emoji, userIds: ['bo'] }]);
      world.answer();
    }
    await world.deliverAnswer(first);
    await world.deliverAnswer(0);
    await Promise.all(polls);
    assert.deepEqual(room.timeline.find('m1')?.reactions, [{ emoji: '🎉', userIds: ['bo'] }]);
    assert.equal(room.timeline.items.length, 3);
  }
});

test('a refusal about one room leaves no other behind where HTTP polls', async () => {
  const world = new World('r', 's');
  await world.open();
  for (const roomId of ['r', 's']) world.post(world.at(roomId));
  world.toClient = [];
  const refusal = Promise.reject(new Refused(/** @type {any} */ ({ code: 'not_a_member' })));
  refusal.catch(() => {});
  world.at('r').history = () => /** @type {any} */ (refusal);
  await world.finish(world.rooms.poll());
  assert.deepEqual([world.known('r').log.seq, world.known('s').log.seq], [0, 1]);
});

test('what is read far above stays where HTTP finds a gap below it', async () => {
  const world = new World('r');
  await world.open();
  for (let posted = 0; posted < 400; posted += 1) world.post();
  await world.settle();
  const room = world.known();
  await world.finish(world.rooms.history.open(room, 100));
  const { timeline } = room;
  for (let posted = 0; posted < 100; posted += 1) world.post();
  world.toClient = [];
  await world.finish(world.rooms.poll());
  assert.equal(room.timeline, timeline);
  assert.equal(room.log.seq, 500);
});

test('guesses at a room’s password are shown until it is changed', async () => {
  const world = new World('r');
  await world.open();
  /** @type {number[]} */
  const told = [];
  world.rooms.addEventListener('guessed', (event) =>
    told.push(/** @type {CustomEvent} */ (event).detail.guesses),
  );
  const notice = { type: 'notice', kind: 'room_password_guessed', data: { roomId: 'r', guesses: 20 } };
  world.toClient.push(notice, notice, { type: 'notice', kind: 'coins', data: { availCoins: 1 } });
  await world.settle();
  assert.deepEqual([told, world.known().guesses], [[20, 40], 40]);
  const data = { passwordChanged: true };
  world.append(world.at(), (seq) => ({ seq, kind: 'room_changed', actor: 'ana', at: '', data }));
  await world.settle();
  assert.equal(world.known().guesses, 0);
});

test('after any order of events, answers, reading and reconnecting, client and server count the same', async () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const roll = dice(seed);
    const world = new World('r');
    await world.open();
    /** @type {string[]} */
    const told = [];
    const steps = {
      post: () => world.post(),
      delete: () =>
        world.at().bodies.size > 0 && world.delete([...world.at().bodies][roll(world.at().bodies.size)]),
      rename: () => world.rename(),
      elsewhere: () => world.read(roll(world.at().head + 1)),
      here: () => world.rooms.markRead(world.known()),
      serve: () => world.serve(),
      refresh: () => void world.rooms.refresh('r'),
      load: () => void world.rooms.load(),
      poll: () => void world.rooms.poll(),
      answer: () => world.answer(),
      deliverAnswer: () => world.deliverAnswer(roll(2)),
      deliverFrame: () => world.deliverFrame(),
      reconnect: () => (roll(4) === 0 ? world.reconnect() : undefined),
    };
    const names = /** @type {(keyof typeof steps)[]} */ (Object.keys(steps));
    for (let turn = 0; turn < 40; turn += 1) {
      const step = names[roll(names.length)];
      told.push(step);
      await steps[step]();
    }
    await world.settle();
    const [member] = world.known().members ?? [{ readSeq: world.at().readSeq }];
    assert.deepEqual(
      [world.known().unread, world.known().readSeq, world.known().about.name, member.readSeq],
      [world.at().unread, world.at().readSeq, world.at().name, world.at().readSeq],
      `seed ${seed}: ${told.join(' ')}`,
    );
  }
});
