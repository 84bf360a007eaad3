// On a small phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

const PHONE = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** @param {import('./support/people.js').Person} person */
async function fits({ page }) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return Array.from(document.querySelectorAll('body *'))
      .filter(
        (element) =>
          element.checkVisibility() && !element.closest('.unseen, svg, .room-title bdi, .room-name bdi'),
      )
      .filter(
        (element) =>
          element.getBoundingClientRect().right > width + 1 || element.getBoundingClientRect().left < -1,
      )
      .map((element) => `${element.tagName}.${element.className}`);
  });
  assert.deepEqual(wide, [], page.url());
}

test('one can open a room from the list, write, and go back', async () => {
  const ana = await set.member('Ana', { prime: true, ...PHONE });
  await ana.goto('/');
  await ana.sees('Welcome, Ana');
  await fits(ana);
  const roomId = await ana.seed.room(
    'A room with a rather long name, as people sometimes give them to rooms',
  );
  await ana.goto('/');
  await ana.page.getByRole('link', { name: /A room with/ }).tap();
  await ana.messageBox.waitFor();
  assert.equal(new URL(ana.page.url()).pathname, `/rooms/${roomId}`);
  await ana.page.getByRole('navigation', { name: 'Rooms' }).waitFor({ state: 'hidden' });
  await ana.online();
  await ana.messageBox.tap();
  const long = `hello ${'long'.repeat(40)} word`;
  await ana.messageBox.fill(long);
  await ana.page.getByRole('button', { name: 'Send' }).tap();
  await ana.hears([long]);
  await fits(ana);

  await ana.message('hello').tap();
  await ana.message('hello').getByRole('button', { name: 'Edit' }).tap();
  await ana.messageBox.fill('shorter');
  await ana.page.getByRole('button', { name: 'Send' }).tap();
  await ana.hears(['shorter']);

  await ana.page.getByRole('button', { name: 'Members' }).tap();
  await ana.sees('Empty seat', ana.dialog);
  await fits(ana);
  await ana.dialog.getByRole('button', { name: 'Close' }).tap();
  await ana.page.getByRole('link', { name: 'Back to the rooms' }).tap();
  await ana.page.getByRole('navigation', { name: 'Rooms' }).waitFor();
  await fits(ana);
});

test('every screen fits', async () => {
  const bob = await set.member('Bob', { coins: 1_000, ...PHONE });
  for (const [path, words] of [
    ['/join', 'Room password'],
    ['/create', 'Only prime members can create rooms.'],
    ['/friends', 'No friends yet'],
    ['/coins', 'Starting coins'],
    ['/settings', 'This browser'],
    ['/shortcuts', 'Next room'],
    ['/nowhere', 'There is nothing here'],
  ]) {
    await bob.goto(path);
    await bob.sees(words);
    await fits(bob);
  }
  await bob.goto('/settings');
  await bob.press('Sign out here');
  await bob.sees('Welcome back.');
  await fits(bob);
  await bob.goto('/sign-up');
  await bob.sees('Starting coins');
  await fits(bob);
});
