import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  hashOf,
  invitationLink,
  invitationToken,
  passwordToken,
  roomIdOf,
  roomPath,
  routeOf,
} from '../src/router.js';

test('every path that the server answers with the page leads to a screen', async () => {
  const source = await readFile(new URL('../../crates/api-actix/src/web_client.rs', import.meta.url), 'utf8');
  const table = source.slice(source.indexOf('SCREENS'), source.indexOf('];', source.indexOf('SCREENS')));
  const paths = [...table.matchAll(/"(\/[^"]*)"/g)].map((match) => match[1]);
  assert.ok(paths.length >= 9, paths.join());
  for (const path of paths)
    assert.notEqual(routeOf(path.replace('{roomId}', 'x').replace('{seq}', '7')).screen, 'not-found', path);
});

test('a room’s address names it', () => {
  assert.deepEqual(routeOf(roomPath('0193')), { screen: 'room', roomId: '0193' });
  for (const added of ['.', ',', ')', '。', '%E3%80%82', '%23', '/', '.%29'])
    assert.deepEqual(routeOf(`/rooms/0193-a${added}`), { screen: 'room', roomId: '0193-a' }, added);
  for (const other of ['/rooms/', '/rooms/.', '/rooms/a/b', '/rooms/a%'])
    assert.equal(routeOf(other).screen, 'not-found', other);
  for (const path of [roomPath('0193-a', 12), '/rooms/0193-a/m/12.', '/rooms/0193-a/m/12%29'])
    assert.deepEqual(routeOf(path), { screen: 'room', roomId: '0193-a', seq: '12' }, path);
  for (const other of ['/rooms/a/m/', '/rooms/a/m/b', '/rooms/a/m/-1', '/rooms/a/m/1/2'])
    assert.equal(routeOf(other).screen, 'not-found', other);
  assert.equal(routeOf('/api/docs/').screen, 'not-found');
});

test('a room is named by its id or its link', () => {
  for (const text of [
    '0193-a',
    ' 0193-a\n',
    'https://chat.example/rooms/0193-a',
    'chat.example/rooms/0193-a).',
  ])
    assert.equal(roomIdOf(text), '0193-a', text);
  for (const text of ['', 'no id', 'https://chat.example/join']) assert.equal(roomIdOf(text), text);
});

test('an invitation’s token is in the hash, which no server sees', () => {
  const link = new URL(invitationLink('https://chat.example', 'abc_DEF-1'));
  assert.deepEqual([link.pathname, link.search], ['/', '']);
  assert.equal(link.hash, '#/invite/abc_DEF-1');
});

test('an invitation is read from a link, its end or the token itself', () => {
  for (const text of ['https://chat.example/#/invite/abc-1', ' #/invite/abc-1\n', 'abc-1', 'abc-1.']) {
    assert.equal(invitationToken(text), 'abc-1', text);
  }
  for (const text of ['', 'not a token', 'https://chat.example/#/other/abc', 'a/b']) {
    assert.equal(invitationToken(text), null, text);
  }
});

test('a link is read although a sentence went on behind it or its hash was encoded', () => {
  for (const text of ['#/invite/abc-1.', '#/invite/abc-1>', '#/invite/abc-1%E3%80%82', '%23/invite/abc-1)'])
    assert.equal(invitationToken(`https://chat.example/${text}`), 'abc-1', text);
  for (const hash of ['#/password/abc-1.', '#/password/abc-1%29']) assert.equal(passwordToken(hash), 'abc-1');
  assert.equal(hashOf(new URL('https://chat.example/%23/invite/abc-1.')), '#/invite/abc-1.');
  assert.equal(hashOf(new URL('https://chat.example/#/invite/abc-1')), '#/invite/abc-1');
});

test('a password link is read from its hash only', () => {
  assert.equal(passwordToken('#/password/abc_DEF-1'), 'abc_DEF-1');
  for (const hash of ['', '#/password/', '#/invite/abc', '#/password/a/b']) {
    assert.equal(passwordToken(hash), null, hash);
  }
});
