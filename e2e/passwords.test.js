// Password managers recognise logins, and do not mistake shared passwords for one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

/**
 * The login that a browser sees in a part of the page.
 * @param {import('playwright-core').Locator | import('playwright-core').Page} where
 */
function login(where) {
  return where
    .locator('input[type="password"], input[autocomplete="username"], input[autocomplete="one-time-code"]')
    .evaluateAll((inputs) => inputs.map((input) => input.getAttribute('autocomplete')));
}

/** @param {import('playwright-core').Locator} input */
const look = (input) =>
  input.evaluate((element) => ({
    type: element.getAttribute('type'),
    autocomplete: element.getAttribute('autocomplete'),
    masked: getComputedStyle(element).getPropertyValue('-webkit-text-security') === 'disc',
  }));

test('signing in, signing up and changing the password are forms that browsers know', async () => {
  const visitor = await set.visitor('Eve');
  await visitor.goto('/sign-in');
  await visitor.sees('Welcome back.');
  assert.deepEqual(await login(visitor.page), ['username', 'current-password']);
  await visitor.goto('/sign-up');
  await visitor.sees('Create an account');
  assert.deepEqual(await login(visitor.page), ['username', 'new-password']);

  const ana = await set.member('Ana');
  await ana.goto('/settings');
  await ana.sees('This browser');
  const change = ana.page.getByRole('form', { name: 'Change password' });
  assert.deepEqual(await login(change), ['username', 'current-password', 'new-password']);
  assert.equal(await change.locator('[autocomplete="username"]').inputValue(), ana.userId);
  await ana.press('Delete your account');
  assert.deepEqual(await login(await ana.opens('Delete your account')), ['username', 'current-password']);
});

test('a room’s password is masked, can be shown, and looks like no login to a browser', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  const passes = async (
    /** @type {import('playwright-core').Locator | import('playwright-core').Page} */ where,
    /** @type {string} */ label,
  ) => {
    const input = where.getByLabel(label, { exact: true });
    await input.fill('open sesame');
    assert.deepEqual(await look(input), { type: 'text', autocomplete: 'off', masked: true }, label);
    await ana.press(`Show ${label.toLowerCase()}`, where);
    assert.equal((await look(input)).masked, false);
    await ana.press(`Show ${label.toLowerCase()}`, where);
    assert.equal((await look(input)).masked, true);
    assert.deepEqual(await login(where), [], label);
  };
  await ana.goto('/join');
  await passes(ana.page, 'Room password');
  await ana.goto('/create');
  await passes(ana.page, 'Room password');
  await ana.open(roomId);
  await ana.press('Manage the room');
  await passes(ana.dialog, 'New password');
});

test('a password that was shown is hidden again before it is sent', async () => {
  const ana = await set.member('Ana');
  const other = await set.visitor('Ana');
  await other.goto('/sign-in');
  await other.fill('User id', ana.userId);
  await other.fill('Password', 'not this one');
  await other.press('Show password');
  const input = other.page.getByLabel('Password', { exact: true });
  assert.equal(await input.getAttribute('type'), 'text');
  await other.press('Sign in');
  await other.sees('The user id or password is wrong.');
  assert.equal(await input.getAttribute('type'), 'password');
});
