// Where the system chooses the colours, everything that differs still looks different.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

/** @param {import('playwright-core').Locator} one @param {import('playwright-core').Locator} other @param {string} what */
async function differ(one, other, what) {
  const [first, second] = [await one.screenshot(), await other.screenshot()];
  assert.ok(!first.equals(second), what);
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`switches, choices, places, seats and bubbles can be told apart: ${colorScheme}`, async () => {
    const ana = await set.member('Ana', { prime: true, forcedColors: 'active', colorScheme });
    const bob = await set.server.account(set.fresh('ana'), { name: 'Ana', prime: true });
    const { page } = ana;
    const [roomId, other] = [await ana.seed.room('Den'), await ana.seed.room('Den')];
    for (const room of [roomId, other]) await bob.join(room);
    await bob.say(roomId, 'the same');
    await bob.say(roomId, 'words');
    await ana.seed.say(roomId, 'the same');
    await ana.seed.say(roomId, 'words');
    await ana.open(roomId);
    const aside = page.getByRole('complementary');
    await page.mouse.move(0, 0);
    const links = page.locator('.room-link');
    await differ(
      links.and(page.locator('[aria-current]')),
      links.and(page.locator(':not([aria-current])')),
      'rooms',
    );
    const words = page.locator('.bubble').filter({ hasText: 'words' });
    await differ(words.first(), words.last(), 'bubbles');
    const avatars = aside.locator('.avatar');
    await differ(avatars.first(), avatars.last(), 'a seat taken and one that is not');
    const presence = aside.locator('.presence');
    await ana.sees(/ online$/, aside);
    await differ(presence.first(), presence.last(), 'who is here and who is not');

    await ana.goto('/settings');
    const theme = page.locator('.choice label').filter({ hasText: 'Light' });
    const chosen = async () => {
      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await page.mouse.move(0, 0);
      return theme.screenshot();
    };
    await ana.sees('This browser');
    const before = await chosen();
    await theme.click();
    await page.evaluate(() => Object.assign(document.documentElement.dataset, { theme: 'system' }));
    assert.ok(!before.equals(await chosen()), 'the chosen theme');

    await ana.goto('/join');
    const tab = page.getByRole('button', { name: 'Invitation' });
    await ana.sees('Room password');
    const rest = await tab.screenshot();
    await tab.click();
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
    await page.mouse.move(0, 0);
    assert.ok(!rest.equals(await tab.screenshot()), 'the chosen tab');

    await ana.open(roomId);
    await ana.press('Manage the room');
    await ana.opens('Manage Den');
    const box = ana.dialog.getByRole('switch');
    const off = await box.screenshot();
    await box.click();
    await ana.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
    await page.mouse.move(0, 0);
    assert.ok(!off.equals(await box.screenshot()), 'a switch that is on');
  });
}
