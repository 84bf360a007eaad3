// HTTP in place of a WebSocket.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/server/errors.js';
import { HttpLine } from '../src/server/http-line.js';

/** @param {Error} failure of every attempt to see what has happened */
function setup(failure) {
  const api = {
    messages: { post: async () => ({ messageId: 'm', seq: 7, duplicate: false }), edit: async () => {} },
  };
  return new HttpLine({ api: /** @type {any} */ (api), poll: () => Promise.reject(failure) });
}

const SEND = { type: 'send', roomId: 'r', clientMessageId: 'c', body: 'hello' };

test('what was done counts as done, also if it cannot be shown yet', async () => {
  for (const failure of [new Unreachable(), new Refused(/** @type {any} */ ({ code: 'not_a_member' }))]) {
    const line = setup(failure);
    assert.equal((await line.request(SEND)).seq, 7);
    assert.equal(
      (await line.request({ type: 'edit', roomId: 'r', messageId: 'm', body: 'x' })).messageId,
      'm',
    );
  }
});

test('a fault of the client is not taken for an outage', async () => {
  await assert.rejects(setup(new TypeError('oops')).request(SEND), TypeError);
});
