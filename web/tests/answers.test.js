// Answers that come late, and know less than what has been told meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Friends } from '../src/state/friends.js';
import { OwnAccount } from '../src/state/own-account.js';
import { deferred, settled } from './fakes.js';

test('a balance from a notice is not overwritten by an older answer', async () => {
  const answer = deferred();
  const account = new OwnAccount(/** @type {any} */ ({ me: { show: () => answer.promise } }));
  const loaded = account.load();
  account.notice({ kind: 'coins', data: { availCoins: 70 } });
  answer.resolve({ userId: 'ana', availCoins: 50, prime: false });
  await loaded;
  assert.deepEqual([account.now.availCoins, account.now.prime], [70, false]);
});

test('friends are those of the latest request, whichever answer comes last', async () => {
  /** @type {ReturnType<typeof deferred>[]} */
  const answers = [];
  const friends = new Friends(
    /** @type {any} */ ({
      people: {
        friends: () => answers[answers.push(deferred()) - 1].promise,
        requests: async () => [],
        blocked: async () => [],
      },
    }),
  );
  friends.load();
  friends.load();
  answers[1].resolve(['bo']);
  await settled();
  answers[0].resolve([]);
  await settled();
  assert.deepEqual(friends.friends, ['bo']);
});
