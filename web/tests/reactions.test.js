import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reactionsAfter } from '../src/room/reactions.js';
import { Timeline } from '../src/room/timeline.js';
import { event, message, posted, reaction } from './fakes.js';
import { dice } from './world.js';

/** @param {import('../src/types.d.ts').Message | undefined} message */
const shown = (message) =>
  message?.reactions.map(({ emoji, userIds }) => `${emoji} ${userIds.join(' ')}`).join(', ');

function opened() {
  const timeline = new Timeline();
  timeline.open({ items: [message(1), message(2)], hasMore: true });
  return timeline;
}

test('emoji and members stand in the order in which they came, and an emoji without members goes', () => {
  let reactions = reactionsAfter([], '👍', 'ana', true);
  for (const [emoji, who, on] of /** @type {[string, string, boolean][]} */ ([
    ['🎉', 'bo', true],
    ['👍', 'bo', true],
    ['👍', 'ana', true],
  ]))
    reactions = reactionsAfter(reactions, emoji, who, on);
  assert.equal(shown(message(1, { reactions })), '👍 ana bo, 🎉 bo');
  reactions = reactionsAfter(reactions, '🎉', 'bo', false);
  assert.equal(shown(message(1, { reactions })), '👍 ana bo');
  assert.equal(reactionsAfter(reactions, '🎉', 'bo', false), reactions, 'nothing has changed');
});

test('reactions are shown as they come and go', () => {
  const timeline = opened();
  timeline.receive(reaction(3, 'bo', 1, '👍'));
  timeline.receive(reaction(4, 'cy', 1, '👍'));
  timeline.receive(reaction(5, 'bo', 1, '👍', false));
  assert.deepEqual([shown(timeline.find('m1')), shown(timeline.find('m2'))], ['👍 cy', '']);
});

test('a page in flight that is older does not undo a reaction', () => {
  const timeline = opened();
  timeline.receive(reaction(3, 'bo', 0, '👍'));
  timeline.receive(reaction(4, 'cy', 0, '👍'));
  timeline.receive(reaction(5, 'bo', 0, '👍', false));
  timeline.prepend({ items: [message(0)], hasMore: false });
  assert.equal(shown(timeline.find('m0')), '👍 cy');
});

test('a reaction to what was posted while the first page was in flight is not lost', () => {
  const timeline = new Timeline();
  timeline.expect();
  timeline.receive(posted(2));
  timeline.receive(reaction(3, 'bo', 2, '👍'));
  timeline.open({ items: [message(1)], hasMore: false });
  assert.equal(shown(timeline.find('m2')), '👍 bo');
});

test('an edit keeps the reactions, and a deletion removes them for good', () => {
  const timeline = opened();
  timeline.receive(reaction(3, 'bo', 1, '👍'));
  const reactions = [{ emoji: '👍', userIds: ['bo'] }];
  timeline.receive(event('message_edited', 4, message(1, { revision: 1, reactions })));
  assert.equal(shown(timeline.find('m1')), '👍 bo');
  timeline.receive(event('message_deleted', 5, message(1, { deleted: true, body: null })));
  timeline.receive(reaction(3, 'bo', 1, '👍'));
  assert.equal(shown(timeline.find('m1')), '');
});

test('a page that is later than everything known has the last word', () => {
  const timeline = opened();
  timeline.receive(reaction(3, 'bo', 1, '👍'));
  timeline.take(message(1, { reactions: [{ emoji: '🎉', userIds: ['cy'] }] }), 5);
  assert.equal(shown(timeline.find('m1')), '🎉 cy');
  timeline.open({ items: [message(1), message(2)], hasMore: false });
  assert.equal(shown(timeline.find('m1')), '', 'what was known before is not put to later pages');
});

test('events lead to the reactions of the server, whatever the page already had of them', () => {
  const people = ['ana', 'bo', 'cy'];
  for (let seed = 1; seed <= 300; seed += 1) {
    const roll = dice(seed);
    /** @type {import('../src/types.d.ts').RoomEvent[]} */
    const log = [];
    /** @type {import('../src/types.d.ts').Reaction[][]} as they were after each event */
    const states = [[]];
    for (let count = roll(20); count > 0; count -= 1) {
      const [emoji, who, on] = [['👍', '🎉'][roll(2)], people[roll(3)], roll(2) === 0];
      log.push(reaction(log.length + 3, who, 1, emoji, on));
      states.push(reactionsAfter(states.at(-1) ?? [], emoji, who, on));
    }
    const timeline = new Timeline();
    const readAt = roll(states.length);
    const heardBefore = roll(log.length + 1);
    const page = { items: [message(1, { reactions: states[readAt] })], hasMore: false };
    for (const happened of log.slice(0, heardBefore)) timeline.receive(happened);
    timeline.open(page);
    for (const happened of log.slice(Math.min(heardBefore, readAt))) timeline.receive(happened);
    const sorted = (/** @type {any} */ reactions) =>
      shown(message(1, { reactions }))
        ?.split(', ')
        .map((one) => one.split(' ').sort().join())
        .sort();
    assert.deepEqual(sorted(timeline.find('m1')?.reactions), sorted(states.at(-1)), `seed ${seed}`);
  }
});
