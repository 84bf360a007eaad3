// Every refusal says what to do next, where people look.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

/** @param {import('./support/people.js').Person} person @param {string} roomId @param {string} [password] */
async function tryToJoin(person, roomId, password = 'open sesame') {
  await person.goto('/join');
  await person.fill('Room id', roomId);
  await person.fill('Room password', password);
  await person.press(/^Join for (free|150 coins)$/);
}

/** The error beside a field. @param {import('./support/people.js').Person} person @param {string} label */
async function besides(person, label) {
  const input = person.page.getByLabel(label, { exact: true });
  await person.page.locator('[aria-invalid]').first().waitFor();
  const ids = (await input.getAttribute('aria-describedby'))?.split(' ') ?? [];
  const words = await Promise.all(ids.map((id) => person.page.locator(`[id="${id}"]`).textContent()));
  return { isInvalid: (await input.getAttribute('aria-invalid')) === 'true', words: words.join(' ') };
}

test('every wrong field of a registration is marked with the reason', async () => {
  const visitor = await set.visitor('Eve');
  await visitor.goto('/sign-up');
  await visitor.fill('User id', '!');
  await visitor.fill('Phone', '0151');
  await visitor.fill('Password', 'short');
  await visitor.fill('Starting coins', 'many');
  await visitor.press('Create account');
  await visitor.sees('Please correct the marked fields.');
  for (const label of ['Name', 'User id', 'Phone', 'Password', 'Starting coins']) {
    const { isInvalid, words } = await besides(visitor, label);
    assert.ok(isInvalid && words.length > 20, `${label}: ${words}`);
  }
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.getAttribute('name')), 'name');
  await visitor.fill('Name', 'Eve');
  assert.equal(await visitor.page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid'), null);
});

test('a taken user id and a wrong password have their own messages', async () => {
  const [ana, visitor] = [await set.member('Ana'), await set.visitor('Eve')];
  await visitor.goto('/sign-up');
  await visitor.fill('Name', 'Eve');
  await visitor.fill('User id', ana.userId.toUpperCase());
  await visitor.fill('Phone', '+49 151 2345678');
  await visitor.fill('Password', PASSWORD);
  await visitor.press('Create account');
  assert.match((await besides(visitor, 'User id')).words, /Somebody already has this user id/);

  await visitor.goto('/sign-in');
  await visitor.fill('User id', ana.userId);
  await visitor.fill('Password', 'not this one');
  await visitor.press('Sign in');
  await visitor.sees('The user id or password is wrong.');
});

test('each refusal of a join has its sentence', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const [open, banned, locked, full, closed] = await Promise.all(
    ['Open', 'Banned', 'Locked', 'Full', 'Closed'].map((name) => ana.seed.room(name)),
  );
  await ana.seed.call('PUT', `chatrooms/${banned}/bans/${bob.userId}`);
  await ana.seed.call('PATCH', `chatrooms/${locked}`, { locked: true });
  await ana.seed.call('DELETE', `chatrooms/${closed}`);
  for (let seat = 2; seat <= 6; seat += 1) await (await set.server.account(set.fresh('guest'))).join(full);

  await tryToJoin(bob, 'nonsense');
  assert.match((await besides(bob, 'Room id')).words, /There is no such room/);
  await tryToJoin(bob, open, 'wrong');
  assert.match((await besides(bob, 'Room password')).words, /That is not the room’s password/);
  await tryToJoin(bob, banned);
  await bob.sees('The room’s owner has banned this account.');
  await tryToJoin(bob, locked);
  await bob.sees('The owner has locked this room.');
  await tryToJoin(bob, full);
  await bob.sees('All 6 seats are taken.');
  await bob.goto('/join');
  await bob.press('Invitation');
  await bob.fill('Invitation link', 'https://chat.example/#/invite/made-up');
  await bob.press('Join for free');
  assert.match((await besides(bob, 'Invitation link')).words, /This invitation is not for you/);
  assert.equal((await bob.seed.call('GET', 'me')).freeJoinUsed, false, 'a refusal changes nothing');
});

test('an address that leads nowhere says so', async () => {
  const bob = await set.member('Bob');
  await bob.goto('/rooms/nonsense');
  await bob.sees('There is no such room.');
  await bob.goto('/no/such/page');
  await bob.sees('There is nothing here');
});

test('the form says who cannot be invited, and why', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await ana.open(roomId);
  await ana.press('Invite');
  for (const [userId, words] of [
    [bob.userId, 'Only prime members can be invited.'],
    ['nobody-at-all', 'There is no such account.'],
  ]) {
    await ana.fill('User id', userId, ana.dialog);
    await ana.press('Create invitation', ana.dialog);
    await ana.sees(words, ana.dialog.locator('.field-error'));
  }
});

test('the profile says who cannot be befriended, and why', async () => {
  const [ana, bob] = [await set.member('Ana'), await set.member('Bob')];
  await bob.goto('/friends');
  await bob.fill('User id', ana.userId);
  await bob.press('Show profile');
  await bob.press('Send friend request', bob.dialog);
  await bob.sees('You can only befriend people you have shared a room with.');
});

test('a message that is too long is not sent, and a refused one stays with its reason', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await bob.open(roomId);
  await bob.messageBox.fill('x'.repeat(4_001));
  await bob.sees('-1 left');
  await bob.messageBox.press('Enter');
  await bob.sees('A message can have at most 4,000 characters. This one has 4,001.');
  await bob.say('x'.repeat(4_000));
  await bob.message('x'.repeat(4_000)).waitFor();

  await bob.say('\u2800');
  await bob.sees('A message needs at least one visible character.', bob.message('\u2800'));
  await bob.say('and on it goes');
  await bob.sees('Sent', bob.message('and on it goes'));
  await bob.press('Discard', bob.message('\u2800'));
  await bob.message('\u2800').waitFor({ state: 'detached' });
});

test('an owner cannot delete the account before handing over or closing the rooms', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  await ana.goto('/settings');
  await ana.press('Delete your account');
  await ana.fill('Password', 'not this one', ana.dialog);
  await ana.press('Delete for good', ana.dialog);
  await ana.sees('The user id or password is wrong.', ana.dialog);
  await ana.fill('Password', PASSWORD, ana.dialog);
  await ana.press('Delete for good', ana.dialog);
  await ana.sees('A room needs an owner.', ana.dialog);
  await ana.seed.call('DELETE', `chatrooms/${roomId}`);
  await ana.press('Delete for good', ana.dialog);
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
