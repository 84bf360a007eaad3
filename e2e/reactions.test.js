// Emoji that members put to messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GROUPS } from '../web/src/vendor/emoji.js';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture } from './support/people.js';

const set = fixture();

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** @param {import('playwright-core').BrowserContextOptions} [options] of Ana's browser */
const pair = (options) => set.pair('hello', options);

/** @param {import('./support/people.js').Person} person @param {string} name */
const pill = ({ page }, name) => page.getByRole('button', { name, exact: true });

/** The quick reactions beside a message. @param {import('./support/people.js').Person} person */
const quick = ({ page }) => page.getByRole('toolbar', { name: 'React to this message' });

/** @param {import('./support/people.js').Person} person @param {string} text */
async function offer(person, text) {
  await person.message(text).hover();
  await person.press('React', person.message(text));
  await quick(person).waitFor();
}

/** @param {import('./support/server.js').Seed} seed @param {string} roomId @param {string} messageId @param {string} emoji */
const put = (seed, roomId, messageId, emoji) =>
  seed.call('PUT', `chatrooms/${roomId}/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`);

test('two people react with one emoji, see who did, and take it back', async () => {
  const { ana, bob } = await pair();
  await offer(ana, 'hello');
  await quick(ana).getByRole('button', { name: '👍' }).click();
  await pill(bob, '👍 1: Ana').click();
  await pill(ana, '👍 2: Bob and you').waitFor();
  assert.equal(await pill(ana, '👍 2: Bob and you').getAttribute('title'), 'Bob and you');
  assert.equal(await pill(bob, '👍 2: Ana and you').getAttribute('aria-pressed'), 'true');
  await pill(ana, '👍 2: Bob and you').click();
  await pill(bob, '👍 1: You').waitFor();
  assert.equal(await pill(ana, '👍 1: Bob').getAttribute('aria-pressed'), 'false');
  await pill(bob, '👍 1: You').click();
  for (const { page } of [ana, bob]) await page.locator('.reaction').waitFor({ state: 'detached' });
  assert.deepEqual([ana.troubles, bob.troubles], [[], []]);
});

test('by keyboard one reacts with a quick one or finds another, which is quick from then on', async () => {
  const { ana, bob } = await pair();
  const { page } = ana;
  await ana.message('hello').focus();
  await ana.message('hello').getByRole('button', { name: 'React' }).waitFor();
  await page.keyboard.press('+');
  await quick(ana).waitFor();
  await page.keyboard.press('Escape');
  await quick(ana).waitFor({ state: 'detached' });
  assert.ok(await ana.message('hello').evaluate((row) => row === document.activeElement));

  await page.keyboard.press('+');
  await quick(ana).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const picker = page.getByRole('dialog', { name: 'React' });
  await picker.getByRole('button', { name: 'grinning face', exact: true }).waitFor();
  await page.keyboard.type('rocke');
  await picker.getByRole('button', { name: 'rocket' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.type('t');
  await page.keyboard.press('Enter');
  await pill(bob, '🚀 1: Ana').waitFor();
  await pill(ana, '🚀 1: You').waitFor();

  await ana.reload();
  await pill(ana, '🚀 1: You').waitFor();
  await offer(ana, 'hello');
  assert.equal(await quick(ana).getByRole('button').first().textContent(), '🚀');
  assert.equal(await quick(ana).getByRole('button').first().getAttribute('aria-pressed'), 'true');
});

test('by keyboard one goes from line to line through all emoji, and chooses none by accident', async () => {
  const { ana, bob, roomId } = await pair();
  const { keyboard } = ana.page;
  await offer(ana, 'hello');
  await ana.press('All emoji', quick(ana));
  const first = ana.dialog.getByRole('button', { name: 'grinning face', exact: true });
  await first.waitFor();
  const field = ana.dialog.getByRole('searchbox');
  await field.and(ana.page.locator(':focus')).waitFor();
  await keyboard.press('Enter');
  await field.fill('rocket');
  await ana.dialog.getByRole('region', { name: 'Found' }).waitFor();
  // Held from the button that has opened this.
  await field.evaluate((input) =>
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true })),
  );
  await field.fill('');
  await first.waitFor();
  await keyboard.press('ArrowDown');
  const place = () =>
    ana.page.evaluate(() => {
      const button = /** @type {HTMLElement} */ (document.activeElement);
      const { left, top } = button.getBoundingClientRect();
      const scrolled = /** @type {Element} */ (button.closest('.emoji-list')).scrollTop;
      const group = button.closest('section')?.getAttribute('aria-label');
      return { group, name: button.title, left, line: top + scrolled };
    });
  const walk = [await place()];
  assert.equal(walk[0].name, 'grinning face');
  await keyboard.press('ArrowRight');
  walk.push(await place());
  while (new Set(walk.map(({ group }) => group)).size < 3) {
    await keyboard.press('ArrowDown');
    walk.push(await place());
    assert.ok(walk.length < 120, JSON.stringify(walk.at(-1)));
  }
  const groups = GROUPS.map(([name]) => name).slice(0, 3);
  assert.deepEqual([...new Set(walk.map(({ group }) => group))], groups);
  for (const { left } of walk.slice(1)) assert.ok(left <= walk[1].left + 1, JSON.stringify(walk));
  const down = walk.slice(1).map(({ name }) => name);
  const up = [down.at(-1)];
  while (up.length < down.length) {
    await keyboard.press('ArrowUp');
    up.push((await place()).name);
  }
  assert.equal(up.at(-1), down[0]);
  await keyboard.press('ArrowUp');
  await field.and(ana.page.locator(':focus')).waitFor();
  await ana.escape();
  // A reaction would have come before it.
  await bob.seed.say(roomId, 'later');
  await ana.message('later').waitFor();
  assert.equal(await ana.page.locator('.reaction').count(), 0);
});

test('what was reacted meanwhile counts when one presses, and the picker takes nothing back', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  await offer(ana, 'hello');
  await put(ana.seed, roomId, messageId, '👍');
  await pill(ana, '👍 1: You').waitFor();
  await quick(ana).getByRole('button', { name: '👍' }).click();
  await ana.page.locator('.reaction').waitFor({ state: 'detached' });
  await put(ana.seed, roomId, messageId, '🚀');
  await pill(ana, '🚀 1: You').waitFor();
  await offer(ana, 'hello');
  await ana.press('All emoji', quick(ana));
  await ana.fill('Find an emoji', 'rocket', ana.dialog);
  await ana.dialog.getByRole('button', { name: 'rocket' }).click();
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  await put(bob.seed, roomId, messageId, '🚀');
  await pill(ana, '🚀 2: Bob and you').waitFor();
});

test('the quick ones stay beside their message while the list scrolls', async () => {
  const { ana, bob, roomId } = await pair();
  for (let count = 1; count <= 40; count += 1) await bob.seed.say(roomId, `line ${count}.`);
  await ana.message('line 40.').waitFor();
  await offer(ana, 'line 38.');
  const gap = async () => {
    const [tools, bubble] = [
      await quick(ana).boundingBox(),
      await ana.message('line 38.').locator('.bubble').boundingBox(),
    ];
    return tools && bubble && Math.round(bubble.y - tools.y - tools.height);
  };
  const before = await gap();
  const scroller = ana.page.locator('.scroller');
  await scroller.evaluate((list) => list.scrollBy({ top: -60, behavior: 'instant' }));
  await becomes(gap, before);
  await scroller.evaluate((list) => list.scrollTo({ top: 0, behavior: 'instant' }));
  await quick(ana).waitFor({ state: 'detached' });
});

test('a skin tone is remembered, and used for what comes in one', async () => {
  const { ana, bob } = await pair();
  const choose = async () => {
    await offer(ana, 'hello');
    await ana.press('All emoji', quick(ana));
    await ana.fill('Find an emoji', 'waving hand', ana.dialog);
  };
  await choose();
  await ana.dialog.getByRole('combobox', { name: 'Skin tone' }).selectOption('3');
  await ana.dialog.getByRole('button', { name: 'waving hand', exact: true }).click();
  await pill(bob, '👋🏽 1: Ana').waitFor();
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  await choose();
  await ana.dialog.getByRole('button', { name: 'waving hand', exact: true }).getByText('👋🏽').waitFor();
});

test('on a phone a long press offers the quick ones, and everything is as large as fingers need it', async () => {
  const { ana, bob, roomId, messageId } = await pair(PHONE);
  await put(bob.seed, roomId, messageId, '🎉');
  await pill(ana, '🎉 1: Bob').waitFor();
  await ana.loadedAhead();
  const screen = await ana.context.newCDPSession(ana.page);
  const box = await ana.message('hello').locator('.body').boundingBox();
  assert.ok(box);
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await screen.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await quick(ana).waitFor();
  await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await ana.sees('🎉 Bob', ana.dialog);
  for (const button of await quick(ana).getByRole('button').all()) {
    const size = await button.boundingBox();
    assert.ok(size && size.width >= 44 && size.height >= 44, JSON.stringify(size));
  }
  await quick(ana).getByRole('button', { name: '❤️' }).tap();
  await pill(bob, '❤️ 1: Ana').waitFor();
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  await pill(ana, '🎉 1: Bob').tap();
  await pill(bob, '🎉 2: Ana and you').waitFor();
  assert.ok(await ana.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test('what the server refuses is taken back, and said in words', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  const twenty = GROUPS[3][1]
    .trim()
    .split('\n')
    .slice(0, 20)
    .map((line) => line.split('|')[0]);
  for (const emoji of twenty) await put(bob.seed, roomId, messageId, emoji);
  await pill(ana, `${twenty[19]} 1: Bob`).waitFor();
  await offer(ana, 'hello');
  await quick(ana).getByRole('button', { name: '👍' }).click();
  await ana.sees('This message already has 20 different emoji. Choose one of those.');
  await pill(ana, '👍 1: You').waitFor({ state: 'detached' });
  assert.equal(await ana.page.locator('.reaction').count(), 20);
  await pill(ana, `${twenty[19]} 1: Bob`).click();
  await pill(bob, `${twenty[19]} 2: Ana and you`).waitFor();
});

test('reactions survive an outage: what failed is taken back, and what was missed comes', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  await put(bob.seed, roomId, messageId, '🎉');
  await pill(ana, '🎉 1: Bob').waitFor();
  await set.server.kill();
  await ana.sees('Offline. Your messages will be sent when the connection is back.');
  await pill(ana, '🎉 1: Bob').click();
  await ana.sees('The server cannot be reached. Check your connection and try again.');
  await pill(ana, '🎉 1: Bob').waitFor();
  await set.server.restart();
  await put(bob.seed, roomId, messageId, '👍');
  await bob.seed.call(
    'DELETE',
    `chatrooms/${roomId}/messages/${messageId}/reactions/${encodeURIComponent('🎉')}`,
  );
  await pill(ana, '👍 1: Bob').waitFor();
  await pill(ana, '🎉 1: Bob').waitFor({ state: 'detached' });
  await pill(ana, '👍 1: Bob').click();
  await pill(bob, '👍 2: Ana and you').waitFor();
});

test('a reaction does not move what is read, and goes with its message', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  for (let count = 1; count <= 40; count += 1) await bob.seed.say(roomId, `line ${count}`);
  await ana.message('line 40').waitFor();
  await ana.page.locator('.scroller').evaluate((scroller) => {
    scroller.scrollTop = scroller.scrollHeight / 2;
  });
  const top = () => ana.message('line 25').evaluate((row) => Math.round(row.getBoundingClientRect().top));
  const before = await top();
  await put(bob.seed, roomId, messageId, '👍');
  await pill(ana, '👍 1: Bob').waitFor({ state: 'attached' });
  assert.equal(await top(), before);
  await bob.seed.call('DELETE', `chatrooms/${roomId}/messages/${messageId}`);
  await ana.page.locator('.reaction').waitFor({ state: 'detached' });
});

test('the server takes every emoji that can be chosen, as it is', async () => {
  const ana = await set.server.account('emoji-ana', { prime: true });
  const roomId = await ana.room('Den');
  const all = GROUPS.flatMap(([, lines]) =>
    lines
      .trim()
      .split('\n')
      .map((line) => line.split('|')[0]),
  );
  const kept = [];
  for (let at = 0; at < all.length; at += 20) {
    const twenty = all.slice(at, at + 20);
    const { messageId } = await ana.say(roomId, 'x');
    await Promise.all(twenty.map((emoji) => put(ana, roomId, messageId, emoji)));
    const { reactions } = await ana.call('GET', `chatrooms/${roomId}/messages/${messageId}`);
    kept.push(...reactions.map((/** @type {{emoji: string}} */ { emoji }) => emoji));
  }
  assert.deepEqual(kept.sort(), all.sort());
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`reactions and the picker pass axe: ${look}`, async () => {
    const { ana, bob, roomId, messageId } = await pair(options);
    for (const emoji of ['👍', '🎉']) await put(bob.seed, roomId, messageId, emoji);
    await pill(ana, '👍 1: Bob').click();
    await pill(ana, '👍 2: Bob and you').waitFor();
    await passes(ana, 'reactions');
    if (options.hasTouch) {
      await ana.message('hello').locator('.bubble').tap();
      await ana.press('React', ana.message('hello'));
      await quick(ana).waitFor();
    } else await offer(ana, 'hello');
    await passes(ana, 'quick reactions');
    await ana.press('All emoji', quick(ana));
    await ana.dialog.getByRole('button', { name: 'grinning face', exact: true }).waitFor();
    await passes(ana, 'picker');
    assert.deepEqual(ana.troubles, []);
  });
}
