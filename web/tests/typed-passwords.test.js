import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TypedPasswords } from '../src/state/typed-passwords.js';

/** @param {number} seq @param {string} [roomId] */
const changed = (seq, roomId = 'den') => ({
  type: 'event',
  roomId,
  seq,
  kind: 'room_changed',
  data: { passwordChanged: true },
});

class Line extends EventTarget {
  state = 'on';

  /** @param {string} state */
  become(state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }
}

const none = (line = new Line()) => new TypedPasswords(/** @type {any} */ (line));

/** @param {Line} [line] */
function typed(line) {
  const passwords = none(line);
  passwords.note({ roomId: 'den', headSeq: 7 }, 'open sesame');
  return passwords;
}

test('a password is kept through its own event, whichever comes first, and through others', () => {
  const passwords = none();
  passwords.handle(changed(7));
  passwords.note({ roomId: 'den', headSeq: 7 }, 'open sesame');
  for (const frame of [
    changed(7),
    changed(9, 'attic'),
    { ...changed(8), data: { name: 'Lair' } },
    { type: 'typing', roomId: 'den' },
    { type: 'ping', heads: {} },
  ])
    passwords.handle(frame);
  assert.equal(passwords.of('den'), 'open sesame');
  assert.equal(passwords.of('attic'), null);
});

test('a password is forgotten once another was set, or may have been', () => {
  for (const frame of [changed(8), { type: 'reset', roomId: 'den' }, { type: 'removed', roomId: 'den' }]) {
    const passwords = typed();
    let changes = 0;
    passwords.addEventListener('change', () => {
      changes += 1;
    });
    passwords.handle(frame);
    assert.equal(passwords.of('den'), null);
    assert.equal(changes, 1);
  }
});

test('over HTTP, which does not tell that another was set, no password is kept', () => {
  const line = new Line();
  const passwords = typed(line);
  let isTold = false;
  passwords.addEventListener('change', () => {
    isTold = true;
  });
  for (const state of ['waiting', 'connecting', 'on']) line.become(state);
  assert.equal(passwords.of('den'), 'open sesame');
  line.become('polling');
  assert.deepEqual([passwords.of('den'), isTold], [null, true]);
  passwords.note({ roomId: 'den', headSeq: 8 }, 'open again');
  assert.equal(passwords.of('den'), null);
  line.become('on');
  passwords.note({ roomId: 'den', headSeq: 8 }, 'open again');
  assert.equal(passwords.of('den'), 'open again');
});
