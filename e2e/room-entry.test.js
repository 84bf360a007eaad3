// A room's address is an invitation page for people who are not in the room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture, gate } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

const focused = (/** @type {import('playwright-core').Page} */ page) =>
  page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.localName);

test('somebody who gets a room’s address registers, comes back to it and takes a seat', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Secret name');
  const bob = await set.visitor('Bob');
  await bob.goto(`/rooms/${roomId}`);
  await bob.sees('Sign in to go on to the room.');
  await bob.page.getByRole('link', { name: 'Create an account' }).click();
  await bob.sees('Create an account to go on to the room.');
  await bob.reload();
  await bob.fill('Name', 'Bob');
  await bob.fill('User id', bob.userId);
  await bob.fill('Phone', '+49 151 2345678');
  await bob.fill('Password', PASSWORD);
  await bob.press('Create account');

  await bob.page.getByRole('heading', { name: 'Join this room' }).waitFor();
  assert.equal(new URL(bob.page.url()).pathname, `/rooms/${roomId}`);
  await bob.page.waitForFunction(() => document.title === 'Join this room · Hexroom');
  await bob.sees('Your first room is free.');
  assert.doesNotMatch(
    (await bob.page.locator('hex-shell').textContent()) ?? '',
    /Secret name|Ana|seats taken/,
  );
  await becomes(() => focused(bob.page), 'password');

  await bob.fill('Room password', 'not this one');
  await bob.press('Join for free');
  await bob.sees('That is not the room’s password.', bob.page.locator('.field-error'));
  await becomes(() => focused(bob.page), 'password');
  await bob.fill('Room password', 'open sesame');
  await bob.page.keyboard.press('Enter');
  await bob.sees('You are in, and it was free.');
  await bob.page.getByRole('heading', { name: 'Secret name' }).waitFor();
  await bob.say('here I am');
  await bob.hears(['here I am']);
  assert.deepEqual(bob.troubles, []);
});

test('somebody who is signed out comes back to the address after signing in', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  const bob = await set.member('Bob');
  await bob.seed.join(roomId);
  await bob.goto('/settings');
  await bob.sees('This browser');
  const device = await bob.page.evaluate(() => localStorage.getItem('hexroom.device'));
  await bob.page.goto('about:blank');
  await bob.seed.call('DELETE', `sessions/${device}`);
  await bob.page.goto(`/rooms/${roomId}`);
  await bob.sees('Sign in to go on to the room.');
  await bob.signIn();
  await bob.page.getByRole('heading', { name: 'Den' }).waitFor();

  await bob.page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await bob.press('Sign out here');
  await bob.sees('Welcome back.');
  await bob.signIn();
  await bob.page.waitForURL((url) => url.pathname === '/');
});

test('the price shown is that of the room that is named, by its id or its link', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob', { coins: 200 })];
  const [first, den] = [await ana.seed.room('First'), await ana.seed.room('Den')];
  await bob.seed.join(first);
  await bob.seed.call('POST', `chatrooms/${first}/leave`);
  const slow = gate();
  let isHeld = true;
  await bob.page.route(`**/${den}/price`, async (route) => {
    if (!isHeld) return route.continue();
    isHeld = false;
    const response = await route.fetch();
    const price = await response.json();
    await slow.opened;
    await route.fulfill({ response, json: { ...price, fee: 149 } });
  });
  const name = async (/** @type {string} */ text) => {
    await bob.fill('Room id', text);
    await bob.page.keyboard.press('Tab');
  };
  await bob.goto('/join');
  await name(first);
  await bob.sees('You have been in this room before, so coming back is free.');
  await name(`${set.server.url}/rooms/${den}`);
  await bob.sees('This will cost 150 coins');
  await name(first);
  await bob.sees('You have been in this room before, so coming back is free.');
  await Promise.all([
    bob.page.waitForResponse((response) => response.url().includes(den)),
    name(`${set.server.url}/rooms/${den}`),
  ]);
  const late = bob.page.waitForResponse((response) => response.url().includes(den));
  slow.open();
  await (await late).finished();
  await bob.sees('This will cost 150 coins');
  await bob.fill('Room password', 'open sesame');
  await bob.press('Join for 150 coins');
  await bob.page.getByRole('heading', { name: 'Den' }).waitFor();
});

test('each refusal says what to do next', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob', { coins: 20 })];
  const [first, open, banned, locked, full, closed] = await Promise.all(
    ['First', 'Open', 'Banned', 'Locked', 'Full', 'Closed'].map((name) => ana.seed.room(name)),
  );
  await bob.seed.join(first);
  await ana.seed.call('PUT', `chatrooms/${banned}/bans/${bob.userId}`);
  await ana.seed.call('PATCH', `chatrooms/${locked}`, { locked: true });
  await ana.seed.call('DELETE', `chatrooms/${closed}`);
  for (let seat = 2; seat <= 6; seat += 1) await (await set.server.account(set.fresh('guest'))).join(full);
  const wayOut = (/** @type {string} */ name) => bob.page.getByRole('main').getByRole('link', { name });
  const joins = async (/** @type {string} */ roomId) => {
    await bob.goto(`/rooms/${roomId}`);
    await bob.fill('Room password', 'open sesame');
    await bob.press('Join for 150 coins');
  };

  await joins(open);
  await bob.sees('This room costs 150 coins and you have 20 coins.', bob.page.getByRole('alert'));
  await wayOut('See your coins').waitFor();
  await set.server.run('user', 'coins', bob.userId, '200');
  await bob.sees('you have 220 coins and will have 70 coins left.');
  await bob.press('Join for 150 coins');
  await bob.sees('You paid 150 coins and have 70 coins left.');

  await joins(banned);
  await bob.sees('The room’s owner has banned this account.', bob.page.getByRole('alert'));
  await wayOut('Go to your rooms').waitFor();
  await joins(full);
  await bob.sees('All 6 seats are taken.', bob.page.getByRole('alert'));
  await joins(locked);
  await bob.sees('The owner has locked this room.', bob.page.getByRole('alert'));
  await ana.seed.call('PATCH', `chatrooms/${locked}`, { locked: false });
  await set.server.run('user', 'prime', bob.userId);
  await bob.sees('You are a prime member, so joining is free.');
  await bob.press('Join for free');
  await bob.page.getByRole('heading', { name: 'Locked' }).waitFor();

  await bob.goto(`/rooms/${closed}`);
  await bob.sees('This room has been closed for good.');
  await wayOut('Join another room').waitFor();
  await bob.goto('/rooms/nonsense');
  await bob.page.getByRole('heading', { name: 'There is no such room' }).waitFor();
  await wayOut('Join another room').click();
  await bob.page.getByRole('heading', { name: 'Join a room' }).waitFor();
});

test('a member who is removed or has left finds the way back at the room’s address', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await bob.open(roomId);
  await bob.messageBox.fill('half a sen');
  await ana.seed.call('DELETE', `chatrooms/${roomId}/members/${bob.userId}`);
  await bob.sees('Den: You are no longer in this room.');
  await bob.page.getByRole('heading', { name: 'Come back to this room' }).waitFor();
  await becomes(() => focused(bob.page), 'main', 'what is being typed does not become the password');
  await bob.page.waitForFunction(() => document.title === 'Come back to this room · Hexroom');
  await bob.sees('You have been in this room before, so coming back is free.');
  await bob.fill('Room password', 'open sesame');
  await bob.press('Join for free');
  await bob.composes('half a sen');

  await bob.press('Leave the room');
  await bob.press('Leave', bob.dialog);
  await bob.sees('Welcome, Bob');
  await bob.goto(`/rooms/${roomId}`);
  await bob.sees('You have been in this room before, so coming back is free.');
  await bob.fill('Room password', 'open sesame');
  await bob.press('Join for free');
  await bob.messageBox.waitFor();

  await ana.seed.call('PUT', `chatrooms/${roomId}/bans/${bob.userId}`);
  await bob.page.getByRole('heading', { name: 'You are banned from this room' }).waitFor();
  await becomes(() => focused(bob.page), 'main');
  assert.deepEqual(bob.troubles, []);
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`the way into a room is accessible: ${look}`, async () => {
    const [ana, bob] = [await set.member('Ana', { prime: true }), await set.visitor('Bob', options)];
    bob.seed = await set.server.account(bob.userId, { name: 'Bob', coins: 20 });
    await bob.seed.join(await ana.seed.room('First'));
    const roomId = await ana.seed.room('Den');
    await bob.goto(`/rooms/${roomId}`);
    await bob.sees('Sign in to go on to the room.');
    await passes(bob, 'sign in, for a room');
    await bob.fill('User id', bob.userId);
    await bob.fill('Password', PASSWORD);
    await bob.press('Sign in');
    await bob.sees('you are 130 coins short');
    await passes(bob, 'the way in');
    await bob.fill('Room password', 'not this one');
    await bob.press('Join for 150 coins');
    await bob.sees('That is not the room’s password.');
    await passes(bob, 'a wrong password');
    await bob.fill('Room password', 'open sesame');
    await bob.press('Join for 150 coins');
    await bob.sees('See your coins');
    await passes(bob, 'too few coins');
    await ana.seed.call('DELETE', `chatrooms/${roomId}`);
    await bob.reload();
    await bob.sees('This room has been closed for good.');
    await passes(bob, 'a closed room');
  });
}
