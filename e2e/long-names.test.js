// Long names never push anything out of its place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

const WIDTHS = [320, 768, 1280];

/** How far a button may reach beyond what it shows, so that names line up, in pixels. */
const MARGIN = 8;

/** @type {Record<string, string>} */
const NAMES = {
  'without blanks': 'W'.repeat(80),
  'of many words': 'Wide words '.repeat(8).trim().slice(0, 80),
};

/** Where something is cut off, beside the window or beside what it is in. @param {import('playwright-core').Page} page */
function pushed(page) {
  return page.evaluate((margin) => {
    const width = document.documentElement.clientWidth;
    const isCut = (/** @type {Element} */ element) => getComputedStyle(element).textOverflow === 'ellipsis';
    return Array.from(document.querySelectorAll('body *'))
      .filter((element) => element.checkVisibility() && !element.closest('.unseen, .skip, svg, option'))
      .flatMap((element) => {
        const { left, right } = element.getBoundingClientRect();
        const isOutside =
          (left < -1 || right > width + 1) && !(element.parentElement && isCut(element.parentElement));
        const isWide =
          element.scrollWidth > element.clientWidth + margin &&
          element.clientWidth > 0 &&
          !isCut(element) &&
          !element.matches('input, select, textarea, bdi, span');
        return isOutside || isWide ? [`${element.localName}.${element.className}: ${left} to ${right}`] : [];
      });
  }, MARGIN);
}

for (const [kind, name] of Object.entries(NAMES)) {
  test(`a name of 80 characters ${kind} pushes nothing`, async () => {
    const ana = await set.member(name, { prime: true });
    const bobId = set.fresh('b'.repeat(24));
    const bob = await set.server.account(bobId, { name, prime: true });
    const { page, seed } = ana;
    const roomId = await seed.room(name);
    await seed.call('PATCH', `chatrooms/${roomId}`, { topic: name.repeat(3), locked: true });
    await seed.call('PATCH', `chatrooms/${roomId}`, { locked: false });
    await bob.join(roomId);
    await bob.say(roomId, 'hello');
    await bob.say(roomId, name);
    await bob.call('POST', 'friend-requests', { userId: ana.userId });
    await ana.open(roomId);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const check = async (/** @type {string} */ where) =>
        assert.deepEqual(await pushed(page), [], `${where} at ${width}`);
      for (const [path, words] of [
        ['/', width < 768 ? 'Join a room' : 'Choose a room'],
        ['/join', 'Room password'],
        ['/friends', 'Friend requests'],
        ['/coins', 'No transfers yet'],
        ['/settings', 'This browser'],
      ]) {
        await ana.visit(path);
        await ana.sees(words);
        await check(path);
      }
      await ana.visit(`/rooms/${roomId}`);
      await ana.message('hello').waitFor();
      await ana.message('hello').hover();
      await check('the room');
      const opened = async (/** @type {string | RegExp} */ button, /** @type {string} */ words) => {
        if (width < 1200) await ana.press('Members');
        await page.getByRole('button', { name: button }).filter({ visible: true }).first().click();
        await ana.sees(words, ana.dialog);
        await check(words);
        for (let left = await page.locator('dialog').count(); left > 0; left -= 1) await ana.escape();
      };
      await opened('Invite', 'Of a prime member.');
      await opened('Manage the room', 'Close the room');
      await opened(/^Remove /, 'Also ban them');
      await opened(new RegExp(`^${name.slice(0, 3)}.*prime`), 'Member since');
    }
  });
}
