import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Connection } from '../src/server/connection.js';
import { Refused, Unreachable } from '../src/server/errors.js';
import { settled } from './fakes.js';

/** A socket whose other end is the test. */
class FakeSocket {
  readyState = 0;
  /** @type {any[]} */
  said = [];
  /** @type {any} */ onopen;
  /** @type {any} */ onmessage;
  /** @type {any} */ onclose;

  /** @param {string} text */
  send(text) {
    this.said.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  opens() {
    this.readyState = 1;
    this.onopen();
  }

  /** @param {object} frame */
  tells(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  /** @param {number} code */
  closes(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  welcomes() {
    this.opens();
    this.tells({ type: 'welcome', connectionId: 'c', pingMs: 25_000, maxFrameBytes: 65_536, rooms: [] });
  }
}

/** A session whose tokens are numbered. */
class FakeSession extends EventTarget {
  renewals = 0;
  /** @type {Error | null} */
  trouble = null;

  async token() {
    if (this.trouble) throw this.trouble;
    return `token-${this.renewals}`;
  }

  async renew() {
    this.renewals += 1;
    const token = await this.token();
    this.dispatchEvent(new Event('renewed'));
    return token;
  }
}

/** @param {import('node:test').TestContext} t */
function setup(t) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  /** @type {FakeSocket[]} */
  const sockets = [];
  const session = new FakeSession();
  const resume = [{ roomId: 'r', epoch: 'e', seq: 5 }];
  const open = () => /** @type {any} */ (sockets[sockets.push(new FakeSocket()) - 1]);
  const line = {
    /** @type {any[]} */
    asked: [],
    isThrough: false,
    poll: async () => {
      if (!line.isThrough) throw new Unreachable();
    },
    request: async (/** @type {any} */ frame) => ({ ...frame, seq: line.asked.push(frame) }),
    notify: async (/** @type {any} */ frame) => void line.asked.push(frame),
  };
  const connection = new Connection({ session, resume: () => resume, open, line });
  const last = () => sockets[sockets.length - 1];
  const start = async () => {
    connection.start();
    await settled();
    last().welcomes();
  };
  return { connection, session, sockets, line, last, start };
}

test('the first frame has the token and where to resume', async (t) => {
  const { connection, last, start } = setup(t);
  await start();
  assert.deepEqual(last().said, [
    { type: 'hello', token: 'token-0', resume: [{ roomId: 'r', epoch: 'e', seq: 5 }] },
  ]);
  assert.equal(connection.state, 'on');
});

test('a lost connection is reopened, and counts as open only after the welcome', async (t) => {
  const { connection, sockets, last, start } = setup(t);
  await start();
  last().closes(1006);
  assert.equal(connection.state, 'waiting');
  mock.timers.tick(500);
  await settled();
  assert.equal(sockets.length, 2);
  assert.equal(connection.state, 'connecting');
  last().welcomes();
  assert.equal(connection.state, 'on');
});

test('the server’s retryAfterMs is respected', async (t) => {
  const { sockets, last, start } = setup(t);
  await start();
  last().tells({ type: 'bye', code: 4001, reason: 'The server is shutting down.', retryAfterMs: 4_000 });
  last().closes(4001);
  mock.timers.tick(3_999);
  await settled();
  assert.equal(sockets.length, 1);
  mock.timers.tick(1);
  await settled();
  assert.equal(sockets.length, 2);
});

test('a connection closed for good stays closed until it is started again', async (t) => {
  const { connection, sockets, last, start } = setup(t);
  await start();
  last().tells({ type: 'bye', code: 4504, reason: 'Too many connections.', retryAfterMs: null });
  last().closes(4504);
  mock.timers.tick(3_600_000);
  await settled();
  assert.equal(sockets.length, 1);
  assert.deepEqual([connection.state, connection.refusal], ['refused', 'Too many connections.']);
  await start();
  assert.deepEqual([connection.state, connection.refusal], ['on', null]);
});

test('where no socket can be opened, HTTP takes its place until one can', async (t) => {
  const { connection, sockets, line, last } = setup(t);
  /** @type {string[]} */
  const states = [];
  connection.addEventListener('state', () => states.push(connection.state));
  const fail = async () => {
    last().closes(1006);
    mock.timers.tick(30_000);
    await settled();
  };
  connection.start();
  await settled();
  line.isThrough = true;
  await fail();
  assert.equal(connection.state, 'connecting', 'a single failure is not enough');
  await fail();
  assert.equal(connection.state, 'polling');
  assert.equal((await connection.request({ type: 'send', body: 'hi' })).seq, 1);
  connection.notify({ type: 'read' });
  assert.deepEqual(line.asked, [{ type: 'send', body: 'hi' }, { type: 'read' }]);

  await fail();
  assert.equal(connection.state, 'polling', 'the attempts go on without a word');
  line.isThrough = false;
  mock.timers.tick(4_000);
  await settled();
  assert.equal(connection.state, 'waiting');
  line.isThrough = true;
  mock.timers.tick(4_000);
  await settled();
  assert.equal(connection.state, 'polling');
  const before = sockets.length;
  connection.retryNow();
  await settled();
  assert.equal(sockets.length, before + 1);
  last().welcomes();
  assert.equal(connection.state, 'on');
  mock.timers.tick(20_000);
  await settled();
  assert.deepEqual(states.slice(-4), ['polling', 'waiting', 'polling', 'on']);
});

test('an expired token is renewed before reconnecting', async (t) => {
  const { session, last, start } = setup(t);
  await start();
  last().closes(4004);
  mock.timers.tick(500);
  await settled();
  last().opens();
  assert.equal(last().said[0].token, 'token-1');
  assert.equal(session.renewals, 1);
});

test('a renewed token is sent in band', async (t) => {
  const { session, last, start } = setup(t);
  await start();
  await session.renew();
  await settled();
  assert.deepEqual(last().said[1], { type: 'auth', token: 'token-1' });
});

test('a silent connection is given up although nobody closed it', async (t) => {
  const { connection, last, start } = setup(t);
  await start();
  mock.timers.tick(39_000);
  last().tells({ type: 'ping', heads: {} });
  assert.deepEqual(last().said.at(-1), { type: 'pong' });
  mock.timers.tick(39_999);
  assert.equal(connection.state, 'on');
  mock.timers.tick(1);
  assert.equal(connection.state, 'waiting');
});

test('answers reach the request they belong to', async (t) => {
  const { connection, last, start } = setup(t);
  await start();
  const one = connection.request({ type: 'send' });
  const other = connection.request({ type: 'send' });
  const [first, second] = last()
    .said.slice(1)
    .map(({ id }) => id);
  last().tells({ type: 'error', id: second, code: 'not_a_member', detail: 'No.' });
  last().tells({ type: 'ack', id: first, roomId: 'r', seq: 6, messageId: 'm', duplicate: false });
  assert.equal((await one).seq, 6);
  await assert.rejects(other, (error) => error instanceof Refused && error.code === 'not_a_member');
});

test('pending requests fail when the connection is lost', async (t) => {
  const { connection, last, start } = setup(t);
  await start();
  const asked = connection.request({ type: 'send' });
  last().closes(1006);
  await assert.rejects(asked, Unreachable);
  await assert.rejects(connection.request({ type: 'send' }), Unreachable);
});

test('every other frame is passed on in its order', async (t) => {
  const { connection, last, start } = setup(t);
  /** @type {string[]} */
  const passed = [];
  connection.addEventListener('frame', (event) =>
    passed.push(/** @type {CustomEvent} */ (event).detail.type),
  );
  await start();
  for (const type of ['event', 'typing', 'notice']) last().tells({ type });
  assert.deepEqual(passed, ['welcome', 'event', 'typing', 'notice']);
});

test('a stopped connection stays closed, whatever it was waiting for', async (t) => {
  const { connection, sockets, last, start } = setup(t);
  await start();
  last().closes(1006);
  connection.stop();
  mock.timers.tick(60_000);
  await settled();
  connection.retryNow();
  await settled();
  assert.equal(sockets.length, 1);
  assert.equal(connection.state, 'off');
});

test('a server that cannot be reached for a token is tried again', async (t) => {
  const { connection, session, sockets } = setup(t);
  session.trouble = new Unreachable();
  connection.start();
  await settled();
  assert.equal(connection.state, 'waiting');
  session.trouble = null;
  connection.retryNow();
  await settled();
  assert.equal(sockets.length, 1);
});
