// A room in which much has been said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './support/people.js';

const set = stage();

const MANY = 10_000;
/** No more rows than these are ever in the page, however much has been said. */
const MOST_ROWS = 400;

/**
 * Says a great deal over a connection of its own.
 * @param {import('./support/people.js').Person} person
 * @param {string} roomId
 */
async function sayMuch({ page, userId }, roomId) {
  const { accessToken } = await page.evaluate(
    async ([id, password]) => {
      const body = JSON.stringify({ userId: id, password, deviceId: 'talker' });
      return (
        await fetch('/api/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
      ).json();
    },
    [userId, 'correct horse battery'],
  );
  await page.evaluate(
    ({ token, room, many }) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(location.origin.replace('http', 'ws').concat('/api/ws'), 'hexroom.v1');
        const send = (/** @type {object} */ frame) => socket.send(JSON.stringify(frame));
        let sent = 0;
        let known = 0;
        const sayMore = () => {
          for (; sent < many && sent - known < 100; sent += 1) {
            send({
              type: 'send',
              id: sent,
              roomId: room,
              clientMessageId: `many-${sent}`,
              body: `number ${sent + 1}`,
            });
          }
        };
        socket.onopen = () => send({ type: 'hello', token, resume: [] });
        socket.onclose = () => reject(new Error('the line was lost'));
        socket.onmessage = ({ data }) => {
          const { type } = JSON.parse(data);
          if (type === 'ping') send({ type: 'pong' });
          if (type === 'ack') known += 1;
          if (type === 'ack' || type === 'welcome') sayMore();
          if (known === many) resolve(null);
        };
      }),
    { token: accessToken, room: roomId, many: MANY },
  );
}

test('ten thousand messages are walked through from the newest to the first and back, without a jump', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await sayMuch(ana, roomId);
  await bob.open(roomId);
  await bob.message(`number ${MANY}`).waitFor();

  const jumps = await bob.page.evaluate(walk, { direction: -1, text: 'number 1' });
  assert.ok(jumps.most <= MOST_ROWS, `${jumps.most} rows`);
  assert.ok(jumps.loads > 100, `${jumps.loads} pages were loaded`);
  assert.deepEqual(jumps.wrong, [], 'what was being read stayed where it was');
  await bob.sees('This is where the room begins.');

  await ana.seed.say(roomId, 'something new');
  await bob.press(/ new$/);
  await bob.message('something new').waitFor();
  await bob.page.getByRole('link', { name: 'Den' }).getByText('unread').waitFor({ state: 'detached' });
  const back = await bob.page.evaluate(walk, { direction: -1, text: `number ${MANY - 700}` });
  const forth = await bob.page.evaluate(walk, { direction: 1, text: 'something new' });
  for (const { wrong, most } of [back, forth]) {
    assert.deepEqual(wrong, []);
    assert.ok(most <= MOST_ROWS, `${most} rows`);
  }
});

/**
 * Scrolls, in the page, until a message is reached; looks after each change whether what could be seen has moved.
 * @param {{direction: number, text: string}} where
 */
async function walk({ direction, text }) {
  const scroller = /** @type {HTMLElement} */ (document.querySelector('.scroller'));
  const list = /** @type {HTMLElement} */ (document.querySelector('.messages'));
  const outcome = { most: 0, loads: 0, wrong: /** @type {string[]} */ ([]) };
  const isThere = () => Array.from(list.querySelectorAll('.body')).some((body) => body.textContent === text);
  const top = () => scroller.getBoundingClientRect().top;
  const first = () =>
    Array.from(list.children).find(
      (row) => row.matches('.message') && row.getBoundingClientRect().top >= top(),
    );

  /** @type {{row: Element, at: number} | null} */
  let seen = null;
  const changed = new MutationObserver(() => {
    outcome.loads += 1;
    outcome.most = Math.max(outcome.most, list.children.length);
    if (!seen?.row.isConnected) return;
    const moved = seen.row.getBoundingClientRect().top - seen.at;
    if (Math.abs(moved) > 2) outcome.wrong.push(`${seen.row.textContent} moved by ${moved}`);
  });
  changed.observe(list, { childList: true });
  for (let frames = 0; !isThere() && frames < 20_000; frames += 1) {
    scroller.scrollBy({ top: direction * 600, behavior: 'instant' });
    const row = first();
    seen = row ? { row, at: row.getBoundingClientRect().top } : null;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  changed.disconnect();
  return outcome;
}
