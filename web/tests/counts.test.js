// The unread counts in the title and in the list of rooms match what nobody has seen, in whatever order frames, answers,
// focus and screens come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reading } from '../src/room/reading.js';
import { dice, World } from './world.js';

/** Somebody in front of the rooms of a world. */
class Reader {
  isLooking = true;
  /** @type {{roomId: string, reading: Reading, upTo: number} | null} the room on the screen */
  screen = null;
  /** Up to where each room was on the screen before somebody's eyes, here or elsewhere. @type {Map<string, number>} */
  seen = new Map();
  /** What was shown when the list of rooms was last said to have changed. @type {number[]} */
  shown = [];

  /** @param {World} world */
  constructor(world) {
    this.world = world;
    world.rooms.addEventListener('list', () => {
      this.shown = this.counts();
    });
  }

  /** What is unread: in all rooms, as the title has it, and in each. */
  counts() {
    const { rooms } = this.world;
    const all = Array.from(rooms.all.values(), ({ unread, unreadMentions }) => [unread, unreadMentions]);
    return [rooms.unread, rooms.unreadMentions, ...all.flat()];
  }

  /** @param {string} roomId @param {number} seq */
  see(roomId, seq) {
    this.seen.set(roomId, Math.max(seq, this.seen.get(roomId) ?? 0));
  }

  /** @param {string} roomId */
  enter(roomId) {
    const { rooms } = this.world;
    const room = this.world.known(roomId);
    const reading = new Reading(room, (seq) => rooms.markRead(room, seq));
    this.screen = { roomId, reading, upTo: room.readSeq };
    if (!room.timeline.isOpen) rooms.history.open(room, room.unreadAfter);
  }

  /** @param {boolean} showsDivider */
  look(showsDivider) {
    if (!this.screen) return;
    const { roomId, reading, upTo } = this.screen;
    if (!this.world.known(roomId).timeline.isOpen) return;
    if (this.isLooking) this.see(roomId, upTo);
    reading.look({ isLookedAt: this.isLooking, upTo, showsDivider });
  }

  /** @param {number} messages more that come onto the screen, as far as there are any */
  scroll(messages) {
    if (!this.screen) return;
    const { log } = this.world.known(this.screen.roomId);
    this.screen.upTo = Math.min(log.seq, this.screen.upTo + messages);
  }
}

test('counts agree with each other at once and with the server in the end, and nothing unseen is read', async () => {
  for (let seed = 1; seed <= 600; seed += 1) {
    const roll = dice(seed);
    const world = new World('r', 's');
    const reader = new Reader(world);
    // There was talk before they came.
    for (const room of world.servers.values())
      for (let said = roll(9); said > 0; said -= 1) world.post(room, roll(3) === 0);
    await world.open();
    /** @type {string[]} */
    const told = [];
    const any = () => world.at(['r', 's'][roll(2)]);
    const steps = {
      post: () => world.post(any(), roll(3) === 0),
      edit: () => {
        const room = any();
        if (room.bodies.size > 0) world.edit([...room.bodies][roll(room.bodies.size)], roll(2) === 0, room);
      },
      delete: () => {
        const room = any();
        if (room.bodies.size > 0) world.delete([...room.bodies][roll(room.bodies.size)], room);
      },
      elsewhere: () => {
        const room = any();
        const seq = roll(room.head + 1);
        reader.see(room.roomId, seq);
        world.read(seq, room);
      },
      serve: () => world.serve(),
      refresh: () => void world.rooms.refresh(any().roomId),
      load: () => void world.rooms.load(),
      poll: () => void world.rooms.poll(),
      answer: () => world.answer(),
      deliverAnswer: () => world.deliverAnswer(roll(2)),
      deliverFrame: () => world.deliverFrame(),
      settle: () => world.settle(),
      reconnect: () => (roll(4) === 0 ? world.reconnect() : undefined),
      enter: () => reader.enter(any().roomId),
      close: () => {
        reader.screen = null;
      },
      focus: () => {
        reader.isLooking = true;
      },
      blur: () => {
        reader.isLooking = false;
      },
      scroll: () => reader.scroll(roll(4)),
      look: () => reader.look(roll(2) === 0),
    };
    const names = /** @type {(keyof typeof steps)[]} */ (Object.keys(steps));
    for (let turn = 0; turn < 80; turn += 1) {
      const step = names[roll(names.length)];
      told.push(step);
      await steps[step]();
      const where = `seed ${seed}: ${told.join(' ')}`;
      assert.deepEqual(reader.shown, reader.counts(), where);
      for (const [roomId, { readSeq }] of world.rooms.all)
        assert.ok(readSeq <= (reader.seen.get(roomId) ?? 0), where);
      if (reader.screen) {
        const { reading, roomId } = reader.screen;
        assert.ok((reading.divider ?? 0) <= world.known(roomId).readSeq, where);
      }
    }
    await world.settle();
    const rooms = ['r', 's'].map((roomId) => world.at(roomId));
    const counted = rooms.map(({ unread, unreadMentions }) => [unread, unreadMentions]);
    const sum = [0, 1].map((which) => counted[0][which] + counted[1][which]);
    assert.deepEqual(reader.counts(), [...sum, ...counted.flat()], `seed ${seed}: ${told.join(' ')}`);
    assert.deepEqual(reader.shown, reader.counts());
  }
});
