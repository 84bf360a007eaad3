// Members that messages mention.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture } from './support/people.js';

const set = fixture();

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/**
 * Ana and Bob Berg in a room, with Cyd, who has no browser.
 * @param {import('playwright-core').BrowserContextOptions} [options] of Ana's browser
 */
async function trio(options = {}) {
  const [ana, bob] = [await set.member('Ana', { prime: true, ...options }), await set.member('Bob Berg')];
  const cydId = set.fresh('cyd');
  const cyd = await set.server.account(cydId, { name: 'Çyd' });
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await cyd.join(roomId);
  await ana.open(roomId);
  await bob.open(roomId);
  return { ana, bob, cyd, cydId, roomId };
}

/** @param {import('./support/people.js').Person} person */
const offered = ({ page }) => page.getByRole('listbox', { name: 'Members' });

/** @param {import('./support/people.js').Person} person */
const namesOffered = (person) =>
  offered(person).getByRole('option').locator('.suggestion-name').allTextContents();

/** @param {import('./support/people.js').Person} person @param {string} name */
const mention = ({ page }, name) => page.locator('.message .mention').getByText(name, { exact: true });

test('an @ offers the members, and what is sent shows names; one’s own stand out', async () => {
  const { ana, bob } = await trio();
  await ana.messageBox.pressSequentially('hello @');
  await becomes(() => namesOffered(ana), ['Bob Berg', 'Çyd', 'All members']);
  await ana.messageBox.pressSequentially('ber');
  await offered(ana).getByRole('option').nth(1).waitFor({ state: 'detached' });
  await offered(ana).getByRole('option', { name: 'Bob Berg' }).click();
  assert.equal(await ana.messageBox.inputValue(), `hello @${bob.userId} `);
  await offered(ana).waitFor({ state: 'hidden' });
  await ana.messageBox.pressSequentially('and @EVERYONE');
  await ana.messageBox.press('Control+Enter');
  await mention(ana, 'Bob Berg').and(ana.page.locator('bdi')).waitFor();
  await bob.page.locator('.message.for-me .mention.me', { hasText: '@Bob Berg' }).waitFor();
  assert.equal(
    await bob.page.locator('.mention.me', { hasText: 'Bob' }).getAttribute('title'),
    `@${bob.userId}`,
  );
  assert.equal(await ana.page.locator('.message.for-me').count(), 0, 'nobody mentions themself');
  assert.deepEqual([ana.troubles, bob.troubles], [[], []]);
});

test('by keyboard one chooses, takes, and goes on without', async () => {
  const { ana, bob, cydId } = await trio();
  const { keyboard } = ana.page;
  await ana.messageBox.focus();
  await keyboard.type('@');
  await offered(ana).getByRole('option', { name: 'Bob Berg', selected: true }).waitFor();
  await ana.messageBox.and(ana.page.locator('[aria-activedescendant]')).waitFor();
  await keyboard.press('ArrowDown');
  await offered(ana).getByRole('option', { name: 'Çyd', selected: true }).waitFor();
  await keyboard.press('Tab');
  assert.equal(await ana.messageBox.inputValue(), `@${cydId} `);
  await keyboard.type('mail@');
  await offered(ana).waitFor({ state: 'hidden' });
  await keyboard.type('x @cy');
  await offered(ana).getByRole('option', { name: 'Çyd', selected: true }).waitFor();
  await keyboard.press('Escape');
  await offered(ana).waitFor({ state: 'hidden' });
  await keyboard.press('Enter');
  await bob.hears([`@Çyd mail@x @cy`]);
  await keyboard.type('@');
  await offered(ana).getByRole('option', { name: 'Bob Berg', selected: true }).waitFor();
  await keyboard.press('Enter');
  assert.equal(await ana.messageBox.inputValue(), `@${bob.userId} `);
});

test('who has typed a whole user id takes that member, and not one whose id goes on', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  for (const [userId, name] of [
    ['robbie', 'Longer'],
    ['shortie', 'Rob by name'],
    ['rob', 'Shorter'],
  ])
    await (await set.server.account(userId, { name })).join(roomId);
  await ana.open(roomId);
  await ana.messageBox.pressSequentially('@ro');
  await becomes(() => namesOffered(ana), ['Longer', 'Shorter', 'Rob by name']);
  await ana.messageBox.press('b');
  await becomes(() => namesOffered(ana), ['Shorter', 'Longer', 'Rob by name']);
  await offered(ana).getByRole('option', { name: 'Shorter', selected: true }).waitFor();
  await ana.messageBox.press('Enter');
  await ana.composes('@rob ');
});

test('a member chosen in the middle of a text is not offered again until the name is changed', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  for (const [userId, name] of [
    ['kim', 'Kim'],
    ['kimberly', 'Kimberly'],
  ])
    await (await set.server.account(userId, { name })).join(roomId);
  await ana.open(roomId);
  await ana.messageBox.fill('@ki is here');
  for (let steps = 0; steps < ' is here'.length; steps += 1) await ana.messageBox.press('ArrowLeft');
  await becomes(() => namesOffered(ana), ['Kim', 'Kimberly']);
  await ana.messageBox.press('Enter');
  await ana.composes('@kim is here');
  await offered(ana).waitFor({ state: 'hidden' });
  await ana.messageBox.press('b');
  await becomes(() => namesOffered(ana), ['Kimberly']);
  await ana.messageBox.press('Backspace');
  await becomes(() => namesOffered(ana), ['Kim', 'Kimberly']);
  await ana.messageBox.press('Tab');
  await offered(ana).waitFor({ state: 'hidden' });
  await ana.messageBox.press('Enter');
  await ana.hears(['@Kim is here']);
});

test('what mentions the reader is counted apart, in the list and in the title', async () => {
  const { ana, cyd, roomId } = await trio();
  const other = await ana.seed.room('Attic');
  await ana.open(other);
  const link = ana.page.getByRole('link', { name: 'Den' });
  await cyd.say(roomId, 'hm');
  await link.getByText('1 unread message').waitFor();
  assert.equal(await link.getByText('mentions you').count(), 0);
  const { messageId } = await cyd.say(roomId, `@${ana.userId} are you there?`);
  await link.getByText('1 mentions you').waitFor();
  await link.getByText('2 unread messages').waitFor();
  await ana.page.waitForFunction(() => document.title.startsWith('(2 @1) '));
  await cyd.call('PATCH', `chatrooms/${roomId}/messages/${messageId}`, { body: 'never mind' });
  await link.getByText('1 mentions you').waitFor({ state: 'detached' });
  await cyd.say(roomId, 'and @everyone');
  await link.getByText('1 mentions you').waitFor();
  await ana.reload();
  await link.getByText('1 mentions you').waitFor();
  await link.getByText('3 unread messages').waitFor();
  await link.click();
  await link.getByText('mentions you').waitFor({ state: 'detached' });
});

test('mentions that were missed during an outage are counted when the connection is back', async () => {
  const { ana, cyd, roomId } = await trio();
  const other = await ana.seed.room('Attic');
  await ana.open(other);
  await set.server.kill();
  await ana.sees('Offline. Your messages will be sent when the connection is back.');
  await set.server.restart();
  await cyd.say(roomId, `@${ana.userId}!`);
  await ana.page.getByRole('link', { name: 'Den' }).getByText('1 mentions you').waitFor();
  await ana.online();
});

test('on a phone a tap takes a member, and everything fits', async () => {
  const { ana, bob } = await trio(PHONE);
  await ana.messageBox.tap();
  await ana.messageBox.pressSequentially('@');
  const option = offered(ana).getByRole('option', { name: 'Bob Berg' });
  await option.waitFor();
  const box = await option.boundingBox();
  assert.ok(box && box.height >= 44, JSON.stringify(box));
  assert.ok(await ana.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await option.tap();
  assert.equal(await ana.messageBox.inputValue(), `@${bob.userId} `);
  assert.ok(await ana.messageBox.evaluate((field) => field === document.activeElement));
  await ana.page.getByRole('button', { name: 'Send' }).tap();
  await bob.page.locator('.mention.me', { hasText: '@Bob Berg' }).waitFor();
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`mentions and their list pass axe: ${look}`, async () => {
    const { ana, cyd, cydId, roomId } = await trio(options);
    await cyd.say(roomId, `@${ana.userId} and @everyone`);
    await ana.seed.say(roomId, `@${cydId} yes`);
    await mention(ana, 'Çyd').and(ana.page.locator('bdi')).waitFor();
    await ana.messageBox.pressSequentially('@');
    await offered(ana).waitFor();
    await passes(ana, 'mentions');
    assert.deepEqual(ana.troubles, []);
  });
}
