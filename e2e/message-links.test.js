// Links to messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';

const set = fixture();

/** @param {import('./support/people.js').Person} person @param {string} text */
async function isShown({ page }, text) {
  const row = page.locator('.message[data-marked]').getByText(text);
  await row.waitFor();
  const box = await row.boundingBox();
  assert.ok(box && box.y > 0 && box.y < 700, JSON.stringify(box));
}

/** @param {import('./support/people.js').Person} person */
const pathOf = ({ page }) => page.evaluate(() => location.pathname);

test('a copied link leads to its message from another place, without loading the page', async () => {
  const { ana, bob, roomId } = await set.pair('shall we?');
  await ana.message('shall we?').hover();
  await ana.press('Copy link', ana.message('shall we?'));
  await ana.sees('Link copied.');
  const link = await ana.page.evaluate(() => navigator.clipboard.readText());
  for (let count = 1; count <= 140; count += 1) await bob.seed.say(roomId, `line ${count}`);
  await bob.seed.call('PUT', `chatrooms/${roomId}/read`, { seq: 1_000 });
  await bob.open(roomId);
  await ana.say(`look: ${link}`);
  await bob.page.evaluate(() => Object.assign(window, { isSame: true }));
  await bob.message('look:').getByRole('link').click();
  await isShown(bob, 'shall we?');
  await becomes(() => pathOf(bob), `/rooms/${roomId}`);
  assert.ok(await bob.page.evaluate(() => Reflect.get(window, 'isSame')));
  await bob.press('Jump to the newest');
  await bob.message('look:').getByRole('link').click();
  await isShown(bob, 'shall we?');
  await bob.goto(link);
  await isShown(bob, 'shall we?');
  assert.deepEqual([ana.troubles, bob.troubles], [[], []]);
});

test('a link that leads to no message, or to a deleted one, says so', async () => {
  const { ana, bob, roomId, messageId } = await set.pair('shall we?');
  await bob.seed.say(roomId, 'later');
  const { seq } = await ana.seed.call('GET', `chatrooms/${roomId}/messages/${messageId}`);
  await bob.seed.call('DELETE', `chatrooms/${roomId}/messages/${messageId}`);
  await ana.goto(`/rooms/${roomId}/m/${seq}`);
  await ana.sees('The message at this address was deleted.');
  await ana.goto(`/rooms/${roomId}/m/999`);
  await ana.sees('There is no message at this address.');
  await ana.message('later').waitFor();
  await becomes(() => pathOf(ana), `/rooms/${roomId}`);
});

test('a link waits for its reader to sign in, and lets in nobody else', async () => {
  const { ana, bob, roomId, messageId } = await set.pair('shall we?');
  const { seq } = await ana.seed.call('GET', `chatrooms/${roomId}/messages/${messageId}`);
  const path = `/rooms/${roomId}/m/${seq}`;
  const cyd = await set.member('Cyd');
  await cyd.goto(path);
  await cyd.sees('Join this room');
  await bob.goto('/settings');
  await bob.press('Sign out here');
  await bob.sees('Welcome back.');
  await bob.goto(path);
  await bob.fill('User id', bob.userId);
  await bob.fill('Password', 'correct horse battery');
  await bob.press('Sign in');
  await isShown(bob, 'shall we?');
});
