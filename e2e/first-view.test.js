// What is loaded before the first screen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

const MOST_BYTES = 60 * 1024;

/**
 * What came for the client itself so far.
 * @param {import('playwright-core').Page} page
 */
function weigh(page) {
  return page.evaluate(() => {
    const entries = /** @type {PerformanceResourceTiming[]} */ ([
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ]);
    // On a slow machine the rest may be on its way already.
    const rest = performance.getEntriesByName('prefetch')[0]?.startTime ?? Number.POSITIVE_INFINITY;
    const loads = entries.filter(
      ({ name, startTime }) => startTime < rest && !new URL(name).pathname.startsWith('/api/'),
    );
    // What is loaded ahead has an entry for that, and another one when it is used.
    const files = [...new Map(loads.map((load) => [load.name, load])).values()];
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return {
      files: files.length,
      bodies: files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      sent: loads.reduce((sum, { transferSize }) => sum + transferSize, 0),
      paintedAfter: Math.round(paint?.startTime ?? 0),
    };
  });
}

test('the first view is light, signed out and signed in', async (t) => {
  const visitor = await set.visitor('Eve');
  await visitor.goto('/');
  await visitor.sees('Welcome back.');
  const signedOut = await weigh(visitor.page);
  const ana = await set.member('Ana', { prime: true });
  await ana.open(await ana.seed.room('Den'));
  const inARoom = await weigh(ana.page);
  const bo = await set.member('Bo', { prime: true, hasTouch: true, isMobile: true });
  await bo.open(await bo.seed.room('Den'));
  const withFingers = await weigh(bo.page);
  for (const [name, { files, bodies, paintedAfter }] of Object.entries({ signedOut, inARoom, withFingers })) {
    t.diagnostic(`${name}: ${files} files, ${bodies} bytes, painted after ${paintedAfter} ms`);
    assert.ok(files > 15 && bodies > 10_000, `${name}: ${files} files, ${bodies} bytes`);
    assert.ok(bodies < MOST_BYTES, `${name}: ${bodies} bytes`);
  }
});

test('nothing is fetched a second time', async () => {
  const visitor = await set.visitor('Eve');
  await visitor.goto('/');
  await visitor.sees('Welcome back.');
  await visitor.goto('/sign-up');
  await visitor.sees('Starting coins');
  const { files, sent } = await weigh(visitor.page);
  assert.ok(files > 15 && sent < 3_000, `${files} files, ${sent} bytes`);
});

test('every screen can be reloaded', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  for (const [path, words] of [
    [`/rooms/${roomId}`, 'There are no messages yet.'],
    ['/join', 'Room password'],
    ['/create', 'Create room'],
    ['/friends', 'No friends yet'],
    ['/coins', 'No transfers yet'],
    ['/settings', 'This browser'],
    ['/shortcuts', 'Next room'],
  ]) {
    await ana.goto(path);
    await ana.reload();
    await ana.sees(words);
    assert.deepEqual(ana.troubles, []);
  }
});

test('a browser that is too old is told which ones are not', async () => {
  const visitor = await set.visitor('Eve');
  await visitor.page.addInitScript(() => Reflect.deleteProperty(Intl, 'Segmenter'));
  await visitor.goto('/');
  await visitor.sees(/^Hexroom needs a newer browser: Chrome, .* Firefox .* Safari/);
  assert.equal(await visitor.page.locator('hex-shell').count(), 0);
});
