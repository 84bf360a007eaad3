// The main journey: sign up, create a room, join, pay, talk, invite, make friends, and manage the room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

test('three people sign up, take seats in a room and talk', async () => {
  const { server } = set;
  const ana = await set.visitor('Ana');
  await ana.goto('/');
  await ana.page.getByRole('link', { name: 'Create an account' }).click();
  await ana.fill('Name', 'Ana');
  await ana.fill('User id', ana.userId);
  await ana.fill('Phone', '+49 151 2345678');
  await ana.fill('Password', PASSWORD);
  await ana.press('Create account');
  await ana.sees('Welcome, Ana');
  await ana.sees('What is prime?');

  await ana.page.getByRole('link', { name: 'Create', exact: true }).click();
  await ana.sees('Only prime members can create rooms.');
  await server.run('user', 'prime', ana.userId);
  await ana.reload();
  await ana.fill('Name', 'Climbing');
  await ana.fill('Room password', 'belay on');
  await ana.press('Create room');
  await ana.page.getByRole('heading', { name: 'Climbing' }).waitFor();
  await ana.sees('There are no messages yet.');
  const roomId = ana.page.url().split('/').at(-1) ?? '';

  const bob = await set.member('Bob', { coins: 200 });
  const cyd = await set.member('Cyd');
  for (const guest of [bob, cyd]) {
    await guest.goto('/');
    await guest.page.getByRole('main').getByRole('link', { name: 'Join a room' }).click();
    await guest.sees('Your first room is free.', guest.page.locator('.price'));
    await guest.fill('Room id', roomId);
    await guest.fill('Room password', 'belay on');
    await guest.press('Join for free');
    await guest.sees('You are in, and it was free.');
    await guest.page.getByRole('heading', { name: 'Climbing' }).waitFor();
  }
  await ana.sees('Cyd joined');
  await ana.page.locator('.room-head').getByRole('img', { name: '3 of 6 seats taken' }).waitFor();

  await bob.say('Saturday at nine?');
  await ana.say('Nine it is.');
  await cyd.say('I bring the rope 🧗');
  for (const person of [ana, bob, cyd]) {
    await person.hears(['Saturday at nine?', 'Nine it is.', 'I bring the rope 🧗']);
    assert.deepEqual(person.troubles, []);
  }
  await ana.sees('Seen by everyone', ana.message('Nine it is.'));
  await bob.sees('Seen by everyone', bob.message('Saturday at nine?'));
});

test('typing, presence and unread counts are shown as they change', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await ana.open(roomId);
  await bob.open(roomId);
  await ana.page
    .getByRole('complementary')
    .locator('[data-user]', { hasText: 'Bob' })
    .getByText('online')
    .waitFor();

  await bob.messageBox.pressSequentially('Hm');
  await ana.sees('Bob is typing…');
  await bob.messageBox.press('Enter');
  await ana.message('Hm').waitFor();
  await ana.page.getByText('Bob is typing…').waitFor({ state: 'detached' });

  await ana.page.getByRole('link', { name: 'Coins' }).click();
  await bob.say('Are you there?');
  await bob.say('Ana?');
  await ana.page.getByRole('link', { name: 'Den' }).getByText('2 unread messages').waitFor();
  await ana.page.waitForFunction(() => document.title.startsWith('(2) '));
  await bob.message('Ana?').getByText('Sent', { exact: true }).waitFor();
  await ana.page.getByRole('link', { name: 'Den' }).click();
  await ana.page.locator('.divider.new').waitFor();
  await bob.sees('Seen by Ana', bob.message('Ana?'));
  await ana.page.waitForFunction(() => document.title === 'Den · Hexroom');
  await bob.context.close();
  await ana.page.getByRole('complementary').getByText('offline').waitFor();
});

test('a message is edited and deleted for everybody', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await ana.open(roomId);
  await bob.open(roomId);
  await bob.say('Nien it is');
  for (const person of [ana, bob]) await person.hears(['Nien it is']);

  await bob.message('Nien it is').hover();
  await bob.press('Edit', bob.message('Nien it is'));
  await bob.messageBox.fill('Nine it is');
  await bob.messageBox.press('Enter');
  await ana.hears(['Nine it is']);
  await ana.sees('edited', ana.message('Nine it is'));
  assert.equal(
    await ana.message('Nine it is').getByRole('button', { name: 'Edit' }).count(),
    0,
    'it is not hers',
  );

  await ana.message('Nine it is').hover();
  await ana.press('Delete', ana.message('Nine it is'));
  await ana.press('Delete', ana.dialog);
  await bob.hears(['This message was deleted.']);
  await bob.reload();
  await bob.hears(['This message was deleted.']);
});

test('the price is shown before it is paid, and the new balance after', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob', { coins: 200 })];
  const [first, second, third] = [
    await ana.seed.room('One'),
    await ana.seed.room('Two'),
    await ana.seed.room('Three'),
  ];
  await bob.seed.join(first);

  await bob.goto('/join');
  await bob.sees('This will cost 150 coins; you have 200 coins and will have 50 coins left.');
  await bob.fill('Room id', second);
  await bob.fill('Room password', 'open sesame');
  await bob.press('Join for 150 coins');
  await bob.sees('You paid 150 coins and have 50 coins left.');
  await bob.page
    .getByRole('link', { name: /^Coins/ })
    .getByText('50', { exact: true })
    .waitFor();

  await bob.goto('/join');
  await bob.sees('This costs 150 coins, but you have only 50 coins: you are 100 coins short.');
  await bob.fill('Room id', third);
  await bob.fill('Room password', 'open sesame');
  await bob.press('Join for 150 coins');
  await bob.sees('This room costs 150 coins and you have 50 coins.');
  await bob.page.getByRole('link', { name: /^Coins/ }).click();
  await bob.sees('Joined Two');
  await bob.page.getByRole('main').getByRole('link', { name: 'Two' }).click();
  await bob.page.getByRole('heading', { name: 'Two' }).waitFor();
  await bob.page.goBack();
  await bob.sees('Joined Two');
  assert.deepEqual(await bob.page.locator('tbody .number').allTextContents(), ['−150', '50', '+200', '200']);
});

test('a changed price is shown before anything is paid', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob', { coins: 200 })];
  const [first, second] = [await ana.seed.room('One'), await ana.seed.room('Two')];
  await bob.goto('/join');
  await bob.fill('Room id', second);
  await bob.fill('Room password', 'open sesame');
  await bob.sees('Your first room is free.');
  await bob.seed.join(first);
  await bob.press('Join for free');
  await bob.sees('The price has changed.');
  assert.equal((await bob.seed.call('GET', 'me')).availCoins, 200);
  await bob.press('Join for 150 coins');
  await bob.sees('You paid 150 coins');
});

test('coming back to a room is free, and the screen says so', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob', { coins: 10 })];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await bob.open(roomId);
  await bob.press('Leave the room');
  await bob.press('Leave', bob.dialog);
  await bob.sees('Welcome, Bob');
  await bob.goto('/join');
  await bob.fill('Room id', roomId);
  await bob.fill('Room password', 'open sesame');
  await bob.sees('You have been in this room before, so coming back is free.');
  await bob.press('Join for free');
  await bob.page.getByRole('heading', { name: 'Den' }).waitFor();
});

test('an invitation link lets one prime member in, once, and no server sees its token', async () => {
  const [ana, cyd] = [await set.member('Ana', { prime: true }), await set.visitor('Cyd')];
  cyd.seed = await set.server.account(cyd.userId, { name: 'Cyd', prime: true });
  const roomId = await ana.seed.room('Den');
  await ana.open(roomId);
  await ana.press('Invite');
  await ana.fill('User id', cyd.userId, ana.dialog);
  await ana.press('Create invitation', ana.dialog);
  await ana.press('Copy invitation link', ana.dialog);
  await ana.sees('Invitation link copied.');
  const link = await ana.page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#\/invite\/[\w-]{40,}$/);

  /** @type {string[]} */
  const requested = [];
  cyd.page.on('request', (request) => requested.push(request.url()));
  await cyd.goto(link);
  await cyd.sees('You have been invited to a room.');
  assert.ok(!cyd.page.url().includes('invite'), 'the address keeps no token');
  await cyd.signIn();
  await cyd.sees('You are a prime member, so joining is free.');
  await cyd.press('Join for free');
  await cyd.page.getByRole('heading', { name: 'Den' }).waitFor();
  const token = link.split('/').at(-1) ?? '';
  assert.ok(requested.length > 0 && requested.every((url) => !url.includes(token)));

  await cyd.goto('/join');
  await cyd.press('Invitation');
  await cyd.fill('Invitation link', link);
  await cyd.press('Join for free');
  await cyd.sees('You are already in this room. You paid nothing.');
});

test('an invitation can be revoked', async () => {
  const [ana, cyd] = [await set.member('Ana', { prime: true }), await set.member('Cyd', { prime: true })];
  const roomId = await ana.seed.room('Den');
  const { token } = await ana.seed.call('POST', `chatrooms/${roomId}/invitations`, { userId: cyd.userId });
  await ana.open(roomId);
  await ana.press('Invite');
  await ana.press('Revoke the invitation for Cyd', ana.dialog);
  await ana.dialog.getByText('Open invitations').waitFor({ state: 'detached' });
  await cyd.goto(`/#/invite/${token}`);
  await cyd.press('Join for free');
  await cyd.sees('The room’s owner revoked this invitation.');
});

test('two who have shared a room become friends', async () => {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await ana.goto('/');
  await ana.online();
  await bob.open(roomId);
  await bob.page.getByRole('complementary').locator('[data-user]', { hasText: 'Ana' }).click();
  await bob.press('Send friend request', bob.dialog);
  await bob.sees('You have sent a friend request.');

  await ana.page.getByRole('link', { name: 'Friends' }).getByText('1', { exact: true }).waitFor();
  await ana.page.getByRole('link', { name: 'Friends' }).click();
  await ana.press('Accept');
  await ana.sees('Your friends');
  await bob.goto('/friends');
  await bob.sees('Your friends');
  await bob.page.getByRole('main').getByRole('button', { name: /Ana/ }).click();
  await bob.press('Remove friend', bob.dialog);
  await bob.sees('Send friend request', bob.dialog);
  await ana.sees('No friends yet');
});

test('one sees whom one has blocked, and unblocks them', async () => {
  const [ana, bob] = [await set.member('Ana'), await set.member('Bob')];
  await ana.goto('/friends');
  await ana.sees('No friends yet');
  const heading = ana.page.getByRole('heading', { name: 'Blocked' });
  assert.equal(await heading.count(), 0);
  await ana.fill('User id', bob.userId);
  await ana.press('Show profile');
  await ana.press('Block', ana.dialog);
  await ana.press('Block', ana.dialog);
  await ana.sees('Bob is blocked.');
  await ana.press('Unblock', ana.dialog);
  await ana.dialog.getByRole('button', { name: 'Block', exact: true }).waitFor();
  await heading.waitFor({ state: 'detached' });

  await ana.seed.call('PUT', `blocks/${bob.userId}`);
  await ana.reload();
  await heading.waitFor();
  await bob.goto('/friends');
  await bob.sees('No friends yet');
  assert.equal(await bob.page.getByText('Blocked').count(), 0);
  await ana.press('Unblock Bob');
  await heading.waitFor({ state: 'detached' });
});

test('the owner renames, locks, removes, hands over and closes', async () => {
  const [ana, bob, cyd] = [
    await set.member('Ana', { prime: true }),
    await set.member('Bob'),
    await set.member('Cyd', { prime: true }),
  ];
  const roomId = await ana.seed.room('Den');
  for (const guest of [bob, cyd]) {
    await guest.seed.join(roomId);
    await guest.open(roomId);
  }
  await ana.open(roomId);

  await ana.press('Manage the room');
  await ana.fill('Name', 'Lair', ana.dialog);
  await ana.press('Save', ana.dialog);
  await bob.page.getByRole('heading', { name: 'Lair' }).waitFor();
  await bob.sees('Ana renamed the room to “Lair”');
  await ana.fill('Topic', 'Who cooks on Thursday', ana.dialog);
  await ana.press('Save', ana.dialog);
  await bob.sees('Who cooks on Thursday', bob.page.locator('.room-head'));
  await bob.sees('Ana changed the topic to “Who cooks on Thursday”');
  await ana.fill('Topic', 'o'.repeat(251), ana.dialog);
  await ana.press('Save', ana.dialog);
  await ana.sees('A topic has at most 250 characters', ana.dialog);
  await ana.fill('Topic', '', ana.dialog);
  await ana.press('Save', ana.dialog);
  await bob.sees('Ana removed the topic');
  await bob.page.locator('.room-head .topic').waitFor({ state: 'detached' });
  await ana.dialog.getByRole('switch').click();
  await ana.press('Save', ana.dialog);
  await bob.sees('Locked', bob.page.locator('.room-head'));
  await ana.press('Close', ana.dialog.locator('.dialog-head'));

  await ana.press('Remove Bob');
  await ana.opens('Remove Bob?');
  await ana.dialog.getByRole('switch').check();
  await ana.press('Remove', ana.dialog);
  await bob.sees('Lair: The room’s owner has banned this account.');
  await bob.sees('You are banned from this room');

  await ana.press('Manage the room');
  await ana.sees(`${bob.userId} · since `, ana.dialog);
  await ana.press('Lift the ban of Bob', ana.dialog);
  await ana.sees('Bob may join again.');
  await ana.sees('Nobody is banned.', ana.dialog);
  await ana.press('Hand over', ana.dialog);
  await ana.press('Hand over', ana.dialog);
  await ana.sees('The room has a new owner.');
  await cyd.press('Manage the room');
  await cyd.press('Close the room', cyd.dialog);
  await cyd.press('Close for good', cyd.dialog);
  await ana.sees('This room has been closed for good.');
  await ana.sees('This room is closed');
});

test('an admin makes prime members and gives coins, and both show at once', async () => {
  const [root, bob] = [await set.member('Root'), await set.member('Bob')];
  await set.server.run('user', 'admin', root.userId);
  await bob.goto('/');
  await bob.online();
  await root.goto('/friends');
  await root.fill('User id', bob.userId);
  await root.press('Show profile');
  await root.fill('Coins', '70', root.dialog);
  await root.press('Give coins', root.dialog);
  await bob.page
    .getByRole('link', { name: /^Coins/ })
    .getByText('70', { exact: true })
    .waitFor();
  await root.press('Make a prime member', root.dialog);
  await bob.sees('Create a room of your own');
});

test('one can sign out other devices and change one’s name', async () => {
  const ana = await set.member('Ana');
  const other = await set.visitor('Ana');
  other.userId = ana.userId;
  await other.goto('/');
  await other.signIn();

  await ana.goto('/settings');
  const devices = ana.page.locator('.section', { hasText: 'Devices' });
  await devices.getByRole('listitem').nth(2).waitFor();
  const theirs = await other.page.evaluate(() => localStorage.getItem('hexroom.device')?.split('-').at(-1));
  await ana.press(`Sign out Chrome on Linux (${theirs})`);
  await other.sees('You have been signed out.');
  await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();

  await ana.fill('Name', 'Anabel');
  await ana.press('Save');
  await ana.page.getByRole('navigation', { name: 'Places' }).getByText('Anabel').waitFor();
  await ana.press('Sign out here');
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(await ana.page.evaluate(() => Object.keys(localStorage)), ['hexroom.device']);
});
