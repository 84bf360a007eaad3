// A room with a long history.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, gate } from './support/people.js';

const set = fixture();

/** Waits until the end of the talk is on the screen. @param {import('./support/people.js').Person} person */
const atEnd = ({ page }) =>
  page.waitForFunction(() => {
    const scroller = document.querySelector('.scroller');
    return scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2;
  });

const MANY = 10_000;
const AT_ONCE = 50;
/** The most rows in the page, however long the history. */
const MOST_ROWS = 400;

/**
 * Says a great deal: the first and the last of it in their places, and all between them as it comes.
 * @param {import('./support/server.js').Seed} seed
 * @param {string} roomId
 */
async function sayMuch(seed, roomId) {
  await seed.say(roomId, 'number 1');
  for (let said = 1; said < MANY - 1; said += AT_ONCE) {
    const count = Math.min(AT_ONCE, MANY - 1 - said);
    const texts = Array.from({ length: count }, (_, place) => `number ${said + place + 1}`);
    await Promise.all(texts.map((text) => seed.say(roomId, text)));
  }
  await seed.say(roomId, `number ${MANY}`);
}

test('ten thousand messages are scrolled through and back without a jump', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await sayMuch(ana.seed, roomId);
  await bob.open(roomId);
  await bob.page.getByRole('main').getByText('number 1', { exact: true }).waitFor();
  await bob.press(/ new$/);
  await bob.message(`number ${MANY}`).waitFor();

  const jumps = await bob.page.evaluate(walk, { direction: -1, text: 'number 1' });
  assert.ok(jumps.most <= MOST_ROWS, `${jumps.most} rows`);
  assert.ok(jumps.loads > 100, `${jumps.loads} pages were loaded`);
  assert.deepEqual(jumps.wrong, [], 'what was being read stayed where it was');
  await bob.sees('This is the beginning of the room.');

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

test('a scrolled position stays, even if a message comes before the scroll event', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  for (let said = 1; said <= 50; said += 1) await ana.seed.say(roomId, `number ${said}`);
  await bob.open(roomId);
  await bob.press(/ new$/);
  await bob.message('number 50').waitFor();
  await atEnd(bob);
  const stood = await bob.page.evaluate(() => {
    document.addEventListener('scroll', (event) => event.stopImmediatePropagation(), { capture: true });
    document.querySelector('.scroller')?.scrollTo({ top: 300, behavior: 'instant' });
    return document.querySelectorAll('.message')[20].getBoundingClientRect().top;
  });
  await ana.seed.say(roomId, 'something new');
  await bob.message('something new').waitFor({ state: 'attached' });
  const stands = await bob.page.evaluate(
    () => document.querySelectorAll('.message')[20].getBoundingClientRect().top,
  );
  assert.ok(Math.abs(stands - stood) <= 1, `it stood at ${stood} and stands at ${stands}`);
});

test('a room with more unread messages than a page is not loaded beyond what is read', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  for (let said = 1; said <= 250; said += 1) await ana.seed.say(roomId, `number ${said}`);
  await bob.open(roomId);
  const said = (/** @type {number} */ number) =>
    bob.page.locator('.body').getByText(`number ${number}`, { exact: true });
  await said(100).waitFor({ state: 'attached' });
  await bob.page.waitForLoadState('networkidle');
  assert.equal(await said(101).count(), 0, 'more is loaded when it is read on');
  await bob.press(/ new$/);
  await said(250).waitFor();
  await said(191).waitFor({ state: 'attached' });
  await bob.page.waitForLoadState('networkidle');
  assert.equal(await said(190).count(), 0, 'nor is what was passed over');
});

test('a message stays where it is when an older one of the same sender joins it', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  for (let said = 1; said <= 61; said += 1) await ana.seed.say(roomId, `number ${said}`);
  await bob.seed.join(roomId);
  const older = gate();
  await bob.page.route('**/messages?*before=*', async (route) => {
    await older.opened;
    await route.continue();
  });
  await bob.open(roomId);
  const row = (/** @type {string} */ text) =>
    bob.page.locator('.message').filter({ has: bob.page.getByText(text, { exact: true }) });
  const second = row('number 2');
  const top = async () => (await second.locator('.body').boundingBox())?.y;
  await second.evaluate((it) => it.scrollIntoView({ block: 'start' }));
  await second.locator('.sender').waitFor();
  const before = await top();
  older.open();
  await row('number 1').waitFor({ state: 'attached' });
  // It goes on from number 1.
  await second.locator('.sender').waitFor({ state: 'detached' });
  assert.ok(Math.abs(Number(await top()) - Number(before)) < 1, `${before} became ${await top()}`);
});

test('“Today” becomes “Yesterday” at midnight', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  await ana.seed.say(roomId, 'good night');
  const late = new Date();
  late.setHours(23, 59, 50, 0);
  await ana.page.clock.install({ time: late });
  await ana.open(roomId);
  await ana.sees('Today');
  await ana.page.clock.fastForward(20_000);
  await ana.sees('Yesterday');
  await ana.page.getByText('Today').waitFor({ state: 'detached' });
});

test('a room that was left far above its end opens at its end again', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  for (let said = 1; said <= 400; said += 1) await ana.seed.say(roomId, `number ${said}`);
  await bob.open(roomId);
  const said = (/** @type {number} */ number) =>
    bob.page.locator('.body').getByText(`number ${number}`, { exact: true });
  await bob.press(/ new$/);
  await said(400).waitFor();
  await bob.page.evaluate(walk, { direction: -1, text: 'number 1' });
  assert.equal(await said(400).count(), 0);
  await bob.page.getByRole('link', { name: /^Coins/ }).click();
  await bob.sees('No transfers yet');
  await bob.page.getByRole('link', { name: 'Den' }).click();
  await said(400).waitFor();
  await atEnd(bob);
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
    const moved = seen.row.getBoundingClientRect().bottom - seen.at;
    if (Math.abs(moved) > 2) outcome.wrong.push(`${seen.row.textContent} moved by ${moved}`);
  });
  changed.observe(list, { childList: true });
  for (let frames = 0; !isThere() && frames < 20_000; frames += 1) {
    scroller.scrollBy({ top: direction * 600, behavior: 'instant' });
    const row = first();
    // The sender above a message goes when an older one of theirs joins it.
    seen = row ? { row, at: row.getBoundingClientRect().bottom } : null;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  changed.disconnect();
  return outcome;
}
