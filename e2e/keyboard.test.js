// Everything works with a keyboard, and the focus is always visible.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

/** What has the focus, as a person would call it, and whether it can be seen. @param {import('playwright-core').Page} page */
function focus(page) {
  return page.evaluate(() => {
    const at = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    const name =
      at.getAttribute('aria-label') ??
      (at.id && document.querySelector(`label[for="${at.id}"]`)?.textContent) ??
      '';
    return {
      name: name || (at.textContent ?? '').trim(),
      isVisible: outlineStyle !== 'none' && outlineWidth !== '0px',
    };
  });
}

/**
 * Goes on with the tab key until something has the focus.
 * @param {import('playwright-core').Page} page
 * @param {string | RegExp} wanted
 * @param {string} [key]
 */
async function tabTo(page, wanted, key = 'Tab') {
  /** @type {string[]} */
  const passed = [];
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press(key);
    const { name, isVisible } = await focus(page);
    passed.push(name);
    if (typeof wanted === 'string' ? name === wanted : wanted.test(name)) {
      assert.ok(isVisible, `${name} does not show that it has the focus`);
      return;
    }
  }
  assert.fail(`${wanted} is not among ${passed.join(', ')}`);
}

/** Waits until something has the focus. @param {import('playwright-core').Page} page @param {string} name @param {string} [why] */
const isAt = (page, name, why) => becomes(async () => (await focus(page)).name, name, why);

test('signing up, opening a room, writing, editing and deleting work without a mouse', async () => {
  const ana = await set.visitor('Ana');
  const { page } = ana;
  const { keyboard } = page;
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await tabTo(page, 'Create an account');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Create an account' }).waitFor();
  await isAt(page, 'Name', 'one can type at once');
  await keyboard.type('Ana');
  for (const [label, value] of [
    ['User id', ana.userId],
    ['Phone', '+49 151 2345678'],
    ['Password', PASSWORD],
  ]) {
    await tabTo(page, label);
    await keyboard.type(value);
  }
  await keyboard.press('Enter');
  await ana.sees('Welcome, Ana');
  await set.server.run('user', 'prime', ana.userId);
  await page.reload();
  await ana.sees('Create a room of your own');

  await tabTo(page, 'Create a room');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Create a room' }).waitFor();
  await tabTo(page, 'Name');
  await keyboard.type('Den');
  await tabTo(page, 'Room password');
  await keyboard.type('open sesame');
  await keyboard.press('Enter');
  await ana.messageBox.waitFor();
  await ana.online();

  await isAt(page, 'Message', 'one can write at once');
  await keyboard.type('first');
  await keyboard.press('Shift+Enter');
  await keyboard.type('line two');
  await keyboard.press('Enter');
  await ana.hears(['first\nline two']);
  await keyboard.type('secnod');
  await keyboard.press('Enter');
  await ana.hears(['first\nline two', 'secnod']);

  await keyboard.press('ArrowUp');
  await ana.sees('Editing your message');
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('second');
  await keyboard.press('Enter');
  await ana.hears(['first\nline two', 'second']);

  await tabTo(page, /second/, 'Shift+Tab');
  await keyboard.press('ArrowUp');
  assert.match((await focus(page)).name, /first/);
  await ana.message('first').getByRole('button', { name: 'Delete' }).waitFor();
  await tabTo(page, 'Delete');
  await keyboard.press('Enter');
  const question = await ana.opens('Delete this message?');
  await tabTo(page, 'Cancel');
  await keyboard.press('Enter');
  await question.waitFor({ state: 'detached' });
  await isAt(page, 'Delete', 'the focus is back where it was');
  await keyboard.press('Enter');
  await question.waitFor();
  await tabTo(page, 'Delete');
  await keyboard.press('Enter');
  await ana.hears(['This message was deleted.', 'second']);
});

test('a dialog keeps the focus inside, and Escape closes it', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.open(await ana.seed.room('Den'));
  await ana.page.getByRole('button', { name: 'Manage the room' }).waitFor();
  await tabTo(ana.page, 'Manage the room');
  await ana.page.keyboard.press('Enter');
  await ana.opens('Manage Den');
  for (let steps = 0; steps < 25; steps += 1) {
    await ana.page.keyboard.press('Tab');
    const isOutside = await ana.page.evaluate(
      () => document.activeElement !== document.body && !document.activeElement?.closest('dialog'),
    );
    assert.equal(isOutside, false);
  }
  await ana.escape();
  await isAt(ana.page, 'Manage the room');
});

test('the first key leads past the list of rooms', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.seed.room('Den');
  await ana.goto('/coins');
  await ana.page.getByRole('heading', { name: 'Coins' }).waitFor();
  await ana.page
    .locator('hex-shell')
    .evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  await tabTo(ana.page, 'Skip to the content');
  await ana.page.keyboard.press('Enter');
  assert.equal(await ana.page.evaluate(() => document.activeElement?.id), 'main');
});

test('keys lead from room to room, and a page lists them', async () => {
  const ana = await set.member('Ana', { prime: true });
  const [first, second] = [await ana.seed.room('First'), await ana.seed.room('Second')];
  await ana.open(second);
  for (const [keys, roomId] of [
    ['Alt+ArrowDown', first],
    ['Alt+ArrowDown', second],
    ['Alt+ArrowUp', first],
  ]) {
    await ana.page.keyboard.press(keys);
    await ana.page.waitForURL(`**/rooms/${roomId}`);
  }
  await ana.page.keyboard.press('Control+/');
  await ana.page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
  await ana.sees('Next room with unread messages');
  await ana.page.keyboard.press('Alt+Shift+ArrowDown');
  await ana.page.keyboard.press('Alt+ArrowUp');
  await ana.page.waitForURL(`**/rooms/${first}`);
});

test('Back closes what lies over the page first, and then goes back', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  await ana.goto('/coins');
  await ana.page.getByRole('link', { name: /Den/ }).click();
  await ana.messageBox.waitFor();
  await ana.press('Manage the room');
  await ana.press('Close the room', ana.dialog);
  await ana.page.getByRole('dialog', { name: 'Close Den?' }).waitFor();
  for (const left of [1, 0]) {
    await ana.page.goBack();
    await ana.page.waitForFunction((count) => document.querySelectorAll('dialog').length === count, left);
    assert.equal(new URL(ana.page.url()).pathname, `/rooms/${roomId}`);
  }
  await ana.messageBox.fill('still the same screen');

  await ana.press('Manage the room');
  const tools = await ana.opens('Manage Den');
  await ana.press('Close', tools);
  await tools.waitFor({ state: 'detached' });
  await ana.composes('still the same screen');
  await ana.page.goBack();
  await ana.page.getByRole('heading', { name: 'Coins' }).waitFor();
  await ana.page.goForward();
  await ana.messageBox.waitFor();

  await ana.page.getByRole('button', { name: /^Ana/ }).click();
  await ana.dialog.getByRole('link', { name: 'Settings' }).click();
  await ana.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await ana.page.goBack();
  await ana.messageBox.waitFor();
  await ana.page.goBack();
  await ana.page.getByRole('heading', { name: 'Coins' }).waitFor();
  assert.deepEqual(ana.troubles, []);
});

test('new messages are announced, and old ones are not', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await ana.seed.say(roomId, 'old');
  await bob.open(roomId);
  const announced = bob.page.locator('.talk > [aria-live="polite"]');
  assert.equal(await announced.textContent(), '');
  await ana.seed.say(roomId, 'new');
  await announced.getByText('Ana: new').waitFor({ state: 'attached' });
});
