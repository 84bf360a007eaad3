import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../src/room/outbox.js';
import { Refused, Unreachable } from '../src/server/errors.js';
import { deferred, FakeStorage, safeStorage, settled } from './fakes.js';

const ACK = { roomId: 'r', seq: 1, messageId: 'm', duplicate: false };

/** @param {string} code @param {number | null} [retryAfterMs] */
const refused = (code, retryAfterMs = null) => new Refused({ code, detail: '' }, retryAfterMs);

/** @param {(unsent: import('../src/types.d.ts').Unsent) => Promise<any>} send */
function outbox(send, storage = safeStorage(), userId = 'ana') {
  /** @type {number[]} */
  const waits = [];
  const after = async (/** @type {number} */ ms) => void waits.push(ms);
  return { box: new Outbox({ storage, userId, send, after }), storage, waits };
}

test('messages are sent one after the other, in the order in which they were typed', async () => {
  const answers = [deferred(), deferred()];
  /** @type {string[]} */
  const sent = [];
  const { box } = outbox((unsent) => answers[sent.push(unsent.body) - 1].promise);
  box.add('1', 'r', 'first');
  box.add('2', 'r', 'second');
  await settled();
  assert.deepEqual(sent, ['first'], 'the second waits for the answer to the first');
  answers[0].resolve(ACK);
  await settled();
  assert.deepEqual(sent, ['first', 'second']);
  answers[1].resolve(ACK);
  await settled();
  assert.deepEqual(box.of('r'), []);
});

test('messages typed offline wait, survive a reload, and are sent with the same id', async () => {
  const { box, storage } = outbox(() => Promise.reject(new Unreachable()));
  box.add('id-1', 'r', 'one');
  box.add('id-2', 'r', 'two', { messageId: 'm1', seq: 1 });
  await settled();
  /** @type {unknown[]} */
  const sent = [];
  const { box: reloaded } = outbox(async ({ clientMessageId, replyTo }) => {
    sent.push(clientMessageId, replyTo?.messageId);
    return ACK;
  }, storage);
  assert.deepEqual(
    reloaded.of('r').map(({ body }) => body),
    ['one', 'two'],
  );
  await reloaded.flush();
  assert.deepEqual(sent, ['id-1', undefined, 'id-2', 'm1']);
  assert.equal(storage.keys('').length, 0, 'nothing is kept of what has been sent');
});

test('a lost answer is asked for again with the same id', async () => {
  /** @type {string[]} */
  const sent = [];
  const { box } = outbox(async ({ clientMessageId }) => {
    sent.push(clientMessageId);
    if (sent.length === 1) throw new Unreachable();
    return { ...ACK, duplicate: true };
  });
  box.add('id', 'r', 'hello');
  await settled();
  assert.equal(box.of('r').length, 1);
  await box.flush();
  assert.deepEqual(sent, ['id', 'id']);
  assert.deepEqual(box.of('r'), []);
});

test('a message refused for the moment is sent when the server says, before later ones', async () => {
  /** @type {string[]} */
  const sent = [];
  const { box, waits } = outbox(async ({ body }) => {
    sent.push(body);
    if (sent.length === 1) throw refused('rate_limited', 250);
    return ACK;
  });
  box.add('1', 'r', 'first');
  box.add('2', 'r', 'second');
  await settled();
  assert.deepEqual(sent, ['first', 'first', 'second']);
  assert.deepEqual(waits, [250]);
});

test('a refused message stays with its reason and holds up nothing else', async () => {
  const { box, storage } = outbox(async ({ roomId }) => {
    if (roomId === 'closed') throw refused('room_closed');
    return ACK;
  });
  box.add('1', 'closed', 'too late');
  box.add('2', 'r', 'hello');
  await settled();
  assert.equal(box.of('closed')[0].problem?.code, 'room_closed');
  assert.deepEqual(box.of('r'), []);
  const { box: reloaded } = outbox(() => assert.fail('it is not sent by itself'), storage);
  await reloaded.flush();
  assert.equal(reloaded.of('closed')[0].problem?.code, 'room_closed');
});

test('a refused message can be tried again or discarded', async () => {
  let isOpen = false;
  const { box } = outbox(async () => {
    if (!isOpen) throw refused('not_a_member');
    return ACK;
  });
  box.add('1', 'r', 'hello');
  box.add('2', 'r', 'again');
  await settled();
  isOpen = true;
  box.retry('1');
  await settled();
  assert.deepEqual(
    box.of('r').map(({ clientMessageId }) => clientMessageId),
    ['2'],
  );
  box.remove('2');
  assert.deepEqual(box.of('r'), []);
});

test('unsent messages belong to one account, and signing out removes them', async () => {
  const offline = () => Promise.reject(new Unreachable());
  const { box, storage } = outbox(offline);
  box.add('1', 'r', 'for my eyes');
  assert.deepEqual(outbox(offline, storage, 'bo').box.of('r'), []);
  box.close({ forget: true });
  assert.equal(storage.keys('').length, 0);
});

test('messages are sent without storage', async () => {
  const full = new FakeStorage();
  full.setItem = () => {
    throw new Error('full');
  };
  /** @type {string[]} */
  const sent = [];
  const { box } = outbox(async ({ body }) => {
    sent.push(body);
    return ACK;
  }, safeStorage(full));
  box.add('1', 'r', 'hello');
  await settled();
  assert.deepEqual(sent, ['hello']);
});

test('a user id that begins with another one is somebody else', () => {
  const offline = () => Promise.reject(new Unreachable());
  const { box, storage } = outbox(offline, safeStorage(), 'ana.b');
  box.add('1', 'r', 'for my eyes');
  const { box: other } = outbox(offline, storage, 'ana');
  assert.deepEqual(other.of('r'), []);
  other.close({ forget: true });
  assert.equal(outbox(offline, storage, 'ana.b').box.of('r').length, 1);
});

test('damaged messages are skipped, and the others are sent', async () => {
  const storage = safeStorage();
  const damaged = ['', '{', 'null', '1', '[]', '{"clientMessageId":"a"}', '{"clientMessageId":"x","body":1}'];
  for (const [place, text] of damaged.entries()) storage.setItem(`hexroom.unsent.ana.${place}`, text);
  const good = { clientMessageId: 'id', roomId: 'r', body: 'hello', typedAt: 1 };
  storage.setItem('hexroom.unsent.ana.id', JSON.stringify(good));
  /** @type {string[]} */
  const sent = [];
  const { box } = outbox(async ({ body }) => {
    sent.push(body);
    return ACK;
  }, storage);
  await box.flush();
  assert.deepEqual(sent, ['hello']);
});
