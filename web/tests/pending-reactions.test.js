// What the reader does is shown at once, and is what the log says in the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/server/errors.js';
import { hasReacted, react, reactionsTo } from '../src/state/pending-reactions.js';
import { deferred, message, reaction, settled } from './fakes.js';
import { World } from './world.js';

/** Ana in a room with one message, and what the server answers her. */
async function anaReacts() {
  const world = new World('r');
  world.post();
  await world.open();
  const room = world.known();
  await world.finish(world.rooms.history.open(room));
  /** @type {ReturnType<typeof deferred>[]} */
  const answers = [];
  const connection = /** @type {any} */ ({
    request: () => {
      const answer = deferred();
      answers.push(answer);
      return answer.promise;
    },
  });
  const press = (/** @type {boolean} */ on) => react(connection, room, { messageId: 'm1', emoji: '👍', on });
  const shown = () =>
    reactionsTo(room, room.timeline.messages()[0]).map(
      ({ emoji, userIds }) => `${emoji} ${userIds.join(' ')}`,
    );
  return { room, answers, press, shown };
}

test('a reaction is shown at once, and stays as an event', async () => {
  const { room, answers, press, shown } = await anaReacts();
  const done = press(true);
  assert.deepEqual(shown(), ['👍 ana']);
  assert.ok(hasReacted(room, message(1), '👍'));
  await settled();
  answers[0].resolve({ seq: 2 });
  await settled();
  assert.deepEqual(shown(), ['👍 ana'], 'also between its acknowledgement and its event');
  const event = reaction(2, 'ana', 1, '👍');
  room.log.receive(event);
  room.apply(event);
  await done;
  assert.deepEqual(shown(), ['👍 ana']);
});

test('what is refused, or gets no answer, is taken back', async () => {
  for (const error of [new Refused({ code: 'too_many_reactions', detail: '' }), new Unreachable()]) {
    const { answers, press, shown } = await anaReacts();
    const done = press(true);
    await settled();
    answers[0].reject(error);
    await assert.rejects(done, error);
    assert.deepEqual(shown(), []);
  }
});

test('the last press counts, and is sent once the one before it is answered', async () => {
  const { room, answers, press, shown } = await anaReacts();
  const both = Promise.all([press(true), press(false)]);
  assert.deepEqual(shown(), []);
  for (const [place, on] of [true, false].entries()) {
    const event = reaction(place + 2, 'ana', 1, '👍', on);
    room.log.receive(event);
    room.apply(event);
    await settled();
    assert.deepEqual([shown(), answers.length], [[], place + 1]);
    answers[place].resolve({ seq: place + 2 });
  }
  await both;
  assert.deepEqual(shown(), []);
});

test('without a socket, what was done is shown before any event tells of it', async () => {
  const { answers, press, shown } = await anaReacts();
  const done = press(true);
  await settled();
  answers[0].resolve({ seq: 0 });
  await done;
  assert.deepEqual(shown(), ['👍 ana']);
});
