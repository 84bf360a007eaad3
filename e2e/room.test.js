// A room as one sits in it: where a talk stands, who says what, which day it is, and who is there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';

const set = fixture();

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Ana in a room of hers with Bob, who says some words. @param {object} options @param {...string} words */
async function talk(options, ...words) {
  const ana = await set.member('Ana', { prime: true, ...options });
  const bob = await set.server.account(set.fresh('bob'), { name: 'Bob' });
  const roomId = await ana.seed.room('Den');
  await bob.join(roomId);
  for (const text of words) await bob.say(roomId, text);
  await ana.open(roomId);
  return { ana, bob, roomId };
}

/** Waits until all that is loaded ahead is there: the last of it is on its way. @param {import('playwright-core').Page} page */
const loadedAhead = (page) =>
  page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/vendor/uqr.js')),
  );

/** @param {import('playwright-core').Locator} locator */
async function boxOf(locator) {
  const box = await locator.boundingBox();
  assert.ok(box);
  return { ...box, end: box.y + box.height };
}

for (const [name, options] of Object.entries({ wide: {}, phone: PHONE })) {
  test(`a short talk stands above the composer, and a long one scrolls: ${name}`, async () => {
    const { ana, bob, roomId } = await talk(options, 'hello');
    const { page } = ana;
    await ana.message('hello').waitFor();
    const scroller = await boxOf(page.locator('.scroller'));
    const gap = async () => scroller.end - (await boxOf(page.locator('.message').last())).end;
    assert.ok((await gap()) < 32, `${await gap()} px below`);
    const beginning = page.getByText('This is the beginning of the room.');
    assert.ok((await boxOf(beginning)).y > scroller.y + 100, 'what is before it stands above it');
    for (let said = 1; said <= 40; said += 1) await bob.say(roomId, `line ${said}`);
    await ana.message('line 40').waitFor();
    await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollTop ?? 0) > 0);
    await becomes(async () => (await gap()) < 32, true, 'the newest is at the end');
    await page.locator('.scroller').evaluate((element) => element.scrollTo(0, 0));
    assert.ok((await boxOf(beginning)).y >= scroller.y, 'the beginning is in reach');
  });
}

test('a room where nobody has spoken says who sits there', async () => {
  const { ana } = await talk({});
  await ana.sees('There are no messages yet. Bob sits here with you: say hello!');
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`names have the colours of their avatars, and can be read: ${colorScheme}`, async () => {
    const { ana } = await talk({ colorScheme }, 'hello');
    const row = ana.message('hello');
    const sender = row.locator('.sender');
    const tint = await sender.getAttribute('data-tint');
    assert.ok(tint !== null && tint === (await row.locator('.avatar').getAttribute('data-tint')));
    const contrasts = await sender.evaluate((element) => {
      const brightness = (/** @type {string} */ colour) => {
        const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const bubble = brightness(getComputedStyle(element.parentElement ?? element).backgroundColor);
      return ['0', '1', '2', '3', '4', '5'].map((one) => {
        /** @type {HTMLElement} */ (element).dataset.tint = one;
        const { color } = getComputedStyle(element);
        const name = brightness(color);
        return { color, contrast: (Math.max(bubble, name) + 0.05) / (Math.min(bubble, name) + 0.05) };
      });
    });
    assert.equal(new Set(contrasts.map(({ color }) => color)).size, 6);
    for (const { color, contrast } of contrasts) assert.ok(contrast >= 4.5, `${color}: ${contrast}`);
  });
}

test('avatar and name lead to the profile, with the mouse and with the keyboard', async () => {
  const { ana } = await talk({}, 'hello', 'again');
  const { page } = ana;
  const profile = page.getByRole('dialog', { name: 'Profile' });
  await ana.message('hello').locator('.avatar').click();
  await profile.getByText('Bob', { exact: true }).waitFor();
  await ana.escape();
  await ana.press('Bob', ana.message('hello'));
  await profile.waitFor();
  await ana.escape();
  await ana.message('hello').focus();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Bob');
  await page.keyboard.press('Enter');
  await profile.waitFor();
  await ana.escape();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Bob');
  // Only of the message with the focus is the name a stop of the tab key.
  await ana.message('again').hover();
  await ana.message('again').focus();
  await ana.message('hello').locator('.sender button[tabindex="-1"]').waitFor({ state: 'attached' });
});

test('the day stays at the top while its messages pass', async () => {
  const { ana } = await talk({}, ...Array.from({ length: 60 }, (_, said) => `line ${said}.`));
  const { page } = ana;
  await ana.message('line 59.').waitFor();
  const top = (await boxOf(page.locator('.scroller'))).y;
  const day = page.locator('.day').last();
  await page.locator('.scroller').evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await becomes(async () => Math.round((await boxOf(day)).y - top), 0);
  assert.equal(await day.textContent(), 'Today');
  // What gets the focus is not hidden below it.
  await ana.message('line 20.').focus();
  const focused = await boxOf(ana.message('line 20.'));
  assert.ok(focused.y >= (await boxOf(day)).end - 1, `${focused.y}`);
});

test('the members can be folded away, and stay so', async () => {
  const { ana } = await talk({}, 'hello');
  const { page } = ana;
  const members = page.getByRole('complementary', { name: 'Members' });
  const button = page.getByRole('button', { name: 'Members' });
  await members.getByText('Bob').waitFor();
  await button.and(page.locator('[aria-expanded="true"]')).waitFor();
  await button.click();
  await members.waitFor({ state: 'hidden' });
  await button.and(page.locator('[aria-expanded="false"]')).waitFor();
  await page.reload();
  await ana.message('hello').waitFor();
  await button.and(page.locator('[aria-expanded="false"]')).waitFor();
  await members.waitFor({ state: 'hidden' });
  await button.click();
  await members.getByText('Bob').waitFor();
  // Where there is no room beside the conversation, they are a drawer.
  await page.setViewportSize({ width: 900, height: 700 });
  await button.and(page.locator(':not([aria-expanded])')).waitFor();
  await button.click();
  await page.getByRole('dialog', { name: 'Members' }).getByText('Bob').waitFor();
});

test('how to let others in is said only until the owner has written, though it be on its way', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.open(await ana.seed.room('Den'));
  const offer = ana.page.getByRole('region', { name: 'Let others in' });
  await offer.waitFor();
  await ana.context.setOffline(true);
  await ana.say('anybody here?');
  await ana.message('anybody here?').waitFor();
  await offer.waitFor({ state: 'detached' });
  await ana.context.setOffline(false);
  await ana.hears(['anybody here?']);
  assert.equal(await offer.count(), 0);
});

test('on a phone a long press opens what can be done with a message', async () => {
  const { ana } = await talk(PHONE, 'hello');
  const { page } = ana;
  await ana.say('mine');
  await ana.hears(['hello', 'mine']);
  const screen = await ana.context.newCDPSession(page);
  /** @param {import('playwright-core').Locator} locator @param {() => Promise<unknown>} held */
  const hold = async (locator, held) => {
    const { x, y, width, height } = await boxOf(locator);
    const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
    await screen.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await held();
    await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await loadedAhead(page);
  const actions = page.getByRole('dialog', { name: 'Message' });
  const words = () => actions.locator('.stack').getByRole('button').allTextContents();
  await hold(ana.message('mine').locator('.body'), () => actions.waitFor());
  assert.deepEqual(await words(), ['Reply', 'Edit', 'Delete', 'Copy', 'Copy link']);
  assert.equal(await page.evaluate(() => String(getSelection())), '', 'nothing is selected');
  await actions.getByRole('button', { name: 'Edit' }).tap();
  await ana.sees('Editing your message');
  await ana.press('Cancel');

  await hold(ana.message('hello').locator('.body'), () => actions.waitFor());
  assert.deepEqual(await words(), ['Reply', 'Delete', 'Copy', 'Copy link', 'Profile of Bob']);
  await actions.getByRole('button', { name: 'Profile of Bob' }).tap();
  await page.getByRole('dialog', { name: 'Profile' }).getByText('Bob', { exact: true }).waitFor();
  await ana.escape();

  // Copying is part of the click, which some browsers insist on.
  await hold(ana.message('hello').locator('.body'), () => actions.waitFor());
  const order = actions.evaluate(
    (dialog) =>
      new Promise((resolve) => {
        const seen = /** @type {string[]} */ ([]);
        navigator.clipboard.writeText = async (text) => void seen.push(`copied ${text}`);
        dialog.addEventListener('close', () => {
          seen.push('closed');
          setTimeout(() => resolve(seen));
        });
      }),
  );
  await actions.getByRole('button', { name: 'Copy', exact: true }).tap();
  assert.deepEqual(await order, ['copied hello', 'closed']);
  await ana.sees('Message copied.');

  await hold(ana.message('hello').locator('.body'), () => actions.waitFor());
  await actions.getByRole('button', { name: 'Delete' }).tap();
  await ana.press('Delete', page.getByRole('dialog', { name: 'Delete this message?' }));
  await ana.message('This message was deleted.').waitFor();
  assert.deepEqual(ana.troubles, []);
});
