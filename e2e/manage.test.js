// What owners change about their rooms, and what people find about their devices and at the sign-in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

/** What has the focus. */
const focused = (/** @type {import('./support/people.js').Person} */ { page }) =>
  page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent);

test('managing saves what has changed and nothing else, all of it or nothing', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  await ana.open(roomId);
  await ana.press('Manage the room');
  await ana.sees('Nobody is banned.', ana.dialog);
  assert.deepEqual(await ana.dialog.getByRole('heading', { level: 3 }).allTextContents(), [
    'Name and topic',
    'Who can join',
    'Banned',
    'Hand over or close',
  ]);
  await ana.press('Save', ana.dialog);
  await ana.sees('Nothing has changed.');

  await ana.seed.call('PATCH', `chatrooms/${roomId}`, { name: 'Lair' });
  await ana.page.getByRole('heading', { name: 'Lair', level: 1, includeHidden: true }).waitFor();
  await ana.fill('Topic', 'Soup', ana.dialog);
  await ana.dialog.getByRole('switch').check();
  await ana.fill('New password', 'x', ana.dialog);
  await ana.press('Save', ana.dialog);
  await ana.sees('Please correct the marked fields.', ana.dialog);
  await becomes(() => focused(ana), 'password');
  const room = () => ana.seed.call('GET', `chatrooms/${roomId}`);
  assert.deepEqual([(await room()).topic, (await room()).locked], [undefined, false]);

  await ana.fill('New password', 'speak, friend', ana.dialog);
  await ana.press('Save', ana.dialog);
  await ana.sees('Saved.');
  await becomes(() => focused(ana), 'Save');
  await becomes(() => ana.dialog.getByLabel('New password', { exact: true }).inputValue(), '');
  const { name, topic, locked } = await room();
  assert.deepEqual({ name, topic, locked }, { name: 'Lair', topic: 'Soup', locked: true });
  const lock = ana.page.locator('.room-head').getByText('Locked');
  await lock.waitFor();
  await ana.dialog.getByRole('switch').uncheck();
  await ana.press('Save', ana.dialog);
  await lock.waitFor({ state: 'detached' });
  const { name: kept, topic: same, locked: isLocked } = await room();
  assert.deepEqual([kept, same, isLocked], ['Lair', 'Soup', false], 'nothing else was sent');
});

test('signing in and up begin in the first field, and a wrong password is marked', async () => {
  const ana = await set.visitor('Ana');
  ana.seed = await set.server.account(ana.userId, { name: 'Ana' });
  await ana.goto('/');
  await ana.sees('Welcome back.');
  await becomes(() => focused(ana), 'userId');
  await ana.page.keyboard.type(ana.userId);
  await ana.page.keyboard.press('Tab');
  await ana.page.keyboard.type('not this one');
  await ana.page.keyboard.press('Enter');
  await ana.sees('The user id or password is wrong.', ana.page.locator('.field-error'));
  await becomes(() => focused(ana), 'password');
  await ana.page.getByRole('link', { name: 'Create an account' }).click();
  await ana.sees('Starting coins');
  await becomes(() => focused(ana), 'name');
  await ana.page.getByRole('link', { name: 'Sign in' }).click();
  await ana.sees('Welcome back.');
  await becomes(() => focused(ana), 'userId');
  await ana.signIn();

  const link = (await set.server.run('user', 'password-link', ana.userId)).trim().split('\n').pop() ?? '';
  const visitor = await set.visitor('Ana');
  await visitor.goto(link);
  await visitor.sees('Choose a new password');
  await becomes(() => focused(visitor), 'newPassword');
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`a refused change and a refused sign-in are accessible: ${look}`, async () => {
    const ana = await set.member('Ana', { prime: true, ...options });
    await ana.open(await ana.seed.room('Den'));
    if (look === 'phone') await ana.press('Members');
    await ana.press('Manage the room');
    await ana.fill('Topic', 'o'.repeat(251), ana.dialog);
    await ana.press('Save', ana.dialog);
    await ana.sees('A topic has at most 250 characters', ana.dialog);
    await passes(ana, 'managing, refused');

    const visitor = await set.visitor('Eve', options);
    await visitor.goto('/sign-in');
    await visitor.fill('User id', ana.userId);
    await visitor.fill('Password', `not ${PASSWORD}`);
    await visitor.press('Sign in');
    await visitor.sees('The user id or password is wrong.');
    await passes(visitor, 'signing in, refused');
  });
}
