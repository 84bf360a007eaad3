// Unread is what was not seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';

const set = fixture();

const PATIENCE_MS = 30_000;

/** Ana and Bob in a room; he writes without a browser. @param {import('playwright-core').BrowserContextOptions} [options] */
async function pair(options) {
  const ana = await set.member('Ana', { prime: true, ...options });
  const bob = await set.server.account(set.fresh('bob'), { name: 'Bob' });
  const roomId = await ana.seed.room('Den');
  await bob.join(roomId);
  const say = async (/** @type {number} */ from, /** @type {number} */ to) => {
    for (let number = from; number <= to; number += 1) await bob.say(roomId, `number ${number}`);
  };
  /** Waits until the server counts so many messages that Ana has not read. @param {(count: number) => boolean} isRight */
  const unread = async (isRight) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const { unread: count } = await ana.seed.call('GET', `chatrooms/${roomId}`);
      if (isRight(count)) return count;
      assert.ok(Date.now() - since < PATIENCE_MS, `the server counts ${count}`);
    }
  };
  return { ana, roomId, say, unread };
}

/** @param {import('./support/people.js').Person} person @param {boolean} isHere whether they look at the page */
const attend = ({ page }, isHere) =>
  page.evaluate((here) => {
    for (const [name, value] of [
      ['hidden', !here],
      ['visibilityState', here ? 'visible' : 'hidden'],
    ])
      Object.defineProperty(document, String(name), { configurable: true, value });
    document.hasFocus = () => here;
    document.dispatchEvent(new Event('visibilitychange'));
    dispatchEvent(new Event(here ? 'focus' : 'blur'));
  }, isHere);

/** The messages that are on the screen. @param {import('./support/people.js').Person} person */
const onScreen = ({ page }) =>
  page.evaluate(() => {
    const { top, bottom } = /** @type {Element} */ (
      document.querySelector('.scroller')
    ).getBoundingClientRect();
    return Array.from(document.querySelectorAll('.message .body, .divider.new'))
      .filter((element) => {
        const at = element.getBoundingClientRect();
        return at.top >= top && at.bottom <= bottom;
      })
      .map(({ textContent }) => textContent);
  });

/** What the title, the list of rooms and the button say is unread. @param {import('./support/people.js').Person} person */
const counts = ({ page }) =>
  page.evaluate(() => [
    Number(/^\((\d+)\)/.exec(document.title)?.[1] ?? 0),
    Number.parseInt(document.querySelector('.rooms .count .unseen')?.textContent ?? '0', 10),
  ]);

/**
 * Lets the page draw nothing more, as browsers do in a hidden tab.
 * @param {import('./support/people.js').Person} person
 * @returns {Promise<() => Promise<void>>} lets it draw what it has wanted to draw since, and go on
 */
async function holdFrames({ page }) {
  await page.evaluate(() => {
    const { requestAnimationFrame } = globalThis;
    /** @type {FrameRequestCallback[]} */
    const held = [];
    globalThis.requestAnimationFrame = (frame) => held.push(frame);
    addEventListener('release', () => {
      globalThis.requestAnimationFrame = requestAnimationFrame;
      for (const frame of held) requestAnimationFrame(frame);
    });
  });
  return () => page.evaluate(() => void dispatchEvent(new Event('release')));
}

for (const how of ['hidden', 'without the focus']) {
  test(`what comes while the page is ${how} is unread until it is seen`, async () => {
    const { ana, roomId, say, unread } = await pair();
    await ana.open(roomId);
    await say(1, 10);
    await unread((count) => count === 0);
    if (how === 'hidden') await attend(ana, false);
    else await ana.page.evaluate(() => Object.assign(document, { hasFocus: () => false }));
    await say(11, 50);
    await ana.message('number 50').waitFor({ state: 'attached' });
    await ana.page.waitForFunction(() => document.title.startsWith('(40) '));
    assert.equal(await unread(() => true), 40, 'nobody has seen them');
    await attend(ana, true);
    const left = await unread((count) => count < 40);
    const seen = await onScreen(ana);
    assert.ok(seen.includes('New') && seen.includes('number 11'), `it goes on where it stopped: ${seen}`);
    assert.ok(left > 0 && !seen.includes('number 50'), 'the rest is still to be read');
    assert.equal(seen.at(-1), `number ${50 - left}`);
    await ana.press(`${left} new`);
    await unread((count) => count === 0);
    assert.equal((await onScreen(ana)).at(-1), 'number 50');
    await ana.page.waitForFunction(() => document.title === 'Den · Hexroom');
  });
}

test('what comes to a hidden page is not read before it is drawn', async () => {
  const { ana, roomId, say, unread } = await pair();
  await ana.open(roomId);
  await say(1, 3);
  await unread((count) => count === 0);
  const release = await holdFrames(ana);
  await attend(ana, false);
  await say(4, 43);
  await ana.page.waitForFunction(() => document.title.startsWith('(40) '));
  await attend(ana, true);
  await release();
  await unread((count) => count < 40);
  const seen = await onScreen(ana);
  assert.ok(seen.includes('New') && seen.includes('number 4'), `it goes on where it stopped: ${seen}`);
  assert.ok(!seen.includes('number 43'));
});

test('what comes into sight as the page grows has been read', async () => {
  const { ana, roomId, say, unread } = await pair({ viewport: { width: 1280, height: 400 } });
  await say(1, 8);
  await ana.open(roomId);
  assert.ok((await unread((count) => count < 8)) > 0, 'not all of them can be seen');
  // From the beginning nothing scrolls as the page grows, and nothing is drawn.
  await ana.page.evaluate(() => document.querySelector('.scroller')?.scrollTo(0, 0));
  await holdFrames(ana);
  await ana.page.setViewportSize({ width: 1280, height: 900 });
  await unread((count) => count === 0);
});

test('more messages at once than the page keeps do not push the first of them away', async () => {
  const { ana, roomId, say, unread } = await pair();
  await ana.open(roomId);
  await say(1, 3);
  await unread((count) => count === 0);
  const release = await holdFrames(ana);
  await say(4, 353);
  await ana.page.waitForFunction(() => document.title.startsWith('(350) '));
  await release();
  await ana.message('number 4').first().waitFor();
  await unread((count) => count < 350);
  const seen = await onScreen(ana);
  assert.equal(seen[seen.indexOf('New') + 1], 'number 4', `it goes on where it stopped: ${seen}`);
});

for (const many of [1, 30, 200]) {
  test(`a room opens at the first of ${many} unread messages, and reading on reads them`, async () => {
    const { ana, roomId, say, unread } = await pair();
    await say(1, 30);
    await ana.open(roomId);
    await ana.press(/^\d+ new$/);
    await unread((count) => count === 0);
    await ana.goto('/coins');
    await say(31, 30 + many);
    await ana.page.waitForFunction((count) => document.title.startsWith(`(${count}) `), many);
    await ana.page.getByRole('link', { name: 'Den' }).click();
    await ana.page.getByRole('main').getByText('number 31', { exact: true }).waitFor();
    const seen = await onScreen(ana);
    assert.equal(seen[seen.indexOf('New') + 1], 'number 31', `${seen}`);
    const left = 30 + many - Number(seen.at(-1)?.slice('number '.length));
    await unread((count) => count === left);
    await ana.page.waitForFunction(
      (count) => document.title === (count > 0 ? `(${count}) Den · Hexroom` : 'Den · Hexroom'),
      left,
    );
    await becomes(() => counts(ana), [left, left]);

    await ana.page.evaluate(async () => {
      const scroller = /** @type {Element} */ (document.querySelector('.scroller'));
      const isAtEnd = () => !document.querySelector('.jumps button');
      while (!isAtEnd()) {
        scroller.scrollBy({ top: 200, behavior: 'instant' });
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await unread((count) => count === 0);
    await ana.page.waitForFunction(() => document.title === 'Den · Hexroom');
    await ana.open(roomId);
    await ana.page
      .getByRole('main')
      .getByText(`number ${30 + many}`, { exact: true })
      .waitFor();
    assert.equal(await ana.page.locator('.divider.new').count(), 0);
  });
}

test('while somebody reads what is above, buttons lead to the first unread message and to the end', async () => {
  const { ana, roomId, say, unread } = await pair();
  await say(1, 200);
  await ana.open(roomId);
  await ana.press(/^\d+ new$/);
  await unread((count) => count === 0);
  await ana.page.evaluate(() =>
    document.querySelector('.scroller')?.scrollTo({ top: 0, behavior: 'instant' }),
  );
  await say(201, 300);
  const [first, end] = [
    ana.page.getByRole('button', { name: 'First of 100 unread' }),
    ana.page.getByRole('button', { name: '100 new' }),
  ];
  await first.waitFor();
  await end.waitFor();
  assert.equal(await unread(() => true), 100);

  await end.click();
  await unread((count) => count === 0);
  assert.equal((await onScreen(ana)).at(-1), 'number 300');
  await first.click();
  await ana.message('number 201').waitFor();
  const seen = await onScreen(ana);
  assert.equal(seen[seen.indexOf('New') + 1], 'number 201', 'the divider stays until it is seen');
  await first.waitFor({ state: 'hidden' });
  await ana.press('Jump to the newest');
  await ana.message('number 300').waitFor();
  await first.waitFor({ state: 'hidden' });
});

test('what is being read stays while messages come, and none of them is scrolled away unseen', async () => {
  const { ana, roomId, say, unread } = await pair({ viewport: { width: 800, height: 400 } });
  await say(1, 20);
  await ana.open(roomId);
  await ana.press(/ new$/);
  await unread((count) => count === 0);
  // All of them at once, as after a pause of the connection.
  const release = await holdFrames(ana);
  await say(21, 60);
  await ana.page.waitForFunction(() => document.title.startsWith('(40) '));
  await release();
  await ana.message('number 60').waitFor({ state: 'attached' });
  const left = await unread((count) => count < 40);
  const seen = await onScreen(ana);
  assert.ok(left > 0 && seen.includes('number 21') && !seen.includes('number 60'), `${left}: ${seen}`);
});
