// What is known of a room, in whatever order answers, frames and reading come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rooms } from '../src/state/rooms.js';
import { deferred, event, message, settled } from './fakes.js';

/** A server with one room, in which `bo` writes and `ana` reads, and whose answers take as long as the test says. */
class World {
  head = 0;
  readSeq = 0;
  name = 'Den';
  /** @type {any[]} */
  log = [];
  /** @type {Set<number>} messages that can be read */
  bodies = new Set();
  /** @type {any[]} */
  toServer = [];
  /** @type {any[]} */
  toClient = [];
  /** @type {{answer: () => any, taken?: any, promise: Promise<any>, resolve: (value: any) => void}[]} */
  asked = [];
  connection = Object.assign(new EventTarget(), {
    isUp: true,
    notify: (/** @type {any} */ frame) => void (this.connection.isUp && this.toServer.push(frame)),
    request: (/** @type {any} */ frame) => {
      this.connection.notify(frame);
      return Promise.resolve({});
    },
  });

  constructor() {
    const api = {
      rooms: {
        list: () => this.ask(() => [this.about()]),
        show: () => this.ask(() => ({ ...this.about(), members: this.members() })),
      },
    };
    const people = { learn: () => {} };
    this.rooms = new Rooms({
      api: /** @type {any} */ (api),
      connection: /** @type {any} */ (this.connection),
      people: /** @type {any} */ (people),
      me: 'ana',
    });
  }

  get unread() {
    return [...this.bodies].filter((seq) => seq > this.readSeq).length;
  }

  get room() {
    const room = this.rooms.all.get('r');
    assert.ok(room);
    return room;
  }

  about() {
    const { head: headSeq, readSeq, unread, name } = this;
    return { roomId: 'r', name, epoch: 'e', headSeq, readSeq, unread, ownerId: 'bo', recovered: true };
  }

  members() {
    return [{ userId: 'ana', readSeq: this.readSeq }];
  }

  /** @param {() => any} answer what the server says once it comes to it */
  ask(answer) {
    const asking = { ...deferred(), answer };
    this.asked.push(asking);
    return asking.promise;
  }

  /** @param {(seq: number) => any} happens */
  append(happens) {
    this.head += 1;
    this.log.push({ type: 'event', ...happens(this.head) });
    this.toClient.push(this.log.at(-1));
  }

  post() {
    this.append((seq) => event('message_posted', seq, message(seq)));
    this.bodies.add(this.head);
  }

  /** @param {number} seq */
  delete(seq) {
    this.bodies.delete(seq);
    this.append((at) => event('message_deleted', at, message(seq, { body: null, deleted: true })));
  }

  rename() {
    this.name = `Den ${this.head}`;
    const { name } = this;
    this.append((seq) => ({ roomId: 'r', seq, kind: 'room_changed', actor: 'bo', at: '', data: { name } }));
  }

  /** @param {number} seq */
  read(seq) {
    if (seq <= this.readSeq) return;
    this.readSeq = seq;
    this.toClient.push({ type: 'read', roomId: 'r', userId: 'ana', seq });
  }

  serve() {
    const frame = this.toServer.shift();
    if (frame?.type === 'read') this.read(frame.seq);
  }

  answer() {
    const next = this.asked.find(({ taken }) => taken === undefined);
    if (next) next.taken = next.answer();
  }

  /** @param {number} place */
  async deliverAnswer(place) {
    const answered = this.asked.filter(({ taken }) => taken !== undefined)[place];
    if (!answered) return;
    this.asked.splice(this.asked.indexOf(answered), 1);
    answered.resolve(answered.taken);
    await settled();
  }

  async deliverFrame() {
    const detail = this.toClient.shift();
    if (detail) this.connection.dispatchEvent(new CustomEvent('frame', { detail }));
    await settled();
  }

  /** The connection is lost, with everything on its way, and comes back. */
  async reconnect() {
    this.toServer = [];
    this.toClient = [];
    const [{ seq: known }] = this.rooms.resumePoints();
    this.toClient.push({ type: 'welcome', rooms: [this.about()] });
    this.toClient.push(...this.log.filter(({ seq }) => seq > known));
    await this.deliverFrame();
  }

  async settle() {
    while (this.toServer.length + this.toClient.length + this.asked.length > 0) {
      this.serve();
      this.answer();
      await this.deliverAnswer(0);
      await this.deliverFrame();
    }
  }

  async open() {
    const loaded = this.rooms.load();
    await this.settle();
    await loaded;
  }
}

test('a count that was in flight when the room was read is ignored', async () => {
  const world = new World();
  await world.open();
  world.post();
  world.post();
  await world.settle();
  assert.equal(world.rooms.unread, 2);
  world.rooms.refresh('r');
  await settled();
  world.answer();
  world.rooms.markRead(world.room);
  assert.equal(world.rooms.unread, 0);
  await world.deliverAnswer(0);
  assert.equal(world.rooms.unread, 0);
  await world.settle();
  assert.equal(world.rooms.unread, 0);
});

test('a request during an older one is sent again after it', async () => {
  const world = new World();
  await world.open();
  world.rooms.refresh('r');
  await settled();
  world.answer();
  world.rename();
  await world.deliverFrame();
  await world.settle();
  assert.equal(world.room.about.name, world.name);
});

test('a read mark that was lost with the connection is sent again', async () => {
  const world = new World();
  await world.open();
  world.post();
  await world.settle();
  world.rooms.markRead(world.room);
  await world.reconnect();
  await world.settle();
  assert.deepEqual([world.readSeq, world.rooms.unread], [1, 0]);
});

test('a log that starts anew takes the server’s count', async () => {
  const world = new World();
  await world.open();
  world.post();
  await world.settle();
  world.rooms.markRead(world.room);
  await world.settle();
  for (let more = 0; more < 3; more += 1) world.post();
  world.toClient = [{ type: 'reset', roomId: 'r', epoch: 'e', headSeq: world.head }];
  await world.settle();
  assert.deepEqual([world.unread, world.rooms.unread], [3, 3]);
});

test('guesses at a room’s password are shown until it is changed', async () => {
  const world = new World();
  await world.open();
  /** @type {number[]} */
  const told = [];
  world.rooms.addEventListener('guessed', (event) =>
    told.push(/** @type {CustomEvent} */ (event).detail.guesses),
  );
  const notice = { type: 'notice', kind: 'room_password_guessed', data: { roomId: 'r', guesses: 20 } };
  world.toClient.push(notice, notice, { type: 'notice', kind: 'coins', data: { availCoins: 1 } });
  await world.settle();
  assert.deepEqual([told, world.room.guesses], [[20, 40], 40]);
  const data = { passwordChanged: true };
  world.append((seq) => ({ roomId: 'r', seq, kind: 'room_changed', actor: 'ana', at: '', data }));
  await world.settle();
  assert.equal(world.room.guesses, 0);
});

/** @param {number} seed @returns {(below: number) => number} the same numbers for the same seed */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
}

test('after any order of events, answers, reading and reconnecting, client and server count the same', async () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const roll = dice(seed);
    const world = new World();
    await world.open();
    /** @type {string[]} */
    const told = [];
    const steps = {
      post: () => world.post(),
      delete: () => world.bodies.size > 0 && world.delete([...world.bodies][roll(world.bodies.size)]),
      rename: () => world.rename(),
      elsewhere: () => world.read(roll(world.head + 1)),
      here: () => world.rooms.markRead(world.room),
      serve: () => world.serve(),
      refresh: () => void world.rooms.refresh('r'),
      load: () => void world.rooms.load(),
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
    const [member] = world.room.members ?? [{ readSeq: world.readSeq }];
    assert.deepEqual(
      [world.room.unread, world.room.readSeq, world.room.about.name, member.readSeq],
      [world.unread, world.readSeq, world.name, world.readSeq],
      `seed ${seed}: ${told.join(' ')}`,
    );
  }
});
