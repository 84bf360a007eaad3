import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from '../src/room/timeline.js';
import { event, message, posted } from './fakes.js';

/** @param {number} from @param {number} to */
const span = (from, to) => Array.from({ length: to - from + 1 }, (_, place) => message(from + place));

/** @param {Timeline} timeline */
const seqs = (timeline) => timeline.items.map((item) => item.seq);

/** @param {number} from @param {number} to @param {boolean} hasMore */
function opened(from, to, hasMore) {
  const timeline = new Timeline();
  timeline.expect();
  timeline.open({ items: span(from, to), hasMore });
  return timeline;
}

test('events during the first page are neither lost nor shown twice', () => {
  const timeline = new Timeline();
  timeline.expect();
  timeline.receive(posted(3));
  timeline.receive(posted(4));
  timeline.open({ items: span(1, 3), hasMore: false });
  assert.deepEqual(seqs(timeline), [1, 2, 3, 4]);
});

test('older history is prepended', () => {
  const timeline = opened(51, 60, true);
  timeline.prepend({ items: span(41, 50), hasMore: true });
  assert.deepEqual(
    seqs(timeline),
    span(41, 60).map(({ seq }) => seq),
  );
  assert.equal(timeline.hasOlder, true);
  timeline.prepend({ items: span(2, 40), hasMore: false });
  assert.equal(timeline.hasOlder, false);
});

test('a window keeps its size and knows at which end it was cut', () => {
  const timeline = opened(901, 960, true);
  for (let first = 841; timeline.items.length < 300 || !timeline.hasNewer; first -= 60) {
    timeline.prepend({ items: span(first, first + 59), hasMore: true });
  }
  assert.equal(timeline.items.length, 300);
  timeline.receive(posted(961));
  assert.ok(!seqs(timeline).includes(961), 'it would leave a hole behind it');
});

test('the way back to the newest message has no gap, even if somebody writes meanwhile', () => {
  const timeline = opened(301, 600, true);
  timeline.prepend({ items: span(241, 300), hasMore: true });
  assert.equal(seqs(timeline).at(-1), 540);
  timeline.expect();
  timeline.receive(posted(601));
  timeline.append({ items: span(541, 600), hasMore: false });
  assert.equal(timeline.hasNewer, false);
  assert.deepEqual(seqs(timeline).slice(-3), [599, 600, 601]);
  timeline.receive(posted(602));
  assert.equal(seqs(timeline).at(-1), 602);
});

test('an edit is shown, and a page in flight does not undo it', () => {
  const timeline = opened(10, 12, true);
  timeline.receive(event('message_edited', 13, message(11, { body: 'better', revision: 1 })));
  timeline.receive(event('message_edited', 14, message(5, { body: 'best', revision: 2 })));
  timeline.prepend({ items: [message(5, { body: 'good', revision: 1 })], hasMore: false });
  assert.equal(timeline.find('m11')?.body, 'better');
  assert.equal(timeline.find('m5')?.body, 'best');
});

test('the highest revision counts, in whatever order they come', () => {
  const timeline = opened(1, 1, false);
  timeline.receive(event('message_edited', 2, message(1, { body: 'as it reads now', revision: 3 })));
  timeline.open({ items: [message(1, { body: 'before', revision: 2 })], hasMore: false });
  assert.equal(timeline.find('m1')?.body, 'as it reads now');
});

test('a deleted message stays deleted', () => {
  const timeline = opened(1, 2, false);
  const gone = message(1, { body: null, deleted: true });
  timeline.receive(event('message_deleted', 3, gone));
  timeline.receive(event('message_edited', 4, message(1, { revision: 1 })));
  timeline.open({ items: [message(1), message(2)], hasMore: false });
  assert.deepEqual(
    timeline.messages().map(({ body }) => body),
    [null, 'message 2'],
  );
});

test('what members do is shown among the messages', () => {
  const timeline = opened(1, 2, false);
  timeline.receive({
    roomId: 'r',
    seq: 3,
    kind: 'member_joined',
    actor: 'cy',
    at: '2026-03-01T10:00:00.000Z',
    data: { userId: 'cy' },
  });
  timeline.receive(posted(4));
  assert.deepEqual(seqs(timeline), [1, 2, 3, 4]);
  assert.equal(timeline.messages().length, 3);
});

test('messages are counted where the window has them all, and it is known what has been deleted', () => {
  const timeline = opened(1, 9, false);
  timeline.receive(event('message_deleted', 10, message(4, { body: null, deleted: true })));
  assert.deepEqual(timeline.count(2, 8, 'ana'), { unread: 5, mentions: 0 });
  assert.deepEqual(timeline.count(2, 8, 'bo'), { unread: 0, mentions: 0 });
  timeline.open({
    items: [message(1), message(2, { body: null, deleted: true }), message(3)],
    hasMore: false,
  });
  assert.deepEqual(timeline.count(2, 3, 'ana'), { unread: 1, mentions: 0 });
  assert.equal(timeline.count(0, 3, 'ana'), null, 'the deletion may have been counted or not');
  const part = opened(51, 60, true);
  assert.deepEqual([part.count(50, 55, 'ana')?.unread, part.count(40, 55, 'ana')], [5, null]);
});

test('mentions are counted unless a message may have been edited before or after the server counted it', () => {
  const timeline = opened(1, 1, false);
  const edited = message(3, { revision: 1, everyone: true });
  timeline.open({ items: [message(1), message(2, { mentions: ['ana'] }), edited], hasMore: false });
  assert.deepEqual(timeline.count(0, 2, 'ana'), { unread: 2, mentions: 1 });
  assert.deepEqual(timeline.count(0, 3, 'ana'), { unread: 3, mentions: null });
  timeline.receive(event('message_edited', 4, edited));
  assert.deepEqual(timeline.count(0, 3, 'ana'), { unread: 3, mentions: 2 });
});

test('a window opens in the middle, and what comes meanwhile does not leave a hole', () => {
  const timeline = new Timeline();
  timeline.expect();
  timeline.receive(posted(200));
  timeline.open({ items: span(1, 110), hasMore: true, hasOlder: false, hasNewer: true });
  assert.deepEqual([timeline.items.length, timeline.hasOlder, timeline.hasNewer], [110, false, true]);
  assert.deepEqual([timeline.continues(50), timeline.continues(110)], [true, false]);
  timeline.receive(posted(201));
  assert.equal(seqs(timeline).at(-1), 110);
});
