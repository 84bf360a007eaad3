import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Drafts } from '../src/room/drafts.js';
import { safeStorage } from './fakes.js';

test('a draft and an edit are kept, each for its account and room', () => {
  const storage = safeStorage();
  const draft = {
    text: 'hm',
    replyTo: { messageId: 'm2', seq: 2 },
    edit: { messageId: 'm1', text: 'better' },
  };
  new Drafts({ storage, userId: 'ana' }).keep('r', draft);
  assert.deepEqual(new Drafts({ storage, userId: 'ana' }).of('r'), draft);
  assert.deepEqual(new Drafts({ storage, userId: 'ana' }).of('s'), { text: '' });
  for (const userId of ['bo', 'an', 'ana.r', 'Ana'])
    assert.deepEqual(new Drafts({ storage, userId }).of('r'), { text: '' }, userId);
});

test('a sent draft is removed, and signing out leaves nothing behind', () => {
  const storage = safeStorage();
  const [ana, other] = [new Drafts({ storage, userId: 'ana' }), new Drafts({ storage, userId: 'ana.b' })];
  ana.keep('r', { text: 'hm' });
  ana.keep('r', { text: '' });
  assert.equal(storage.keys('').length, 0);
  ana.keep('r', { text: 'one' });
  other.keep('r', { text: 'two' });
  ana.forget();
  assert.deepEqual([ana.of('r').text, other.of('r').text], ['', 'two']);
});

test('a reply without a text is kept until it is cancelled', () => {
  const storage = safeStorage();
  const drafts = new Drafts({ storage, userId: 'ana' });
  drafts.keep('r', { text: '', replyTo: { messageId: 'm2', seq: 2 } });
  assert.deepEqual(drafts.of('r').replyTo, { messageId: 'm2', seq: 2 });
  drafts.keep('r', { text: '' });
  assert.equal(storage.keys('').length, 0);
});

test('damaged data is not a draft', () => {
  const storage = safeStorage();
  const drafts = new Drafts({ storage, userId: 'ana' });
  for (const text of [
    '',
    '{',
    'null',
    '7',
    '"text"',
    '{"text":1}',
    '{"text":"a","edit":{"text":"b"}}',
    '{"text":"a","replyTo":{"messageId":"m"}}',
  ]) {
    storage.setItem('hexroom.draft.ana.r', text);
    assert.deepEqual(drafts.of('r'), { text: '' }, text);
  }
});
