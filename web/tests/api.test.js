// Calls that are under way when somebody signs out.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Api } from '../src/server/api.js';
import { Session } from '../src/server/session.js';
import { deferred, safeStorage, settled } from './fakes.js';

/** @param {string} userId */
const signedIn = (userId) => ({
  body: {
    accessToken: `access-${userId}`,
    accessTokenExpiresAt: new Date(900_000).toISOString(),
    refreshToken: `refresh-${userId}`,
    refreshTokenExpiresAt: '',
    account: /** @type {any} */ ({ userId }),
  },
  at: 0,
});

/** @param {import('node:test').TestContext} t */
function world(t) {
  /** @type {{token: string | null, answer: (status: number, body: object) => void}[]} */
  const asked = [];
  mock.method(
    globalThis,
    'fetch',
    (/** @type {string} */ _, /** @type {{headers: Headers}} */ { headers }) => {
      const { promise, resolve } = deferred();
      const answer = (/** @type {number} */ status, /** @type {object} */ body) =>
        resolve(new Response(JSON.stringify(body), { status }));
      asked.push({ token: headers.get('Authorization'), answer });
      return promise;
    },
  );
  t.after(() => mock.restoreAll());
  const session = new Session({
    storage: safeStorage(),
    locks: undefined,
    refresh: () => assert.fail('nobody else’s token is renewed'),
    now: () => 0,
  });
  session.begin(signedIn('ana'));
  return { asked, session, api: new Api(session) };
}

for (const [outcome, status, body] of /** @type {[string, number, object][]} */ ([
  ['an answer', 200, { userId: 'ana' }],
  ['a refusal', 403, { code: 'banned', detail: '' }],
  ['a refusal of the token', 401, { code: 'session_revoked', detail: '' }],
])) {
  test(`${outcome} that comes after the sign-out is for nobody, and nobody asks again in another’s name`, async (t) => {
    const { asked, session, api } = world(t);
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    api.me.show().then(settle, settle);
    await settled();
    session.end();
    session.begin(signedIn('bo'));
    asked[0].answer(status, body);
    await settled();
    await settled();
    assert.equal(isSettled, false);
    assert.deepEqual(
      asked.map(({ token }) => token),
      ['Bearer access-ana'],
    );
    assert.equal(session.userId, 'bo');
  });
}
