// No screen breaks a rule of WCAG 2.2 AA that a machine can check, in the light, in the dark or on a phone.

import { test } from 'node:test';
import { codeOf } from './support/authenticator.js';
import { LOOKS, passes } from './support/axe.js';
import { fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

for (const [look, options] of Object.entries(LOOKS)) {
  test(`every screen is accessible: ${look}`, async () => {
    const visitor = await set.visitor('Eve', options);
    await visitor.goto('/sign-in');
    await visitor.sees('Welcome back.');
    await passes(visitor, 'sign in');
    await visitor.goto('/sign-up');
    await visitor.press('Create account');
    await visitor.sees('Please correct the marked fields.');
    await passes(visitor, 'sign up, refused');

    const [ana, bob] = [
      await set.member('Ana', { prime: true, ...options }),
      await set.member('Bob', { coins: 500 }),
    ];
    await ana.goto('/');
    await ana.sees('Create a room of your own');
    await passes(ana, 'welcome');
    const roomId = await ana.seed.room('Den');
    await bob.seed.join(roomId);
    await bob.seed.say(roomId, 'hello https://example.org');
    await bob.seed.call('POST', 'friend-requests', { userId: ana.userId });
    await ana.open(roomId);
    await ana.say('hi');
    await ana.hears(['hello https://example.org', 'hi']);
    await ana.message('hi').focus();
    await passes(ana, 'room');
    await ana.message('hello').focus();
    await ana.press('Delete', ana.message('hello'));
    await ana.opens('Delete this message?');
    await passes(ana, 'question');
    await ana.escape();
    await ana.page.keyboard.press('Control+k');
    await ana.dialog.getByRole('option', { name: /Den/ }).waitFor();
    await passes(ana, 'going to a room');
    await ana.escape();

    if (look === 'phone') {
      await ana.press('Members');
      await ana.opens('Members');
    }
    await ana.press('Manage the room');
    await ana.sees('Close the room', ana.dialog);
    await passes(ana, 'room tools');
    await ana.escape();
    await ana.press('Invite');
    await ana.sees('Of a prime member.', ana.dialog);
    await passes(ana, 'invitations');
    await ana.escape();

    for (const [path, words] of [
      ['/join', 'Room password'],
      ['/create', 'Create room'],
      ['/friends', 'Friend requests'],
      ['/coins', 'No transfers yet'],
      ['/settings', 'This browser'],
      ['/shortcuts', 'Next room'],
      ['/', 'Den'],
      ['/nowhere', 'There is nothing here'],
    ]) {
      await (path === '/' ? ana.goToRooms() : ana.goto(path));
      await ana.sees(words);
      await passes(ana, path);
    }
    await ana.goto('/settings');
    await ana.press('Turn on');
    await ana.fill('Password', PASSWORD, ana.dialog);
    await ana.press('Continue', ana.dialog);
    await ana.sees('Scan this', ana.dialog);
    await passes(ana, 'second factor, to scan');
    const secret = (await ana.dialog.locator('.secret').textContent()) ?? '';
    await ana.fill('Code', codeOf(secret), ana.dialog);
    await ana.press('Turn on', ana.dialog);
    await ana.dialog.getByRole('list', { name: 'Recovery codes' }).waitFor();
    await passes(ana, 'recovery codes');
    await visitor.goto('/sign-in');
    await visitor.fill('User id', ana.userId);
    await visitor.fill('Password', PASSWORD);
    await visitor.press('Sign in');
    await visitor.page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    await passes(visitor, 'second factor, asked for');
    await ana.goto('/friends');
    await ana.page.getByRole('main').getByRole('button', { name: /Bob/ }).click();
    await ana.sees('They have sent you a friend request.', ana.dialog);
    await passes(ana, 'profile');
  });
}
