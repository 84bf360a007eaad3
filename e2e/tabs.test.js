// One account in several tabs of one browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';

const set = fixture();

const places = (/** @type {import('playwright-core').Page} */ page) =>
  page.getByRole('navigation', { name: 'Places' }).getByText('Coins');

test('tabs that renew the sign-in at the same time all stay signed in', async () => {
  const ana = await set.member('Ana');
  const tabs = [ana.page, await ana.context.newPage(), await ana.context.newPage()];
  for (let round = 1; round <= 3; round += 1) {
    await Promise.all(tabs.map((tab) => tab.goto('/settings')));
    await Promise.all(tabs.map((tab) => places(tab).waitFor()));
  }
  await tabs[0].getByText('This browser').waitFor();
  await becomes(() => tabs[0].locator('.section', { hasText: 'Devices' }).getByRole('listitem').count(), 2);
});

test('a message written in one tab is shown in the other, once', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  await ana.open(roomId);
  const other = await ana.context.newPage();
  await other.goto(`/rooms/${roomId}`);
  await other.locator('hex-connection[data-state="on"]').first().waitFor({ state: 'attached' });
  await ana.say('hello');
  await other.locator('.message').filter({ hasText: 'hello' }).waitFor();
  await ana.hears(['hello']);
  await becomes(() => other.locator('.message').count(), 1);
});

test('signing out in one tab signs out the others', async () => {
  const ana = await set.member('Ana');
  const other = await ana.context.newPage();
  await other.goto('/coins');
  await places(other).waitFor();
  await ana.goto('/settings');
  await ana.press('Sign out here');
  for (const tab of [ana.page, other]) await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
  await other.getByText('You have signed out in another tab.').waitFor();
  assert.deepEqual(await ana.page.locator('.toast').allTextContents(), []);
  assert.equal(await other.locator('.toast').count(), 1, 'and nothing alarming');
});

test('the theme that is chosen in one tab is that of all', async () => {
  const ana = await set.member('Ana');
  const other = await ana.context.newPage();
  await other.goto('/settings');
  await ana.goto('/settings');
  for (const [theme, name] of [
    ['dark', 'Dark'],
    ['system', 'Same as system'],
  ]) {
    await ana.page.getByText(name, { exact: true }).click();
    await other.locator(`html[data-theme="${theme}"]`).waitFor();
    await other.locator(`[name="theme"][value="${theme}"]:checked`).waitFor({ state: 'attached' });
  }
});

test('a tab follows when another one signs in or switches accounts', async () => {
  const [ana, bob] = [await set.member('Ana'), await set.member('Bob')];
  const other = await ana.context.newPage();
  await other.goto('/');
  await places(other).waitFor();
  await ana.goto('/settings');
  await ana.press('Sign out here');
  await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  ana.userId = bob.userId;
  await ana.signIn();
  await other.getByRole('heading', { name: 'Welcome, Bob' }).waitFor();
});
