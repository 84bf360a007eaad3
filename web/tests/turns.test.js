import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnAccount } from '../src/state/own-account.js';
import { Turns } from '../src/state/requests.js';
import { deferred } from './fakes.js';

test('an answer is news unless a later request was answered before', () => {
  const turns = new Turns();
  const [first, second, third] = [turns.take(), turns.take(), turns.take()];
  assert.deepEqual([second(), first(), third()], [true, false, true]);
});

test('an older answer about the account does not replace a newer one', async () => {
  const answers = [deferred(), deferred()];
  const asked = [...answers];
  const account = new OwnAccount(/** @type {any} */ ({ me: { show: () => asked.shift()?.promise } }));
  const loads = [account.load(), account.load()];
  answers[1].resolve({ availCoins: 50 });
  await loads[1];
  answers[0].resolve({ availCoins: 200 });
  assert.equal((await loads[0]).availCoins, 50);
});
