// Finding messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture, gate } from './support/people.js';

/** @import { Person } from './support/people.js' */
/** @import { Seed } from './support/server.js' */

const set = fixture();

/** Waits until so many messages are in the index, which is up to two seconds behind. @param {Seed} seed @param {string} q @param {number} count */
const indexed = (seed, q, count) =>
  becomes(async () => (await seed.call('GET', `search?q=${q}&limit=100`)).items.length, count);

/** @param {import('playwright-core').BrowserContextOptions} [options] of Ana's browser */
async function pair(options = {}) {
  const [ana, bob] = [await set.member('Ana', { prime: true, ...options }), await set.member('Bob Berg')];
  const den = await ana.seed.room('Den');
  const trip = await ana.seed.room('Winter trip');
  await bob.seed.join(den);
  return { ana, bob, den, trip };
}

/** @param {Person} person */
const field = ({ page }) => page.getByRole('combobox', { name: 'Search messages' });

/** @param {Person} person */
const hits = ({ page }) => page.getByRole('listbox', { name: 'Messages' }).getByRole('option');

/** What was found, in its order. @param {Person} person */
const texts = (person) => hits(person).locator('.hit-text').allTextContents();

/** @param {Person} person @param {string[]} expected */
const finds = (person, expected) => becomes(() => texts(person), expected);

/** Opens the search of all rooms. @param {Person} person */
async function search(person) {
  await person.press('Search messages');
  await field(person).waitFor();
}

/** @param {Person} person @param {string} text */
const marked = ({ page }, text) => page.locator('.message[data-marked]', { hasText: text });

test('words are found as they are typed, the newest message first', async () => {
  const { ana, bob, den, trip } = await pair();
  await bob.seed.say(den, 'Onion soup for lunch');
  await ana.seed.say(trip, 'A bowl of <b>Soup</b>');
  await ana.seed.say(trip, 'Something else');
  await ana.open(trip);
  await indexed(ana.seed, 'soup', 2);
  await search(ana);
  await ana.sees('before a day', ana.dialog);
  await field(ana).pressSequentially('sou');
  await finds(ana, ['A bowl of <b>Soup</b>', 'Onion soup for lunch']);
  assert.deepEqual(await hits(ana).locator('mark').allTextContents(), ['Soup', 'soup']);
  assert.deepEqual(
    await hits(ana)
      .locator('.hit-head')
      .allTextContents()
      .then((heads) => heads.map((head) => head.replace(/Today.*/, ''))),
    ['Youin Winter trip', 'Bob Bergin Den'],
  );
  await field(ana).fill('soup bowl');
  await finds(ana, ['A bowl of <b>Soup</b>']);
  await field(ana).fill('soup spoon');
  await ana.sees('No message has all of these words', ana.dialog);
  await field(ana).fill('');
  await ana.sees('before a day', ana.dialog);
  assert.deepEqual(ana.troubles, []);
});

test('what was just posted is found', async () => {
  const { ana, den } = await pair();
  await ana.open(den);
  await ana.say('A marmot!');
  await ana.hears(['A marmot!']);
  await ana.page.keyboard.press('Control+f');
  await field(ana).waitFor();
  assert.equal(await field(ana).inputValue(), 'in:Den ');
  await becomes(async () => {
    await field(ana).fill('');
    await field(ana).fill('marmot');
    await hits(ana).or(ana.dialog.getByText('No message has')).first().waitFor();
    return texts(ana);
  }, ['A marmot!']);
});

test('by keyboard a message in another room is chosen and shown there; Back leads to the results', async () => {
  const { ana, bob, den, trip } = await pair();
  await bob.seed.say(den, 'soup one');
  for (let number = 0; number < 80; number += 1) await bob.seed.say(den, `line ${number}`);
  await bob.seed.say(den, 'soup two');
  await ana.open(trip);
  await indexed(ana.seed, 'soup', 2);
  const { keyboard } = ana.page;
  await search(ana);
  await keyboard.type('soup');
  await finds(ana, ['soup two', 'soup one']);
  await hits(ana)
    .and(ana.page.locator('[aria-selected="true"]', { hasText: 'two' }))
    .waitFor();
  await keyboard.press('ArrowDown');
  await hits(ana)
    .and(ana.page.locator('[aria-selected="true"]', { hasText: 'one' }))
    .waitFor();
  await keyboard.press('Enter');
  await marked(ana, 'soup one').waitFor();
  await becomes(() => ana.page.locator('dialog').count(), 0);
  assert.equal(new URL(ana.page.url()).pathname, `/rooms/${den}`);
  assert.ok(await ana.page.evaluate(() => document.activeElement?.textContent?.includes('soup one')));

  await ana.page.goBack();
  await finds(ana, ['soup two', 'soup one']);
  assert.equal(await field(ana).inputValue(), 'soup');
  assert.equal(new URL(ana.page.url()).pathname, `/rooms/${trip}`);
  await hits(ana)
    .and(ana.page.locator('[aria-selected="true"]', { hasText: 'one' }))
    .waitFor();
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  await marked(ana, 'soup two').waitFor();

  await ana.page.goBack();
  await finds(ana, ['soup two', 'soup one']);
  await ana.escape();
  await ana.page.getByRole('heading', { name: 'Winter trip', level: 1 }).waitFor();
  assert.deepEqual(ana.troubles, []);
});

test('a message in the room that is open is shown there, and Back leads to the results', async () => {
  const { ana, bob, den } = await pair();
  await bob.seed.say(den, 'soup');
  for (let number = 0; number < 130; number += 1) await bob.seed.say(den, `line ${number}`);
  await ana.open(den);
  await indexed(ana.seed, 'soup', 1);
  await ana.press('Search this room');
  await field(ana).pressSequentially('soup');
  await finds(ana, ['soup']);
  await hits(ana).click();
  await marked(ana, 'soup').waitFor();
  await ana.page.goBack();
  await finds(ana, ['soup']);
  await ana.page.goForward();
  await becomes(() => ana.page.locator('dialog').count(), 0);
  await ana.messageBox.waitFor();
  assert.deepEqual(ana.troubles, []);
});

test('who wrote it, where and before which day narrow it down', async () => {
  const { ana, bob, den, trip } = await pair();
  await bob.seed.say(den, 'soup by Bob');
  await ana.seed.say(den, 'soup by Ana');
  await ana.seed.say(trip, 'soup on the way');
  await ana.open(den);
  await indexed(ana.seed, 'soup', 3);
  const { keyboard } = ana.page;
  await search(ana);
  await keyboard.type('soup from:');
  const people = ana.page.getByRole('listbox', { name: 'People' }).getByRole('option');
  await people.nth(1).waitFor();
  await keyboard.type('ber');
  await people.and(ana.page.getByRole('option', { name: 'Bob Berg', selected: true })).waitFor();
  await keyboard.press('Tab');
  assert.equal(await field(ana).inputValue(), `soup from:${bob.userId} `);
  await finds(ana, ['soup by Bob']);

  await field(ana).fill('from:"bob berg"');
  await finds(ana, ['soup by Bob']);
  await field(ana).fill('soup in:');
  await ana.page.getByRole('listbox', { name: 'Rooms' }).getByRole('option', { name: 'Winter trip' }).click();
  assert.equal(await field(ana).inputValue(), 'soup in:"Winter trip" ');
  await finds(ana, ['soup on the way']);
  await field(ana).fill('soup before:2020-01-01');
  await ana.sees('No message has all of these words', ana.dialog);
  await field(ana).fill('soup before:2999-12-31');
  await finds(ana, ['soup on the way', 'soup by Ana', 'soup by Bob']);
  for (const [text, words] of [
    ['soup before:yesterday', 'Type the day as year, month and day'],
    ['soup in:Attic', 'You are in no room called “Attic”.'],
    ['soup from:"Dora Dean"', 'Nobody you know is called “Dora Dean”.'],
    [`${'a '.repeat(17)}`, /words/],
  ]) {
    await field(ana).fill(/** @type {string} */ (text));
    await ana.dialog.getByRole('status').getByText(words).waitFor();
    assert.deepEqual(await texts(ana), [], String(text));
  }
  await field(ana).fill('soup from:');
  await people.first().waitFor();
  await keyboard.press('Escape');
  await people.first().waitFor({ state: 'detached' });
  await field(ana).waitFor();
  await ana.escape();
});

test('more come as one reads on, by keyboard or by scrolling', async () => {
  const { ana, bob, den } = await pair();
  for (let number = 0; number < 75; number += 1) await bob.seed.say(den, `soup ${number}`);
  await ana.open(den);
  await indexed(ana.seed, 'soup', 75);
  await search(ana);
  await field(ana).fill('soup');
  await becomes(() => hits(ana).count(), 30);
  await hits(ana).last().scrollIntoViewIfNeeded();
  await becomes(() => hits(ana).count(), 60);
  for (let step = 1; step < 75; step += 1) await ana.page.keyboard.press('ArrowDown');
  await becomes(() => hits(ana).count(), 75);
  await becomes(async () => {
    await ana.page.keyboard.press('ArrowDown');
    return ana.page.locator('.hit[aria-selected="true"] .hit-text').textContent();
  }, 'soup 0');
  await hits(ana).last().click();
  await marked(ana, 'soup 0').first().waitFor();
  await ana.page.goBack();
  await becomes(() => hits(ana).count(), 75);
  assert.ok(await ana.page.locator('.found').evaluate((list) => list.scrollTop > 1_000), 'where it was');
});

test('what is deleted, and what was said in a room that is left, is no longer shown', async () => {
  const { ana, bob, den, trip } = await pair();
  const { messageId } = await bob.seed.say(den, 'soup to delete');
  await bob.seed.say(den, 'soup that stays');
  await ana.open(trip);
  await indexed(ana.seed, 'soup', 2);
  await search(ana);
  await field(ana).fill('soup');
  await finds(ana, ['soup that stays', 'soup to delete']);
  await bob.seed.call('DELETE', `chatrooms/${den}/messages/${messageId}`);
  await finds(ana, ['soup that stays']);
  await ana.seed.call('DELETE', `chatrooms/${den}`);
  await ana.sees('No message has all of these words', ana.dialog);
});

test('without an answer it says so, and asks again when the connection is back', async () => {
  const { ana, bob, den } = await pair();
  await bob.seed.say(den, 'soup');
  await ana.open(den);
  await indexed(ana.seed, 'soup', 1);
  await search(ana);
  await ana.context.setOffline(true);
  await field(ana).fill('soup');
  await ana.sees('The server cannot be reached', ana.dialog);
  await ana.context.setOffline(false);
  await ana.press('Try again', ana.dialog);
  await finds(ana, ['soup']);

  let refusals = 0;
  await ana.page.route('**/api/search?*', (route) => {
    if (refusals > 0) return route.continue();
    refusals += 1;
    return route.fulfill({
      status: 429,
      headers: { 'Retry-After': '60' },
      json: { code: 'rate_limited', detail: 'too often', status: 429 },
    });
  });
  await field(ana).fill('sou');
  await ana.sees('You are doing that too often', ana.dialog);
  assert.deepEqual(await texts(ana), []);
  await ana.press('Try again', ana.dialog);
  await finds(ana, ['soup']);
});

test('an answer to earlier words replaces none to later ones, and Enter opens nothing of it', async () => {
  const { ana, bob, den, trip } = await pair();
  await bob.seed.say(den, 'soup');
  await ana.seed.say(trip, 'spoon');
  await ana.open(trip);
  await indexed(ana.seed, 'soup', 1);
  await indexed(ana.seed, 'spoon', 1);
  const held = gate();
  await ana.page.route('**/api/search?q=soup*', async (route) => {
    await held.opened;
    await route.continue();
  });
  await search(ana);
  await field(ana).fill('spoon');
  await finds(ana, ['spoon']);
  const asked = ana.page.waitForRequest('**/api/search?q=soup*');
  await field(ana).fill('soup');
  await asked;
  await ana.page.keyboard.press('Enter');
  await field(ana).fill('spoo');
  await ana.page.keyboard.press('Enter');
  assert.equal(await ana.page.locator('dialog').count(), 1);
  const answers = ['soup', 'spoo'].map((q) => ana.page.waitForResponse(`**/api/search?q=${q}&*`));
  held.open();
  await Promise.all(answers);
  await finds(ana, ['spoon']);
  await becomes(async () => {
    await ana.page.keyboard.press('Enter');
    return ana.page.locator('dialog').count();
  }, 0);
  await marked(ana, 'spoon').waitFor();
});

test('somebody in no room is told what there is to find', async () => {
  const ana = await set.member('Ana');
  await ana.goto('/');
  await ana.sees('You are not in any room yet.');
  await ana.page.keyboard.press('Control+f');
  await ana.sees('you are in none yet', ana.dialog);
  assert.equal(await ana.page.getByRole('button', { name: 'Search messages' }).count(), 0);
});

test('on a phone it fills the screen, and a tap opens a message', async () => {
  const { ana, bob, den } = await pair(LOOKS.phone);
  await bob.seed.say(den, 'soup');
  await ana.goto('/coins');
  await indexed(ana.seed, 'soup', 1);
  await ana.goToRooms();
  await search(ana);
  await field(ana).fill('soup');
  await hits(ana).first().waitFor();
  assert.deepEqual(
    await ana.dialog.evaluate((dialog) => [dialog.clientWidth, dialog.clientHeight]),
    [360, 740],
  );
  await hits(ana).tap();
  await marked(ana, 'soup').waitFor();
  await ana.page.goBack();
  await finds(ana, ['soup']);
  await ana.page.goBack();
  await ana.page.getByRole('navigation', { name: 'Rooms' }).waitFor();
  assert.equal(await ana.page.locator('dialog').count(), 0);
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`the search is accessible: ${look}`, async () => {
    const { ana, bob, den } = await pair(options);
    await bob.seed.say(den, 'soup and 🍮');
    await ana.open(den);
    await indexed(ana.seed, 'soup', 1);
    await ana.press('Search this room');
    await ana.sees('before a day', ana.dialog);
    await passes(ana, 'nothing typed yet');
    await field(ana).fill('from:');
    await ana.page.getByRole('listbox', { name: 'People' }).getByRole('option').first().waitFor();
    await passes(ana, 'people');
    await field(ana).fill('in:');
    await ana.page.getByRole('listbox', { name: 'Rooms' }).getByRole('option').first().waitFor();
    await passes(ana, 'rooms');
    await field(ana).fill('soup');
    await finds(ana, ['soup and 🍮']);
    await passes(ana, 'found');
    await field(ana).fill('spoon');
    await ana.sees('No message has all of these words', ana.dialog);
    await passes(ana, 'nothing found');
    await field(ana).fill('soup in:Attic');
    await ana.sees('You are in no room', ana.dialog);
    await passes(ana, 'no such room');
  });
}
