// What operators do, as seen by the people concerned.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

test('a password link sets a new password, which works for signing in', async () => {
  const bob = await set.visitor('Bob');
  await set.server.account(bob.userId, { name: 'Bob' });
  const link = (await set.server.run('user', 'password-link', bob.userId)).trim().split('\n').pop() ?? '';
  await bob.goto(link);
  await becomes(async () => new URL(bob.page.url()).hash, '', 'the address keeps no secret');
  await bob.fill('New password', 'short');
  await bob.press('Set password');
  await bob.sees(/8 to 128 characters/);
  await bob.fill('New password', 'a new battery');
  await bob.press('Set password');
  await bob.sees('Your new password is set.');
  await bob.signIn('a new battery');

  const again = await set.visitor('Bob');
  await again.goto(link);
  await again.fill('New password', 'another battery');
  await again.press('Set password');
  await again.sees('This password link has been used or has expired.');
  assert.deepEqual([...bob.troubles, ...again.troubles], []);
});

test('prime is withdrawn after a question, and granted without one', async () => {
  const ana = await set.member('Ana');
  const bob = await set.server.account(set.fresh('bob'), { name: 'Bob' });
  const { userId } = await bob.call('GET', 'me');
  await set.server.run('user', 'admin', ana.userId);
  await ana.goto('/friends');
  await ana.fill('User id', userId);
  await ana.press('Show profile');
  await ana.press('Make a prime member', ana.dialog);
  await ana.press('Withdraw prime', ana.dialog);
  const question = ana.page.getByRole('dialog', { name: 'Withdraw prime from Bob?' });
  await question.waitFor();
  assert.equal((await bob.call('GET', 'me')).prime, true);
  await ana.press('Withdraw prime', question);
  await ana.page.getByRole('button', { name: 'Make a prime member' }).waitFor();
  assert.equal((await bob.call('GET', 'me')).prime, false);
  assert.deepEqual(ana.troubles, []);
});

test('a suspended account is told so, at once and at each sign-in, until it is readmitted', async () => {
  const dan = await set.member('Dan');
  await dan.goto('/');
  await dan.online();
  await set.server.run('user', 'suspend', dan.userId, '--reason', 'spam');
  await dan.sees('This account is suspended.');
  await dan.fill('User id', dan.userId);
  await dan.fill('Password', PASSWORD);
  await dan.press('Sign in');
  await dan.sees('It keeps its seats and coins.', dan.page.getByRole('main'));
  await set.server.run('user', 'readmit', dan.userId);
  await dan.press('Sign in');
  await dan.online();
  assert.deepEqual(dan.troubles, []);
});
