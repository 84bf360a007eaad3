import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/server/errors.js';
import { Session } from '../src/server/session.js';
import { SafeStorage } from '../src/storage.js';
import { deferred, safeStorage, settled } from './fakes.js';

const SERVER_NOW = Date.parse('2026-03-01T10:00:00.000Z');
const QUARTER = 15 * 60_000;

/** @param {string} name */
const tokens = (name) => ({
  accessToken: `access-${name}`,
  accessTokenExpiresAt: new Date(SERVER_NOW + QUARTER).toISOString(),
  refreshToken: `refresh-${name}`,
  refreshTokenExpiresAt: '2026-04-01T10:00:00.000Z',
});

/** @param {string} userId */
const signedIn = (userId, name = '0') => ({
  body: { ...tokens(name), account: /** @type {any} */ ({ userId }) },
  at: SERVER_NOW,
});

/** A lock as the tabs of one browser share it. */
function sharedLocks() {
  let last = Promise.resolve();
  const request = (/** @type {string} */ _, /** @type {() => Promise<any>} */ work) => {
    const turn = last.then(work);
    last = turn.then(
      () => {},
      () => {},
    );
    return turn;
  };
  return /** @type {any} */ ({ request });
}

/** @param {Partial<ConstructorParameters<typeof Session>[0]>} [world] */
function session(world = {}) {
  return new Session({
    storage: safeStorage(),
    locks: undefined,
    refresh: () => assert.fail('no token is due'),
    now: () => 0,
    ...world,
  });
}

test('a token is good for as long as the server says, whatever the clock here says', async () => {
  let now = Date.parse('1999-01-01T00:00:00.000Z');
  let renewals = 0;
  const refresh = async () => ({ body: tokens(String(++renewals)), at: SERVER_NOW });
  const one = session({ now: () => now, refresh });
  one.begin(signedIn('ana'));
  now += QUARTER - 61_000;
  assert.equal(await one.token(), 'access-0');
  now += 2_000;
  assert.equal(await one.token(), 'access-1');
});

test('a reload keeps the sign-in and no access token', async () => {
  const storage = safeStorage();
  session({ storage }).begin(signedIn('ana'));
  assert.ok(!JSON.stringify([storage.keys('').map((key) => storage.getItem(key))]).includes('access-'));
  const reloaded = session({
    storage,
    refresh: async (old) => ({ body: tokens(`after-${old}`), at: SERVER_NOW }),
  });
  assert.equal(reloaded.userId, 'ana');
  assert.equal(await reloaded.token(), 'access-after-refresh-0');
});

test('tabs renew in turn, each with the token of the previous one', async () => {
  const storage = safeStorage();
  const locks = sharedLocks();
  /** @type {string[]} */
  const presented = [];
  const refresh = async (/** @type {string} */ old) => {
    presented.push(old);
    await settled();
    return { body: tokens(String(presented.length)), at: SERVER_NOW };
  };
  const first = session({ storage, locks, refresh });
  first.begin(signedIn('ana'));
  const second = session({ storage, locks, refresh });
  await Promise.all([first.renew(), second.renew()]);
  assert.deepEqual(presented, ['refresh-0', 'refresh-1']);
});

test('many calls that need a token ask for one only', async () => {
  const answer = deferred();
  let asked = 0;
  const refresh = () => {
    asked += 1;
    return answer.promise;
  };
  const one = session({ refresh });
  one.begin(signedIn('ana'));
  const renewals = [one.renew(), one.renew(), one.renew()];
  answer.resolve({ body: tokens('1'), at: SERVER_NOW });
  assert.deepEqual(await Promise.all(renewals), ['access-1', 'access-1', 'access-1']);
  assert.equal(asked, 1);
});

test('a session that the server has ended is forgotten', async () => {
  for (const code of ['session_revoked', 'account_suspended']) {
    const storage = safeStorage();
    const refresh = () => Promise.reject(new Refused({ code, detail: '' }));
    const one = session({ storage, refresh });
    one.begin(signedIn('ana'));
    /** @type {unknown[]} */
    const reasons = [];
    one.addEventListener('ended', (event) => reasons.push(/** @type {CustomEvent} */ (event).detail));
    await assert.rejects(one.renew(), Refused);
    assert.deepEqual(reasons, [code]);
    assert.equal(one.userId, null);
    assert.equal(storage.keys('').length, 0);
  }
});

test('a renewal whose answer was lost is asked for again with the same token', async () => {
  /** @type {string[]} */
  const presented = [];
  const refresh = async (/** @type {string} */ old) => {
    presented.push(old);
    if (presented.length < 3) throw new Unreachable();
    return { body: tokens('1'), at: SERVER_NOW };
  };
  const one = session({ refresh });
  one.begin(signedIn('ana'));
  assert.equal(await one.renew(), 'access-1');
  assert.deepEqual(presented, ['refresh-0', 'refresh-0', 'refresh-0']);
});

test('an unreachable or busy server does not end the session', async () => {
  for (const failure of [new Unreachable(), new Refused({ code: 'unavailable', detail: '' })]) {
    const one = session({ refresh: () => Promise.reject(failure) });
    one.begin(signedIn('ana'));
    await assert.rejects(one.renew());
    assert.equal(one.userId, 'ana');
  }
});

test('signing out reaches the other tabs', () => {
  const storage = safeStorage();
  const first = session({ storage });
  first.begin(signedIn('ana'));
  const second = session({ storage });
  first.end();
  assert.equal(second.noticeOtherTabs(), 'ended');
  assert.equal(second.userId, null);
});

test('a tab notices that somebody else has signed in', () => {
  const storage = safeStorage();
  const first = session({ storage });
  first.begin(signedIn('ana'));
  const second = session({ storage });
  assert.equal(second.noticeOtherTabs(), 'nothing');
  first.begin(signedIn('bo'));
  assert.equal(second.noticeOtherTabs(), 'another');
});

test('a tab does not go on with somebody else’s token', async () => {
  const storage = safeStorage();
  const first = session({ storage });
  first.begin(signedIn('ana'));
  const second = session({ storage });
  second.begin(signedIn('bo'));
  await assert.rejects(first.renew(), Refused);
  first.end();
  assert.equal(session({ storage }).userId, 'bo', 'and does not end their session either');
});

test('a damaged stored session is ignored', () => {
  const storage = safeStorage();
  for (const text of ['', '{', '[]', 'null', '1', '{"userId":"ana"}', '{"userId":1,"refreshToken":"r"}']) {
    storage.setItem('hexroom.session', text);
    const one = session({ storage });
    assert.equal(one.userId, null, text);
    one.begin(signedIn('ana'));
    assert.equal(session({ storage }).userId, 'ana');
  }
});

test('without storage one stays signed in while the page is open', async () => {
  const storage = new SafeStorage(() => {
    throw new Error('blocked');
  });
  const refresh = async (/** @type {string} */ old) => ({ body: tokens(`after-${old}`), at: SERVER_NOW });
  const one = session({ storage, refresh });
  one.begin(signedIn('ana'));
  assert.equal(await one.renew(), 'access-after-refresh-0');
  assert.equal(await one.renew(), 'access-after-refresh-after-refresh-0');
  assert.equal(one.noticeOtherTabs(), 'nothing');
});

test('tokens are renewed without locks where the browser refuses them', async () => {
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  const refresh = async () => ({ body: tokens('1'), at: SERVER_NOW });
  const one = session({ locks: /** @type {any} */ (locks), refresh });
  one.begin(signedIn('ana'));
  assert.equal(await one.renew(), 'access-1');
});

for (const next of ['bo', 'ana']) {
  test(`a renewal that was under way when ana signed out gives ${next} nothing of it`, async () => {
    const answers = [deferred(), deferred()];
    let asked = 0;
    const storage = safeStorage();
    const one = session({ storage, refresh: () => answers[asked++].promise });
    one.begin(signedIn('ana'));
    const before = one.renew();
    one.end();
    one.begin(signedIn(next, 'next'));
    const after = one.renew();
    answers[0].resolve({ body: tokens('late'), at: SERVER_NOW });
    await assert.rejects(before, (error) => error instanceof Refused && error.code === 'token_missing');
    answers[1].resolve({ body: tokens('own'), at: SERVER_NOW });
    assert.equal(await after, 'access-own');
    assert.match(storage.getItem('hexroom.session') ?? '', /refresh-own/);
  });
}

test('a renewal that waits gets no token of somebody who signs in meanwhile', async () => {
  const turn = deferred();
  const locks = /** @type {any} */ ({
    request: async (/** @type {string} */ _, /** @type {() => Promise<any>} */ work) => {
      await turn.promise;
      return work();
    },
  });
  const one = session({ locks, refresh: async () => ({ body: tokens('bo'), at: SERVER_NOW }) });
  one.begin(signedIn('ana'));
  const before = one.renew();
  one.end();
  one.begin(signedIn('bo'));
  turn.resolve();
  await assert.rejects(before, Refused);
});
