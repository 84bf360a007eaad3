// The list of rooms lives: it begins where something happened last, and shows what was said there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture, gate } from './support/people.js';
import { PASSWORD } from './support/server.js';

const set = fixture();

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Ana in three rooms of her own, the newest first, with Bob. @param {object} [options] */
async function home(options = {}) {
  const ana = await set.member('Ana', { prime: true, ...options });
  const bobId = set.fresh('bob');
  const bob = await set.server.account(bobId, { name: 'Bob', prime: true });
  const ids = [];
  for (const name of ['Attic', 'Barn', 'Cellar']) {
    const roomId = await ana.seed.room(name);
    await bob.join(roomId);
    ids.push(roomId);
  }
  return { ana, bob, bobId, ids };
}

/** Where the client asks for the list. @param {URL} url */
const LIST = ({ pathname }) => pathname.endsWith('/chatrooms');

/** @param {import('./support/people.js').Person} person */
async function signOut(person) {
  await person.page
    .locator('hex-sidebar')
    .getByRole('link', { name: /^Settings of/ })
    .click();
  await person.press('Sign out here');
  await person.sees('Welcome back.');
}

/** @param {import('./support/people.js').Person} person */
const rows = ({ page }) => page.getByRole('navigation', { name: 'Rooms' }).getByRole('link');

/** Waits until the list shows these, one a row. @param {import('./support/people.js').Person} person @param {RegExp[]} wanted */
async function lists(person, wanted) {
  for (const [place, words] of wanted.entries())
    await rows(person).nth(place).filter({ hasText: words }).waitFor();
}

test('the room in which something happened last is first, with its last words', async () => {
  const { ana, bob, ids } = await home();
  const [attic, barn, cellar] = ids;
  await ana.seed.say(attic, 'mine');
  await ana.open(barn);
  await lists(ana, [/Attic.*You: mine/, /Cellar.*No messages yet/, /Barn.*No messages yet/]);
  await bob.say(cellar, 'down here');
  await lists(ana, [/Cellar.*Bob: down here/, /Attic/, /Barn/]);
  await ana.say('and here');
  await lists(ana, [/Barn.*You: and here/, /Cellar/, /Attic/]);
  assert.match((await rows(ana).first().locator('time').textContent()) ?? '', /^\d\d:\d\d$/);

  const { items } = await bob.call('GET', `chatrooms/${cellar}/messages`);
  await bob.call('PATCH', `chatrooms/${cellar}/messages/${items[0].messageId}`, { body: 'up there' });
  await lists(ana, [/Cellar.*Bob: up there/, /Barn/, /Attic/]);
  await bob.say(cellar, 'second');
  await rows(ana).filter({ hasText: 'Bob: second' }).waitFor();
  const newest = (await bob.call('GET', `chatrooms/${cellar}/messages`)).items.at(-1);
  await bob.call('DELETE', `chatrooms/${cellar}/messages/${newest.messageId}`);
  await lists(ana, [/Cellar.*Bob: up there/, /Barn/, /Attic/]);
  await ana.reload();
  await lists(ana, [/Cellar.*Bob: up there/, /Barn.*You: and here/, /Attic.*You: mine/]);
});

test('a press while the list is about to move is a click on what was pressed', async () => {
  const { ana, bob, ids } = await home();
  const { page } = ana;
  const [attic, barn] = ids;
  await ana.open(attic);
  const target = rows(ana).filter({ hasText: 'Cellar' });
  const place = () =>
    rows(ana).evaluateAll((links) => links.map((link) => link.querySelector('bdi')?.textContent));
  const before = await place();
  await target.hover();
  await page.mouse.down();
  await bob.say(barn, 'moves up');
  await rows(ana).filter({ hasText: 'moves up' }).waitFor();
  assert.deepEqual(await place(), before);
  await page.mouse.up();
  await page.getByRole('heading', { name: 'Cellar' }).waitFor();
  await rows(ana).first().filter({ hasText: 'Barn' }).waitFor();
  // The focus goes with its row.
  await rows(ana).last().focus();
  const focused = await rows(ana).last().getAttribute('href');
  await bob.say(focused?.split('/').at(-1) ?? '', 'from below');
  await rows(ana).first().filter({ hasText: 'from below' }).waitFor();
  await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('href')), focused);
});

test('a menu on the list does not hold it', async () => {
  const { ana, bob, ids } = await home();
  const { page } = ana;
  await ana.open(ids[0]);
  const target = rows(ana).filter({ hasText: 'Cellar' });
  await target.hover();
  // The browser's menu takes the release for itself.
  await page.mouse.down({ button: 'right' });
  await bob.say(ids[1], 'moves up');
  await lists(ana, [/Barn.*moves up/, /Cellar/, /Attic/]);
  await page.mouse.up({ button: 'right' });
  await target.evaluate((row) => {
    row.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0, ctrlKey: true }));
    row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, ctrlKey: true }));
  });
  await bob.say(ids[2], 'moves up too');
  await lists(ana, [/Cellar.*moves up too/, /Barn/, /Attic/]);
});

test('a room is found by its name with the keyboard alone', async () => {
  const { ana, bob, ids } = await home();
  const { page } = ana;
  await ana.open(ids[0]);
  await ana.messageBox.focus();
  await page.keyboard.press('Control+k');
  const field = ana.dialog.getByRole('combobox', { name: 'Room' });
  await field.and(page.locator(':focus')).waitFor();
  const active = () =>
    field.evaluate(
      (input) => document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.textContent,
    );
  const options = ana.dialog.getByRole('option');
  await becomes(() => options.locator('.room-name').allTextContents(), ['Cellar', 'Barn', 'Attic']);
  assert.match((await active()) ?? '', /^Cellar/);
  await page.keyboard.press('ArrowDown');
  assert.match((await active()) ?? '', /^Barn/);
  assert.equal(await options.nth(1).getAttribute('aria-selected'), 'true');
  // What is chosen stays so while the list moves.
  await bob.say(ids[0], 'hello');
  await options.filter({ hasText: 'Bob: hello' }).waitFor();
  assert.match((await active()) ?? '', /^Barn/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.match((await active()) ?? '', /^Attic/);
  await page.keyboard.type('bÁR');
  await options.nth(1).waitFor({ state: 'detached' });
  assert.match((await active()) ?? '', /^Barn/);
  await page.keyboard.type('xyz');
  await ana.sees('No room of yours is called that.', ana.dialog);
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Barn' }).waitFor();
  await page.locator('dialog').waitFor({ state: 'detached' });

  await ana.press('Go to a room');
  await ana.dialog.getByRole('option', { name: /^Cellar/ }).click();
  await page.getByRole('heading', { name: 'Cellar' }).waitFor();
  assert.deepEqual(ana.troubles, []);
});

test('the list to choose from opens once, however often it is asked for while it is loaded', async () => {
  const { ana, ids } = await home();
  const { page } = ana;
  const held = gate();
  await page.route('**/switcher.js', async (route) => {
    await held.opened;
    await route.continue();
  });
  await ana.open(ids[0]);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+k');
  held.open();
  await ana.dialog.getByRole('combobox', { name: 'Room' }).waitFor();
  assert.equal(await page.locator('dialog').count(), 1);
});

test('the client opens with the room that was open last, and only for that account', async () => {
  const { ana, bobId, ids } = await home();
  const { page } = ana;
  await ana.open(ids[1]);
  await ana.goto('/');
  await page.getByRole('heading', { name: 'Barn', level: 1 }).waitFor();
  // Back leads to the list, and who went there comes back to it.
  await page.goBack();
  await page.getByRole('heading', { name: 'Choose a room' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Choose a room' }).waitFor();

  // Without a sign-out it is remembered, while another account uses the browser too.
  await ana.open(ids[2]);
  await page.evaluate(() => localStorage.removeItem('hexroom.session'));
  await ana.goto('/sign-in');
  const { userId } = ana;
  ana.userId = bobId;
  await ana.signIn();
  await page.getByRole('heading', { name: 'Choose a room' }).waitFor();
  await rows(ana).filter({ hasText: 'Cellar' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  await signOut(ana);
  ana.userId = userId;
  await ana.signIn();
  await page.waitForURL((url) => url.pathname === `/rooms/${ids[2]}`);
  await page.getByRole('heading', { name: 'Cellar', level: 1 }).waitFor();

  await signOut(ana);
  assert.equal(
    await page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith('hexroom.room'))),
    false,
  );
  await ana.signIn();
  await page.getByRole('heading', { name: 'Choose a room' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
});

test('an account that goes to the list before its rooms are known stays there', async () => {
  const { ana, ids } = await home();
  const { page } = ana;
  await ana.open(ids[1]);
  const held = gate();
  await page.route(LIST, async (route) => {
    await held.opened;
    await route.continue();
  });
  await ana.goto('/');
  const sidebar = page.locator('hex-sidebar');
  await sidebar.getByRole('link', { name: 'Join a room' }).click();
  await page.getByRole('heading', { name: 'Join a room' }).waitFor();
  await sidebar.locator('.home-link').click();
  held.open();
  await page.getByRole('heading', { name: 'Choose a room' }).waitFor();
  await rows(ana).nth(2).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
});

test('an account that signs in again is back in its last room, even if the list of rooms never came before', async () => {
  const { ana, ids } = await home();
  const { page } = ana;
  await ana.open(ids[1]);
  await page.evaluate(() => localStorage.removeItem('hexroom.session'));
  await page.route(LIST, () => {});
  await ana.goto('/sign-in');
  await ana.fill('User id', ana.userId);
  await ana.fill('Password', PASSWORD);
  await ana.press('Sign in');
  await ana.sees('Loading…');
  await page.goto('about:blank');
  await page.unroute(LIST);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Barn', level: 1 }).waitFor();
});

test('on a phone the way back tells what is unread elsewhere', async () => {
  const { ana, bob, ids } = await home(PHONE);
  await ana.open(ids[0]);
  const back = ana.page.getByRole('link', { name: /^Back to the rooms/ });
  await back.and(ana.page.getByRole('link', { name: 'Back to the rooms', exact: true })).waitFor();
  await bob.say(ids[1], 'one');
  await bob.say(ids[2], 'two');
  await ana.page.getByRole('link', { name: 'Back to the rooms 2 unread messages elsewhere' }).waitFor();
  await back.tap();
  await lists(ana, [/Cellar/, /Barn/, /Attic/]);
});
