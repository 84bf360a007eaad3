// The second factor, from the first scan to the last recovery code.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { codeOf, stepNow } from './support/authenticator.js';
import { fixture } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

/** The package is older than modules. @type {(pixels: Uint8ClampedArray, width: number, height: number) => {data: string} | null} */
const readQrCode = createRequire(import.meta.url)('jsqr');

/** What a phone's camera would read. @param {import('playwright-core').Locator} picture */
async function scan(picture) {
  const png = (await picture.screenshot()).toString('base64');
  const { pixels, width, height } = await picture.page().evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { pixels: Array.from(data), width: bitmap.width, height: bitmap.height };
  }, png);
  return readQrCode(Uint8ClampedArray.from(pixels), width, height)?.data;
}

/** @param {import('./support/people.js').Person} person */
async function turnOn(person) {
  await person.goto('/settings');
  await person.press('Turn on');
  await person.fill('Password', PASSWORD, person.dialog);
  await person.press('Continue', person.dialog);
  const key = person.dialog.locator('.secret');
  await key.waitFor();
  return (await key.textContent())?.replaceAll(' ', '') ?? '';
}

/** @param {import('./support/people.js').Person} person @param {string} userId */
async function begin(person, userId) {
  await person.goto('/sign-in');
  await person.fill('User id', userId);
  await person.fill('Password', PASSWORD);
  await person.press('Sign in');
  await person.page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
}

const inside = (/** @type {import('./support/people.js').Person} */ { page }) =>
  page.getByRole('navigation', { name: 'Places' }).getByText('Coins').waitFor();

test('the second factor is turned on by a scan, asked for, replaced by a recovery code, and turned off', async () => {
  const ana = await set.member('Ana', { colorScheme: 'dark' });
  await ana.goto('/settings');
  await ana.press('Turn on');
  await ana.fill('Password', 'not this one', ana.dialog);
  await ana.press('Continue', ana.dialog);
  await ana.sees('The user id or password is wrong.', ana.dialog);
  await ana.escape();

  const secret = await turnOn(ana);
  const address = new URL((await scan(ana.dialog.locator('.qr'))) ?? '');
  assert.deepEqual([address.protocol, address.host], ['otpauth:', 'totp']);
  assert.equal(address.searchParams.get('secret'), secret);
  await ana.fill('Code', '000000', ana.dialog);
  await ana.press('Turn on', ana.dialog);
  await ana.sees('This code is wrong or has already been used.', ana.dialog);
  const usedStep = stepNow();
  await ana.fill('Code', codeOf(secret, usedStep), ana.dialog);
  await ana.press('Turn on', ana.dialog);
  const codes = ana.dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await codes.first().waitFor();
  const recoveryCodes = await codes.allTextContents();
  assert.equal(new Set(recoveryCodes).size, 10);
  await ana.press('Copy', ana.dialog);
  await ana.sees('Codes copied.');
  assert.equal(
    await ana.page.evaluate(() => navigator.clipboard.readText()),
    `${recoveryCodes.join('\n')}\n`,
  );
  const downloaded = ana.page.waitForEvent('download');
  await ana.dialog.getByRole('link', { name: 'Download' }).click();
  assert.equal((await downloaded).suggestedFilename(), 'hexroom-recovery-codes.txt');
  await ana.press('I have saved them', ana.dialog);
  await ana.sees('Signing in requires a code');
  // A closed dialog is removed a moment later, and has no role meanwhile.
  await ana.page.locator('dialog').waitFor({ state: 'detached' });
  assert.ok(!(await ana.page.content()).includes(recoveryCodes[0]));
  assert.deepEqual(ana.troubles, []);

  const elsewhere = await set.visitor('Ana');
  await begin(elsewhere, ana.userId);
  const code = elsewhere.page.getByLabel('Code', { exact: true });
  assert.deepEqual(
    [await code.getAttribute('autocomplete'), await code.getAttribute('inputmode')],
    ['one-time-code', 'numeric'],
  );
  await elsewhere.fill('Code', codeOf(secret, usedStep));
  await elsewhere.press('Sign in');
  await elsewhere.sees('This code is wrong or has already been used.');
  await elsewhere.fill('Code', codeOf(secret, Math.max(stepNow(), usedStep + 1)));
  await elsewhere.press('Sign in');
  await inside(elsewhere);

  const withoutPhone = await set.visitor('Ana');
  await begin(withoutPhone, ana.userId);
  await withoutPhone.press('Use a recovery code');
  await withoutPhone.fill('Recovery code', recoveryCodes[3]);
  await withoutPhone.press('Sign in');
  await inside(withoutPhone);
  await withoutPhone.goto('/settings');
  await withoutPhone.press('Turn off');
  await withoutPhone.fill('Password', PASSWORD, withoutPhone.dialog);
  await withoutPhone.press('Turn off', withoutPhone.dialog);
  await withoutPhone.sees('Two-factor sign-in is off.');
  const later = await set.visitor('Ana');
  later.userId = ana.userId;
  await later.goto('/sign-in');
  await later.signIn();
});

test('a recovery code is good once', async () => {
  const ana = await set.member('Ana');
  const secret = await turnOn(ana);
  await ana.fill('Code', codeOf(secret), ana.dialog);
  await ana.press('Turn on', ana.dialog);
  const codes = ana.dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  const [code] = await codes
    .first()
    .waitFor()
    .then(() => codes.allTextContents());
  for (const isGood of [true, false]) {
    const elsewhere = await set.visitor('Ana');
    await begin(elsewhere, ana.userId);
    await elsewhere.press('Use a recovery code');
    await elsewhere.fill('Recovery code', code);
    await elsewhere.press('Sign in');
    if (isGood) await inside(elsewhere);
    else await elsewhere.sees('This code is wrong or has already been used.');
  }
});
