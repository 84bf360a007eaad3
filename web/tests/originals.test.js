import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/server/errors.js';
import { originalOf } from '../src/state/originals.js';
import { deferred, event, message, settled } from './fakes.js';
import { World } from './world.js';

/** @param {ReturnType<typeof originalOf>} original */
const known = (original) => {
  assert.ok(original && original !== 'unavailable');
  return original;
};

async function opened() {
  const world = new World('r');
  world.post();
  await world.open();
  const room = world.known();
  await world.finish(world.rooms.history.open(room));
  /** @type {(ReturnType<typeof deferred> & {messageId: string})[]} */
  const asked = [];
  const api = /** @type {any} */ ({
    show: (/** @type {string} */ _, /** @type {string} */ messageId) => {
      asked.push({ ...deferred(), messageId });
      return asked.at(-1)?.promise;
    },
  });
  return { room, asked, original: (/** @type {string} */ messageId) => originalOf(room, api, messageId) };
}

test('what is loaded is not asked for, and everything else once, one after the other', async () => {
  const { asked, original } = await opened();
  assert.equal(known(original('m1')).body, 'message 1');
  for (const messageId of ['far', 'farther', 'far']) assert.equal(original(messageId), null);
  await settled();
  assert.deepEqual(
    asked.map(({ messageId }) => messageId),
    ['far'],
  );
  asked[0].resolve(message(90, { messageId: 'far', body: 'long ago' }));
  await settled();
  assert.equal(known(original('far')).body, 'long ago');
  assert.deepEqual(
    asked.map(({ messageId }) => messageId),
    ['far', 'farther'],
  );
});

test('what becomes of it later is known, whatever its answer says', async () => {
  const { room, asked, original } = await opened();
  original('far');
  await settled();
  room.timeline.receive(
    event('message_edited', 8, message(90, { messageId: 'far', revision: 1, body: 'new' })),
  );
  asked[0].resolve(message(90, { messageId: 'far', body: 'old' }));
  await settled();
  assert.equal(known(original('far')).body, 'new');
  room.timeline.receive(
    event('message_deleted', 9, message(90, { messageId: 'far', body: null, deleted: true })),
  );
  assert.equal(known(original('far')).deleted, true);
});

test('what is refused for good is shown as such, and not asked for again', async () => {
  const { room, asked, original } = await opened();
  original('far');
  await settled();
  let draws = 0;
  room.changed = () => {
    draws += 1;
  };
  asked[0].reject(new Refused({ code: 'message_not_found', detail: '' }));
  await settled();
  assert.equal(original('far'), 'unavailable');
  await settled();
  assert.deepEqual([asked.length, draws], [1, 1]);
});

test('what got no answer is asked for again after a while', async (context) => {
  const { asked, original } = await opened();
  original('far');
  await settled();
  context.mock.timers.enable({ apis: ['setTimeout'] });
  asked[0].reject(new Unreachable());
  await settled();
  assert.equal(original('far'), null);
  context.mock.timers.tick(5_000);
  await settled();
  assert.equal(original('far'), null);
  await settled();
  asked[1].resolve(message(90, { messageId: 'far', body: 'long ago' }));
  await settled();
  assert.equal(known(original('far')).body, 'long ago');
});
