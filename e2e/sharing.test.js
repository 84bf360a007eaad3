// Letting people in: a room's link and password, invitations for friends, and what the invited see of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture } from './support/people.js';

const set = fixture();

/** @import { Person } from './support/people.js' */

const copied = (/** @type {Person} */ { page }) => page.evaluate(() => navigator.clipboard.readText());

const stored = (/** @type {Person} */ { page }) =>
  page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href]),
  );

const focused = (/** @type {Person} */ { page }) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

/** @param {Person} person @param {string} name */
async function create(person, name) {
  await person.goto('/create');
  await person.fill('Name', name);
  await person.fill('Room password', 'open sesame');
  await person.press('Create room');
  await person.page.getByRole('heading', { name }).waitFor();
  return new URL(person.page.url()).pathname;
}

/** @param {Person} one @param {Person} other */
async function befriend(one, other) {
  const { friendRequestId } = await one.seed.call('POST', 'friend-requests', { userId: other.userId });
  await other.seed.call('POST', `friend-requests/${friendRequestId}/accept`);
}

test('a new room offers link and password, and forgets the password with the page', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const path = await create(ana, 'Den');
  const offer = ana.page.getByRole('region', { name: 'Let others in' });
  await ana.press('Copy link', offer);
  await ana.sees('Link copied.');
  const link = await copied(ana);
  assert.equal(link, set.server.url + path);
  const password = offer.getByLabel('Password', { exact: true });
  const isMasked = () =>
    password.evaluate(
      (input) => getComputedStyle(input).getPropertyValue('-webkit-text-security') === 'disc',
    );
  await becomes(isMasked, true);
  await ana.press('Show password', offer);
  await becomes(isMasked, false);
  await ana.press('Copy password', offer);
  await ana.sees('Password copied.');
  assert.equal(await copied(ana), 'open sesame');
  assert.ok(!(await stored(ana)).includes('open sesame'));

  await bob.goto(link);
  await bob.fill('Room password', await copied(ana));
  await bob.press('Join for free');
  await bob.page.getByRole('heading', { name: 'Den' }).waitFor();
  await offer.waitFor({ state: 'detached' });

  await ana.press('Share');
  await ana.dialog.getByLabel('Password', { exact: true }).waitFor();
  await ana.escape();
  await ana.reload();
  await ana.press('Share');
  await ana.sees('It is shown here only until you reload the page on which you set it.', ana.dialog);
  assert.equal(await ana.dialog.getByLabel('Password', { exact: true }).count(), 0);
  await ana.dialog.getByRole('img', { name: 'QR code of the link' }).waitFor();
  assert.equal(await ana.dialog.getByLabel('Room id', { exact: true }).inputValue(), path.split('/').at(-1));

  await bob.press('Share');
  await bob.sees('ask the room’s owner', bob.dialog);
  assert.equal(await bob.dialog.getByLabel('Password', { exact: true }).count(), 0);
  await bob.press('Copy link', bob.dialog);
  await bob.sees('Link copied.');
  assert.equal(await copied(bob), link);
  assert.deepEqual([...ana.troubles, ...bob.troubles], []);
});

test('a password that is no longer right is not offered', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = (await create(ana, 'Den')).split('/').at(-1) ?? '';
  const offer = ana.page.getByRole('region', { name: 'Let others in' });
  const password = offer.getByLabel('Password', { exact: true });
  await password.waitFor();
  await ana.seed.call('PATCH', `chatrooms/${roomId}`, { password: 'typed elsewhere' });
  await password.waitFor({ state: 'detached' });

  await ana.press('Manage the room');
  await ana.fill('New password', 'typed here', ana.dialog);
  await ana.press('Save', ana.dialog);
  await ana.sees('Saved.');
  await ana.escape();
  await password.waitFor();
  assert.equal(await password.inputValue(), 'typed here');
});

test('an owner invites friends by name, and the focus goes on to the link', async () => {
  const ana = await set.member('Ana', { prime: true });
  const [cyd, dee, eli] = [
    await set.member('Cyd', { prime: true }),
    await set.member('Dee'),
    await set.member('Eli', { prime: true }),
  ];
  const roomId = await ana.seed.room('Den');
  for (const friend of [cyd, dee, eli]) {
    await friend.seed.join(roomId);
    await befriend(ana, friend);
  }
  for (const friend of [cyd, dee]) await friend.seed.call('POST', `chatrooms/${roomId}/leave`);
  await ana.open(roomId);
  await ana.press('Invite');
  const friends = ana.dialog.getByRole('region', { name: 'Your friends' });
  await friends.getByText('Dee').waitFor();
  await friends.getByText('not a prime member').waitFor();
  await becomes(() => friends.getByRole('button').allTextContents(), ['Invite'], 'only Cyd can be invited');
  await ana.press('Invite Cyd', friends);
  await ana.sees('Give this link to Cyd.', ana.dialog);
  await becomes(() => focused(ana), 'Copy invitation link');
  await ana.page.keyboard.press('Enter');
  await ana.sees('Invitation link copied.');
  await friends.getByText('invited', { exact: true }).waitFor();

  const link = await copied(ana);
  await cyd.goto(link);
  await cyd.press('Join for free');
  await cyd.page.getByRole('heading', { name: 'Den' }).waitFor();
  await friends.getByText('Cyd').waitFor({ state: 'detached' });
});

test('a room that was created opens, although it could not be loaded at first', async () => {
  const ana = await set.member('Ana', { prime: true });
  let isOut = true;
  await ana.page.route(/\/api\/chatrooms\/[\w-]+$/, async (route) => {
    if (!isOut) return route.continue();
    isOut = false;
    await route.abort();
  });
  await create(ana, 'Den');
  assert.equal(isOut, false, 'there was an outage');
});

test('the links of all invitations stay, and a list that does not load is no refused invitation', async () => {
  const ana = await set.member('Ana', { prime: true });
  const [cyd, dee, eli] = [
    await set.member('Cyd', { prime: true }),
    await set.member('Dee', { prime: true }),
    await set.member('Eli', { prime: true }),
  ];
  const meeting = await ana.seed.room('Attic');
  for (const friend of [cyd, dee]) {
    await friend.seed.join(meeting);
    await befriend(ana, friend);
  }
  await ana.open(await ana.seed.room('Den'));
  await ana.press('Invite');
  await ana.press('Invite Cyd', ana.dialog);
  await ana.sees('Give this link to Cyd.', ana.dialog);
  await ana.page.route('**/invitations', (route) =>
    route.request().method() === 'GET' ? route.abort() : route.continue(),
  );
  await ana.press('Invite Dee', ana.dialog);
  await ana.sees('The server cannot be reached.', ana.dialog.getByRole('status'));
  await ana.fill('User id', eli.userId, ana.dialog);
  await ana.press('Create invitation', ana.dialog);
  for (const name of ['Cyd', 'Dee', eli.userId]) await ana.sees(`Give this link to ${name}.`, ana.dialog);
  await becomes(() => ana.dialog.getByLabel('User id', { exact: true }).inputValue(), '');
  assert.equal(await ana.dialog.locator('form .trouble').textContent(), '');
  const links = await ana.dialog
    .getByLabel('Invitation link', { exact: true })
    .evaluateAll((inputs) => inputs.map((input) => /** @type {HTMLInputElement} */ (input).value));
  assert.equal(new Set(links).size, 3);
});

test('a join that succeeded is not a failed one because the account could not be loaded', async () => {
  const [ana, cyd] = [await set.member('Ana', { prime: true }), await set.member('Cyd', { prime: true })];
  const roomId = await ana.seed.room('Den');
  const { token } = await ana.seed.call('POST', `chatrooms/${roomId}/invitations`, { userId: cyd.userId });
  let isOut = false;
  await cyd.page.route('**/api/joinroom', async (route) => {
    const response = await route.fetch();
    isOut = true;
    await route.fulfill({ response });
  });
  await cyd.page.route('**/api/me', (route) => (isOut ? route.abort() : route.continue()));
  await cyd.goto(`/#/invite/${token}`);
  await cyd.press('Join for free');
  await cyd.sees('You are in, and it was free.');
  await cyd.page.getByRole('heading', { name: 'Den' }).waitFor();
  assert.ok(isOut && !(await stored(cyd)).includes(token));
});

test('a member who is invited while connected finds the invitation, its price, and the way in', async () => {
  const [ana, cyd] = [await set.member('Ana', { prime: true }), await set.member('Cyd', { prime: true })];
  const [roomId, other] = [await ana.seed.room('Den'), await ana.seed.room('Attic')];
  await cyd.goto('/');
  await cyd.online();
  for (const room of [roomId, other])
    await ana.seed.call('POST', `chatrooms/${room}/invitations`, { userId: cyd.userId });
  await cyd.sees('You have been invited to a room. You will find it under “Join a room”.');
  await cyd.page.getByRole('link', { name: 'See the invitation' }).click();
  const place = cyd.page.getByRole('region', { name: 'Your invitations' });
  await place.getByRole('listitem').nth(1).waitFor();
  await place.getByText('valid for 24 hours · free for you').first().waitFor();
  assert.equal(
    await cyd.page.getByLabel('Invitation link', { exact: true }).count(),
    1,
    'there the link is pasted',
  );
  await ana.seed.call('DELETE', `chatrooms/${other}`);
  await set.server.run('user', 'prime', cyd.userId, '--withdraw');
  await place.getByText('This room has been closed for good.').waitFor();
  await place.getByText('valid for 24 hours · free for you').waitFor();

  await place.getByRole('link').nth(1).click();
  await cyd.sees('You have been invited to this room.');
  await cyd.sees('Its owner has a link for you, which replaces the password.');
  await cyd.fill('Room password', 'open sesame');
  await cyd.press('Join for free');
  await cyd.page.getByRole('heading', { name: 'Den' }).waitFor();
  await cyd.page.getByRole('link', { name: 'Join a room' }).first().click();
  await place.getByText('This room has been closed for good.').waitFor();
  assert.equal(await place.getByRole('listitem').count(), 1, 'the other is used');
  assert.deepEqual(cyd.troubles, []);
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`sharing and invitations are accessible: ${look}`, async () => {
    const ana = await set.member('Ana', { prime: true, ...options });
    const [cyd, dee] = [await set.member('Cyd', { prime: true, ...options }), await set.member('Dee')];
    const roomId = (await create(ana, 'Den')).split('/').at(-1) ?? '';
    const offer = ana.page.getByRole('region', { name: 'Let others in' });
    await offer.waitFor();
    await passes(ana, 'an empty room');
    await ana.press('QR code', offer);
    await ana.dialog.getByRole('img', { name: 'QR code of the link' }).waitFor();
    await passes(ana, 'sharing');
    await ana.escape();
    for (const friend of [cyd, dee]) {
      await friend.seed.join(roomId);
      await befriend(ana, friend);
      await friend.seed.call('POST', `chatrooms/${roomId}/leave`);
    }
    await cyd.goto('/');
    await cyd.online();
    if (look === 'phone') {
      await ana.press('Members');
      await ana.opens('Members');
    }
    await ana.press('Invite');
    await ana.press('Invite Cyd', ana.dialog);
    await ana.sees('Give this link to Cyd.', ana.dialog);
    await ana.dialog.getByRole('button', { name: 'Revoke the invitation for Cyd' }).waitFor();
    await passes(ana, 'inviting');
    await cyd.page.getByRole('link', { name: 'See the invitation' }).click();
    await cyd.sees('free for you');
    await passes(cyd, 'invited');
  });
}
