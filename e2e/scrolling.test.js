// Only what should scroll scrolls: neither the page nor the place of the screens, however much is in them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

const SIZES = [
  { width: 320, height: 568 },
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];

/** What may scroll: the lists, the screens, what is in dialogs, and what is typed. */
const SCROLLERS = '.screen, .rooms, .scroller, .members-side, dialog, blockquote, textarea';

/** @param {import('./support/people.js').Person} person @param {string} where */
async function staysPut({ page }, where) {
  const moved = await page.evaluate((scrollers) => {
    const fixed = ['html', 'body', 'hex-shell', 'main'].map((name) => document.querySelector(name));
    const strays = Array.from(document.querySelectorAll('body *')).filter(
      (element) =>
        element.scrollHeight > element.clientHeight + 1 &&
        /auto|scroll/.test(getComputedStyle(element).overflowY) &&
        !element.matches(scrollers),
    );
    for (const element of fixed) element?.scrollTo({ top: 10_000, left: 10_000, behavior: 'instant' });
    return [
      ...fixed.flatMap((element) => {
        if (!element) return ['missing'];
        const { localName, scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
        const { scrollTop, scrollLeft } = element;
        const isPut =
          scrollHeight === clientHeight && scrollWidth === clientWidth && scrollTop + scrollLeft === 0;
        return isPut
          ? []
          : [`${localName}: ${scrollWidth} × ${scrollHeight} in ${clientWidth} × ${clientHeight}`];
      }),
      ...strays.map(({ localName, className }) => `${localName}.${className} scrolls`),
    ];
  }, SCROLLERS);
  const size = page.viewportSize();
  assert.deepEqual(moved, [], `${where} at ${size?.width}`);
}

test('with much of everything, on every screen and in every drawer, the page stays where it is', async () => {
  const ana = await set.member('Ana', { prime: true, coins: 10 });
  const { page, seed } = ana;
  const [bob, owner] = [
    await set.server.account(set.fresh('bob'), { name: 'Bob' }),
    await set.server.account(set.fresh('owner'), { prime: true }),
  ];
  const roomId = await seed.room('Den');
  await bob.join(roomId);
  for (let made = 0; made < 60; made += 1) {
    const keeper = made % 2 === 0 ? seed : owner;
    const room = await keeper.room(`Room ${made} with a name of some length`);
    if (keeper === owner) await seed.join(room);
    await bob.join(room).then(
      () => bob.say(room, 'unread'),
      () => {},
    );
  }
  for (let said = 0; said < 40; said += 1) await bob.say(roomId, `number ${said} `.repeat(1 + (said % 20)));
  for (let made = 0; made < 25; made += 1) {
    const userId = set.fresh('stranger');
    await set.server.account(userId);
    await seed.call('PUT', `blocks/${userId}`);
  }

  const elsewhere = await owner.room('Elsewhere');

  await ana.goto(`/rooms/${roomId}`);
  await ana.message('number 39').waitFor({ state: 'attached' });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const [path, words] of [
      ['/', size.width < 768 ? 'Join a room' : 'Choose a room'],
      [`/rooms/${roomId}`, 'number 1'],
      ['/join', 'Room password'],
      ['/create', 'Create room'],
      ['/friends', 'Blocked'],
      ['/coins', 'Starting coins'],
      ['/settings', 'This browser'],
      ['/nowhere', 'There is nothing here'],
      [`/rooms/${elsewhere}`, 'Room password'],
      ['/rooms/0193c5a0-0000-7000-8000-000000000000', 'There is no such room'],
    ]) {
      await ana.visit(path);
      await ana.sees(words);
      await staysPut(ana, path);
    }
    await ana.visit(`/rooms/${roomId}`);
    await ana.sees('number 1', ana.page.getByRole('main'));
    if (size.width < 1200) {
      await ana.press('Members');
      await ana.opens('Members');
      await staysPut(ana, 'the members');
    }
    await ana.press('Manage the room');
    await ana.sees('Close the room', ana.dialog);
    await staysPut(ana, 'the tools of the room');
  }
});

test('the screens for signing in and up stay where they are too', async () => {
  const eve = await set.visitor('Eve');
  for (const size of SIZES) {
    await eve.page.setViewportSize(size);
    for (const [path, words] of [
      ['/sign-in', 'Welcome back.'],
      ['/sign-up', 'Starting coins'],
    ]) {
      await eve.goto(path);
      await eve.sees(words);
      await staysPut(eve, path);
    }
    await eve.page.getByRole('link', { name: 'API documentation' }).scrollIntoViewIfNeeded();
    await eve.page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
    const { y } = (await eve.page.getByRole('heading', { level: 1 }).boundingBox()) ?? { y: -1 };
    assert.ok(y >= 0, 'the beginning can be reached');
  }
});

test('a new member can reach everything on the welcome screen', async () => {
  const bob = await set.member('Bob');
  for (const size of SIZES) {
    await bob.page.setViewportSize(size);
    await bob.goto('/');
    await bob.sees('Welcome, Bob');
    await staysPut(bob, 'welcome');
    await bob.page.getByRole('heading', { name: 'What is prime?' }).scrollIntoViewIfNeeded();
    const places = await bob.page.getByRole('navigation', { name: 'Places' }).boundingBox();
    assert.ok(places && places.y + places.height <= size.height, 'the places are at hand');
  }
});
