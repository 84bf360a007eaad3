// A browser whose storage is blocked, full or damaged.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { EXECUTABLE, fixture, Person, QUIET } from './support/people.js';

const set = fixture();

/**
 * What can be done where nothing is kept: everything, until the page is closed.
 * @param {Person} person
 */
async function livesThrough(person) {
  const { page } = person;
  person.seed = await set.server.account(person.userId, { name: 'Ana', prime: true });
  await person.seed.room('Den');
  await page.goto('/');
  await person.sees('Your browser does not store anything for this page');
  await person.signIn();
  await page.getByRole('link', { name: 'Den' }).click();
  await person.online();
  await person.say('hello');
  await person.hears(['hello']);
  await person.messageBox.fill('not yet');
  await page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await person.page.getByText('Dark', { exact: true }).click();
  await page.getByRole('link', { name: 'Den' }).click();
  await person.composes('not yet');
  await set.server.kill();
  await person.sees('Keep this page open until then.');
  await set.server.restart();
  await person.online();
  await page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await person.press('Sign out here');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(person.troubles, []);
}

/** @type {Record<string, () => void>} */
const FAULTS = {
  'cannot be looked at': () => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  },
  'cannot be read': () => {
    Storage.prototype.getItem = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  },
  'is full': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  },
};

for (const [fault, breakIt] of Object.entries(FAULTS)) {
  test(`the client works with storage that ${fault}`, async () => {
    const person = await set.visitor('Ana');
    await person.context.addInitScript(breakIt);
    await livesThrough(person);
  });
}

test('the client works in a browser that blocks cookies', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'hexroom-profile-'));
  await mkdir(join(profile, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: QUIET,
    baseURL: set.server.url,
    reducedMotion: 'reduce',
  });
  try {
    const person = new Person('Ana', set.fresh('ana'), context, await context.newPage());
    await person.goto('/');
    const denied = await person.page.evaluate(() => {
      try {
        return typeof localStorage;
      } catch (error) {
        return /** @type {Error} */ (error).name;
      }
    });
    assert.equal(denied, 'SecurityError');
    await livesThrough(person);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
});

test('the client starts and works with damaged storage', async () => {
  const junk = ['', '{', 'null', '[]', '7', '{"userId":7}', '\u0000', '{"text":{}}', 'x'.repeat(10_000)];
  const person = await set.visitor('Ana');
  person.seed = await set.server.account(person.userId, { name: 'Ana', prime: true });
  const roomId = await person.seed.room('Den');
  const { userId } = person;
  const keys = [
    'session',
    'device',
    'theme',
    'notifications',
    `unsent.${userId}.1`,
    `draft.${userId}.${roomId}`,
  ];
  for (const text of junk) {
    await person.goto('/sign-in');
    await person.page.evaluate(
      ([names, value]) => {
        for (const name of names) localStorage.setItem(`hexroom.${name}`, String(value));
        sessionStorage.setItem('hexroom.invitation', String(value));
      },
      /** @type {[string[], string]} */ ([keys, text]),
    );
    await person.reload();
    await person.signIn();
    await person.open(roomId);
    await person.composes('', text);
    await person.page.evaluate(() => localStorage.clear());
  }
  assert.deepEqual(person.troubles, []);
});
