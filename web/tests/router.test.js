import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { invitationLink, invitationToken, passwordToken, roomPath, routeOf } from '../src/router.js';

test('every path that the server answers with the page leads to a screen', async () => {
  const source = await readFile(new URL('../../crates/api-actix/src/web_client.rs', import.meta.url), 'utf8');
  const table = source.slice(source.indexOf('SCREENS'), source.indexOf('];', source.indexOf('SCREENS')));
  const paths = [...table.matchAll(/"(\/[^"]*)"/g)].map((match) => match[1]);
  assert.ok(paths.length >= 9, paths.join());
  for (const path of paths) assert.notEqual(routeOf(path.replace('{roomId}', 'x')).screen, 'not-found', path);
});

test('a room’s address names it', () => {
  assert.deepEqual(routeOf(roomPath('0193')), { screen: 'room', roomId: '0193' });
  assert.equal(routeOf('/rooms/').screen, 'not-found');
  assert.equal(routeOf('/api/docs/').screen, 'not-found');
});

test('an invitation’s token is in the hash, which no server sees', () => {
  const link = new URL(invitationLink('https://chat.example', 'abc_DEF-1'));
  assert.deepEqual([link.pathname, link.search], ['/', '']);
  assert.equal(link.hash, '#/invite/abc_DEF-1');
});

test('an invitation is read from a link, its end or the token itself', () => {
  for (const text of ['https://chat.example/#/invite/abc-1', ' #/invite/abc-1\n', 'abc-1']) {
    assert.equal(invitationToken(text), 'abc-1', text);
  }
  for (const text of ['', 'not a token', 'https://chat.example/#/other/abc', 'a/b']) {
    assert.equal(invitationToken(text), null, text);
  }
});

test('a password link is read from its hash only', () => {
  assert.equal(passwordToken('#/password/abc_DEF-1'), 'abc_DEF-1');
  for (const hash of ['', '#/password/', '#/invite/abc', '#/password/a/b']) {
    assert.equal(passwordToken(hash), null, hash);
  }
});
