// Others write, and what somebody does meanwhile goes on: presses count, focus and selection stay.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

/** Ana in a room with Bob, who can also write to her in another one. */
async function pair() {
  const ana = await set.member('Ana', { prime: true, coins: 10 });
  const bobId = set.fresh('bob');
  const bob = await set.server.account(bobId, { name: 'Bob', prime: true });
  const [roomId, other] = [await ana.seed.room('Den'), await ana.seed.room('Attic')];
  for (const room of [roomId, other]) await bob.join(room);
  await bob.say(roomId, 'hello');
  await bob.say(other, 'unread');
  return { ana, bob, bobId, roomId, other };
}

let said = 0;

/**
 * Something of everything that others do while Ana is anywhere, until all of it has come.
 * @param {Awaited<ReturnType<typeof pair>>} everybody
 */
async function traffic({ ana, bob, roomId, other }) {
  said += 1;
  const name = `Den ${said}`;
  await bob.say(roomId, `in the den ${said}`);
  await ana.seed.call('PATCH', `chatrooms/${roomId}`, { name });
  await bob.say(other, `in the attic ${said}`);
  const list = ana.page.locator('.rooms');
  await list.getByText(name, { exact: true }).waitFor({ state: 'attached' });
  await drawn(ana);
}

/** Waits until what has come is on the screen. @param {import('./support/people.js').Person} person */
const drawn = ({ page }) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/**
 * Presses, and lets go when others have done something.
 * @param {Awaited<ReturnType<typeof pair>>} everybody
 * @param {import('playwright-core').Locator} target
 */
async function pressSlowly(everybody, target) {
  const { page } = everybody.ana;
  await target.hover();
  await page.mouse.down();
  await traffic(everybody);
  await page.mouse.up();
}

test('a press during which a message comes is a click, wherever it is', async () => {
  const everybody = await pair();
  const { ana, roomId, bobId } = everybody;
  const { page } = ana;
  const guest = await set.server.account(set.fresh('guest'), { name: 'Guest' });
  await guest.join(roomId);
  await guest.call('POST', 'friend-requests', { userId: ana.userId });
  await ana.open(roomId);
  const sidebar = page.locator('hex-sidebar');
  const aside = page.getByRole('complementary');

  for (const [name, dialog] of [
    ['Invite', /^Invite to/],
    ['Manage the room', /^Manage/],
    ['Remove Bob', 'Remove Bob?'],
    [/^Bob/, 'Profile'],
  ]) {
    await pressSlowly(everybody, aside.getByRole('button', { name }));
    await page.getByRole('dialog', { name: dialog }).waitFor();
    await ana.escape();
  }
  await ana.say('mine');
  await ana.message('mine').and(page.locator(':not(.unsent)')).waitFor();
  await ana.message('mine').hover();
  await pressSlowly(everybody, ana.message('mine').getByRole('button', { name: 'Edit' }));
  await ana.sees('Editing your message');
  await pressSlowly(everybody, page.getByRole('button', { name: 'Cancel' }));
  await page.getByText('Editing your message').waitFor({ state: 'hidden' });

  await pressSlowly(everybody, sidebar.getByRole('link', { name: 'Attic' }));
  await page.getByRole('heading', { name: 'Attic' }).waitFor();
  for (const place of ['Friends', 'Coins']) {
    await pressSlowly(everybody, sidebar.getByRole('link', { name: place }));
    await page.getByRole('heading', { name: place, level: 1 }).waitFor();
  }
  await pressSlowly(everybody, sidebar.getByRole('link', { name: /^Settings of/ }));
  await ana.sees('This browser');
  await pressSlowly(everybody, page.getByRole('button', { name: 'Turn on', exact: true }));
  await page.getByRole('dialog', { name: 'Turn on two-factor sign-in' }).waitFor();
  await ana.escape();
  await pressSlowly(everybody, sidebar.getByRole('link', { name: 'Friends' }));
  await pressSlowly(everybody, page.getByRole('main').getByRole('button', { name: /^Guest/ }));
  await page.getByRole('dialog', { name: 'Profile' }).waitFor();
  await ana.escape();
  await pressSlowly(everybody, page.getByRole('button', { name: 'Accept' }));
  await page.getByRole('heading', { name: 'Your friends' }).waitFor();

  await page.setViewportSize({ width: 700, height: 700 });
  await ana.open(roomId);
  await pressSlowly(everybody, page.getByRole('button', { name: 'Members' }));
  await pressSlowly(everybody, ana.dialog.getByRole('button', { name: 'Invite' }));
  await page.getByRole('dialog', { name: /^Invite to/ }).waitFor();
  assert.deepEqual(ana.troubles, [], bobId);
});

test('focus and selection survive traffic on every screen and in every drawer', async () => {
  const everybody = await pair();
  const { ana, roomId, bobId } = everybody;
  const { page } = ana;
  const survives = async (
    /** @type {string} */ where,
    /** @type {import('playwright-core').Locator} */ focus,
    /** @type {import('playwright-core').Locator} */ selected,
  ) => {
    await focus.focus();
    const before = await focus.evaluateHandle((element) => element);
    const words = await selected.evaluate((element) => {
      getSelection()?.selectAllChildren(element);
      return String(getSelection());
    });
    assert.ok(words !== '', where);
    for (let times = 0; times < 3; times += 1) await traffic(everybody);
    const [isFocused, selection] = await page.evaluate(
      (element) => [document.activeElement === element, String(getSelection())],
      before,
    );
    assert.deepEqual([isFocused, selection], [true, words], where);
  };
  const button = (/** @type {string | RegExp} */ name, where = page.locator('body')) =>
    where.getByRole('button', { name }).first();

  await ana.goto('/');
  const sidebar = page.locator('hex-sidebar');
  await survives(
    'the list of rooms',
    sidebar.getByRole('link', { name: 'Attic' }),
    sidebar.getByText('Join a room'),
  );
  await survives(
    'the places',
    sidebar.getByRole('link', { name: 'Coins' }),
    sidebar.getByText('Attic', { exact: true }),
  );
  await ana.open(roomId);
  const aside = page.getByRole('complementary');
  await survives('the room', ana.message('hello'), ana.message('hello').locator('.body'));
  await survives('the members', button('Invite', aside), aside.getByText('Bob', { exact: true }));
  for (const [path, name, words] of [
    ['/join', 'Join', 'Room password'],
    ['/create', 'Create room', 'Room password'],
    ['/friends', 'Show profile', 'No friends yet'],
    ['/settings', 'Change password', 'This browser'],
  ]) {
    await ana.goto(path);
    await ana.sees(words);
    await ana.online();
    const main = page.getByRole('main');
    await survives(path, button(name, main), main.getByText(words).first());
  }
  await ana.goto('/coins');
  await survives('/coins', sidebar.getByRole('link', { name: 'Coins' }), page.getByText('Starting coins'));

  for (const [name, dialog, focus, words] of [
    ['Invite', /^Invite to/, 'Create invitation', 'Of a prime member.'],
    ['Manage the room', /^Manage/, 'Save', 'Nobody is banned.'],
    [/^Bob/, 'Profile', 'Block', bobId],
  ]) {
    await ana.open(roomId);
    await button(name, aside).click();
    const drawer = page.getByRole('dialog', { name: dialog });
    await survives(String(dialog), button(focus, drawer), drawer.getByText(words).first());
  }
  await page.setViewportSize({ width: 700, height: 700 });
  await ana.open(roomId);
  await ana.press('Members');
  await survives(
    'the drawer of members',
    button('Invite', ana.dialog),
    ana.dialog.getByText('Bob', { exact: true }),
  );
});

test('one message changes one node, and its room’s row', async () => {
  const everybody = await pair();
  const { ana, bob, roomId, other } = everybody;
  await ana.open(roomId);
  await ana.say('mine');
  await ana.sees('Sent', ana.message('mine'));
  await bob.say(roomId, 'seen and answered');
  await ana.message('seen and answered').waitFor();
  await bob.say(other, 'once more');
  const attic = ana.page.getByRole('link', { name: 'Attic' });
  await attic.getByText('2 unread messages').waitFor({ state: 'attached' });
  await drawn(ana);

  /** @param {() => Promise<unknown>} happens */
  const changes = async (happens) => {
    await ana.page.evaluate(() => {
      const seen = /** @type {string[]} */ ([]);
      const name = (/** @type {Node} */ node) =>
        node instanceof Element ? `${node.localName}.${node.classList[0] ?? ''}` : node.nodeName;
      const watcher = new MutationObserver((records) => {
        for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
          // What is read out comes anew each time.
          if (target instanceof Element && target.matches('[aria-live]')) continue;
          // And the words for the time of last words are only now and then those of another minute or day.
          const place = target instanceof Element ? target : target.parentElement;
          const isInWords = type === 'characterData' || attributeName === 'title';
          if (isInWords && place?.matches('.room-time')) continue;
          for (const node of addedNodes) seen.push(`+ ${name(node)}`);
          for (const node of removedNodes) seen.push(`- ${name(node)}`);
          if (type === 'attributes') seen.push(`attributes of ${name(target)}`);
          if (type === 'characterData') seen.push(`text of ${name(target.parentElement ?? target)}`);
        }
      });
      watcher.observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
      Object.assign(globalThis, { seen });
    });
    await happens();
    await drawn(ana);
    return ana.page.evaluate(() => /** @type {any} */ (globalThis).seen.splice(0));
  };
  const here = await changes(async () => {
    await bob.say(roomId, 'one more');
    await ana.message('one more').waitFor();
  });
  // The tab key leads to the newest.
  const tabStops = ['attributes of li.message', 'attributes of li.message'];
  // In the list of rooms, the room has other last words, of another time, and moves up.
  const lastWords = ['attributes of time.room-time', 'text of bdi.'];
  assert.deepEqual(here, ['+ li.message', ...tabStops, ...lastWords, '- li.', '+ li.']);
  const elsewhere = await changes(async () => {
    await bob.say(other, 'there too');
    await attic.getByText('3 unread messages').waitFor({ state: 'attached' });
  });
  const count = ['text of span.', 'text of span.unseen'];
  // The way back, on a phone, counts it too.
  assert.deepEqual(elsewhere, [...lastWords, ...count, '- li.', '+ li.', ...count]);
});
