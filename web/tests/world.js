// A server with rooms in which `bo` writes and `ana` reads, whose frames and answers take as long as a test says.

import assert from 'node:assert/strict';
import { Rooms } from '../src/state/rooms.js';
import { deferred, event, message, settled } from './fakes.js';

/** What the server knows of a room. */
class ServerRoom {
  head = 0;
  readSeq = 0;
  name = 'Den';
  /** @type {any[]} */
  log = [];
  /** @type {Set<number>} messages that can be read */
  bodies = new Set();
  /** @type {Set<number>} those that mention `ana` */
  mentions = new Set();
  /** @type {Map<number, number>} how often each was edited, unless never */
  revisions = new Map();
  /** @type {Map<number, import('../src/types.d.ts').Reaction[]>} */
  reactions = new Map();

  /** @param {string} roomId */
  constructor(roomId) {
    this.roomId = roomId;
  }

  get unread() {
    return [...this.bodies].filter((seq) => seq > this.readSeq).length;
  }

  get unreadMentions() {
    return [...this.bodies].filter((seq) => seq > this.readSeq && this.mentions.has(seq)).length;
  }

  about() {
    const { roomId, head: headSeq, readSeq, unread, unreadMentions, name } = this;
    const counted = { headSeq, readSeq, unread, unreadMentions };
    return { roomId, name, epoch: 'e', ...counted, ownerId: 'bo', recovered: true };
  }

  /** @param {{before?: number, after?: number, around?: number, limit: number}} window */
  history({ before, after, around, limit }) {
    const posted = this.log
      .filter(({ kind }) => kind === 'message_posted')
      .map(({ seq }) => this.message(seq));
    if (around !== undefined) return pageAround(posted, around, limit);
    const wanted = posted.filter(({ seq }) => (before === undefined || seq < before) && seq > (after ?? 0));
    const items = after === undefined ? wanted.slice(-limit) : wanted.slice(0, limit);
    return { items, hasMore: items.length < wanted.length };
  }

  /** @param {number} seq */
  message(seq) {
    const { roomId } = this;
    return this.bodies.has(seq)
      ? message(seq, {
          roomId,
          revision: this.revisions.get(seq) ?? 0,
          mentions: this.mentions.has(seq) ? ['ana'] : [],
          reactions: this.reactions.get(seq) ?? [],
        })
      : message(seq, { roomId, body: null, deleted: true });
  }
}

/**
 * Half of a page before an event, the others from it on; where one side has fewer, more of the other.
 * @param {import('../src/types.d.ts').Message[]} posted
 * @param {number} around
 * @param {number} limit
 */
function pageAround(posted, around, limit) {
  const older = posted.filter(({ seq }) => seq < around).length;
  const start = Math.max(0, Math.min(older - Math.floor(limit / 2), posted.length - limit));
  const items = posted.slice(start, start + limit);
  const [hasOlder, hasNewer] = [start > 0, start + limit < posted.length];
  return { items, hasOlder, hasNewer, hasMore: hasOlder || hasNewer };
}

export class World {
  /** @type {any[]} */
  toServer = [];
  /** @type {any[]} */
  toClient = [];
  /** @type {{answer: () => any, taken?: any, promise: Promise<any>, resolve: (value: any) => void}[]} */
  asked = [];
  /** Whether the server knows `ana` to be connected. */
  isOnline = false;
  connection = Object.assign(new EventTarget(), {
    isUp: true,
    notify: (/** @type {any} */ frame) => void (this.connection.isUp && this.toServer.push(frame)),
    request: (/** @type {any} */ frame) => {
      this.connection.notify(frame);
      return Promise.resolve({});
    },
  });

  /** @param {...string} roomIds the first is the default */
  constructor(...roomIds) {
    this.servers = new Map(roomIds.map((roomId) => [roomId, new ServerRoom(roomId)]));
    const api = {
      rooms: {
        list: () => this.ask(() => Array.from(this.servers.values(), (room) => room.about())),
        show: (/** @type {string} */ roomId) =>
          this.ask(() => ({ ...this.at(roomId).about(), members: this.members(roomId) })),
      },
      messages: {
        list: (/** @type {string} */ roomId, /** @type {any} */ window) =>
          this.ask(() => this.at(roomId).history(window)),
      },
    };
    const people = { learn: () => {} };
    this.rooms = new Rooms({
      api: /** @type {any} */ (api),
      connection: /** @type {any} */ (this.connection),
      people: /** @type {any} */ (people),
      me: 'ana',
      after: () => Promise.resolve(),
    });
  }

  /** A room as the server knows it. @param {string} [roomId] */
  at(roomId = [...this.servers.keys()][0]) {
    const server = this.servers.get(roomId);
    assert.ok(server);
    return server;
  }

  /** A room as the client knows it. @param {string} [roomId] */
  known(roomId = this.at().roomId) {
    const room = this.rooms.all.get(roomId);
    assert.ok(room);
    return room;
  }

  /** @param {string} roomId */
  members(roomId) {
    return [{ userId: 'ana', readSeq: this.at(roomId).readSeq, online: this.isOnline }];
  }

  /** @param {() => any} answer what the server says once it comes to it */
  ask(answer) {
    const asking = { ...deferred(), answer };
    this.asked.push(asking);
    return asking.promise;
  }

  /** @param {ServerRoom} room @param {(seq: number) => any} happens */
  append(room, happens) {
    room.head += 1;
    room.log.push({ type: 'event', ...happens(room.head), roomId: room.roomId });
    this.toClient.push(room.log.at(-1));
  }

  post(room = this.at(), isMention = false) {
    const next = room.head + 1;
    room.bodies.add(next);
    if (isMention) room.mentions.add(next);
    this.append(room, (seq) => event('message_posted', seq, room.message(seq)));
  }

  /** @param {number} seq @param {boolean} isMention */
  edit(seq, isMention, room = this.at()) {
    if (isMention) room.mentions.add(seq);
    else room.mentions.delete(seq);
    room.revisions.set(seq, (room.revisions.get(seq) ?? 0) + 1);
    this.append(room, (at) => event('message_edited', at, room.message(seq)));
  }

  /** @param {number} seq */
  delete(seq, room = this.at()) {
    room.bodies.delete(seq);
    const gone = message(seq, { roomId: room.roomId, body: null, deleted: true });
    this.append(room, (at) => event('message_deleted', at, gone));
  }

  rename(room = this.at()) {
    room.name = `Den ${room.head}`;
    const { name } = room;
    this.append(room, (seq) => ({ seq, kind: 'room_changed', actor: 'bo', at: '', data: { name } }));
  }

  /** @param {number} seq */
  read(seq, room = this.at()) {
    if (seq <= room.readSeq) return;
    room.readSeq = seq;
    this.toClient.push({ type: 'read', roomId: room.roomId, userId: 'ana', seq });
  }

  serve() {
    const frame = this.toServer.shift();
    if (frame?.type === 'read') this.read(frame.seq, this.at(frame.roomId));
  }

  answer() {
    const next = this.asked.find(({ taken }) => taken === undefined);
    if (next) next.taken = next.answer();
  }

  /** @param {number} place */
  async deliverAnswer(place) {
    const answered = this.asked.filter(({ taken }) => taken !== undefined).at(place);
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
    this.toClient = [{ type: 'welcome', rooms: Array.from(this.servers.values(), (room) => room.about()) }];
    for (const { roomId, seq: known } of this.rooms.resumePoints()) {
      this.toClient.push(...this.at(roomId).log.filter(({ seq }) => seq > known));
    }
    await this.deliverFrame();
  }

  /** @param {number} [place] which answer comes next: the oldest, or -1 for the newest */
  async settle(place = 0) {
    while (this.toServer.length + this.toClient.length + this.asked.length > 0) {
      this.serve();
      while (this.asked.some(({ taken }) => taken === undefined)) this.answer();
      await this.deliverAnswer(place);
      await this.deliverFrame();
    }
  }

  /**
   * Lets everything happen that some work waits for.
   * @param {Promise<unknown>} work
   * @param {number} [place] which answer comes next: the oldest, or -1 for the newest
   */
  async finish(work, place = 0) {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    for (await settled(); !isDone; await settled()) await this.settle(place);
    await done;
  }

  open() {
    return this.finish(this.rooms.load());
  }
}

/** @param {number} seed @returns {(below: number) => number} the same numbers for the same seed */
export function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
}
