import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/server/errors.js';
import { Search } from '../src/state/search.js';
import { deferred, message, settled } from './fakes.js';

/** A search whose pauses and answers last as long as a test says. */
function searching() {
  /** @type {(ReturnType<typeof deferred> & {criteria: any})[]} */
  const asked = [];
  /** @type {{ms: number, end: () => void}[]} */
  const pauses = [];
  const api = /** @type {any} */ ({
    search: (/** @type {any} */ criteria) => {
      asked.push({ ...deferred(), criteria });
      return asked.at(-1)?.promise;
    },
  });
  const search = new Search(
    api,
    (ms) => new Promise((resolve) => pauses.push({ ms, end: () => resolve(null) })),
  );
  return {
    search,
    asked,
    /** Ends all pauses. */
    async goOn() {
      for (const { end } of pauses.splice(0)) end();
      await settled();
    },
    pauses,
    bodies: () => search.found.map((one) => one.message.body),
  };
}

/** @param {string[]} bodies @param {string} [nextCursor] */
const page = (bodies, nextCursor) => ({
  items: bodies.map((body, place) => ({
    message: message(place + 1, { body }),
    roomName: 'Den',
    ranges: [],
  })),
  nextCursor,
});

test('it asks once somebody stops typing, and for one thing at a time', async () => {
  const { search, asked, goOn, bodies } = searching();
  for (const q of ['s', 'so', 'sou']) search.look({ q });
  search.look({ q: 'sou' });
  assert.equal(search.isSearching, true);
  await goOn();
  assert.deepEqual(
    asked.map(({ criteria }) => criteria.q),
    ['sou'],
  );
  search.look({ q: 'soup' });
  search.look({ q: 'soups' });
  await goOn();
  assert.equal(asked.length, 1, 'the first has no answer yet');
  asked[0].resolve(page(['old']));
  await settled();
  assert.deepEqual(bodies(), [], 'an answer to what is no longer looked for');
  assert.deepEqual(
    asked.map(({ criteria }) => criteria.q),
    ['sou', 'soups'],
  );
  asked[1].resolve(page(['new']));
  await settled();
  assert.deepEqual([bodies(), search.isSearching], [['new'], false]);
});

test('what was found stays until there is an answer, and goes with the text', async () => {
  const { search, asked, goOn, bodies } = searching();
  search.look({ q: 'a' });
  await goOn();
  asked[0].resolve(page(['one']));
  await settled();
  assert.equal(search.isBehind, false);
  search.look({ q: 'ab' });
  assert.deepEqual([bodies(), search.isBehind], [['one'], true]);
  await goOn();
  search.look(null);
  assert.deepEqual([bodies(), search.isSearching], [[], false]);
  asked[1].resolve(page(['two']));
  await settled();
  assert.deepEqual(bodies(), []);
});

test('more is asked for page by page, until there is no more', async () => {
  const { search, asked, goOn, bodies } = searching();
  search.look({ q: 'b' });
  search.look({ q: 'a' });
  await goOn();
  search.more();
  asked[0].resolve(page(['one'], 'next'));
  await settled();
  search.more();
  search.more();
  await settled();
  assert.deepEqual(
    asked.map(({ criteria }) => criteria.cursor),
    [undefined, 'next'],
  );
  asked[1].resolve(page(['two']));
  await settled();
  assert.deepEqual([bodies(), search.hasMore], [['one', 'two'], false]);
  search.more();
  await settled();
  assert.equal(asked.length, 2);
});

test('a page that does not come is asked for again, and what is there stays', async () => {
  const { search, asked, goOn, bodies } = searching();
  search.look({ q: 'a' });
  await goOn();
  asked[0].resolve(page(['one'], 'next'));
  await settled();
  search.more();
  await settled();
  asked[1].reject(new Unreachable());
  await settled();
  assert.deepEqual([search.failure, bodies()], [{ problem: null }, ['one']]);
  search.more();
  await settled();
  assert.equal(asked.length, 2, 'not by itself');
  search.retry();
  await settled();
  asked[2].resolve(page(['two']));
  await settled();
  assert.deepEqual([search.failure, bodies()], [null, ['one', 'two']]);
  assert.equal(asked[2].criteria.cursor, 'next');
});

test('too many at once are asked for again when the server says so, unless something else is wanted', async () => {
  const { search, asked, goOn, pauses } = searching();
  search.look({ q: 'a' });
  await goOn();
  const problem = { code: 'rate_limited', detail: '' };
  asked[0].reject(new Refused(problem, 3_000));
  await settled();
  assert.deepEqual([search.failure, search.isSearching], [{ problem }, false]);
  assert.deepEqual(
    pauses.map(({ ms }) => ms),
    [3_000],
  );
  await goOn();
  assert.equal(asked.length, 2);
  asked[1].reject(new Refused(problem, 3_000));
  await settled();
  search.look({ q: 'b' });
  assert.equal(search.failure, null);
  await goOn();
  assert.deepEqual(
    asked.map(({ criteria }) => criteria.q),
    ['a', 'a', 'b'],
  );
});

test('what is refused for good removes what was found before, and is not asked for again', async () => {
  const { search, asked, goOn, bodies, pauses } = searching();
  search.look({ q: 'a' });
  await goOn();
  asked[0].resolve(page(['one']));
  await settled();
  search.look({ q: '!' });
  await goOn();
  asked[1].reject(new Refused({ code: 'validation_failed', detail: '' }));
  await settled();
  assert.deepEqual([bodies(), search.failure?.problem?.code, pauses.length], [[], 'validation_failed', 0]);
});

test('nobody waits for an answer after the dialog is closed; opened again, it is asked for again', async () => {
  const { search, asked, goOn, bodies } = searching();
  search.look({ q: 'a' });
  await goOn();
  search.stop();
  asked[0].resolve(page(['one']));
  await settled();
  assert.deepEqual([bodies(), search.isSearching], [[], false]);
  search.look({ q: 'a' });
  await goOn();
  asked[1].resolve(page(['two'], 'next'));
  await settled();
  search.more();
  search.stop();
  search.look({ q: 'a' });
  assert.deepEqual([bodies(), search.isSearching, search.hasMore], [['two'], false, true]);
});
