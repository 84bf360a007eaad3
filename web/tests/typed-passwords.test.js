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

function typed() {
  const passwords = new TypedPasswords();
  passwords.note({ roomId: 'den', headSeq: 7 }, 'open sesame');
  return passwords;
}

test('a password is kept through its own event, whichever comes first, and through others', () => {
  const passwords = new TypedPasswords();
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
