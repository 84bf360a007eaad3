// The connection is lost and comes back, and nothing is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, fixture } from './support/people.js';

const set = fixture();

/** Two people in a room. */
async function pair() {
  const [ana, bob] = [await set.member('Ana', { prime: true }), await set.member('Bob')];
  const roomId = await ana.seed.room('Den');
  await bob.seed.join(roomId);
  await ana.open(roomId);
  await bob.open(roomId);
  return { ana, bob, roomId };
}

/** @param {string} word @param {number} count */
const numbered = (word, count) => Array.from({ length: count }, (_, place) => `${word} ${place + 1}`);

test('messages written while the server is down arrive once, in order, when it is back', async () => {
  const { ana, bob } = await pair();
  await ana.say('before');
  await bob.hears(['before']);
  await set.server.kill();
  await ana.sees('Offline. Your messages will be sent when the connection is back.');
  for (const text of ['one', 'two', 'three']) await ana.say(text);
  await ana.sees('Waiting for the connection', ana.message('three'));
  await becomes(() => ana.page.locator('.unsent').count(), 3);
  await set.server.restart();
  for (const person of [ana, bob]) await person.hears(['before', 'one', 'two', 'three']);
  await ana.page.getByText('Offline.').filter({ visible: true }).waitFor({ state: 'detached' });
  await becomes(() => ana.page.locator('.unsent').count(), 0);
});

test('a server killed while messages are in flight loses none and repeats none', async () => {
  const { ana, bob } = await pair();
  const texts = numbered('message', 30);
  const half = ana.message(texts[14]);
  for (const text of texts) await ana.say(text);
  await half.waitFor();
  await set.server.kill();
  await set.server.restart();
  for (const person of [ana, bob]) await person.hears(texts);
});

test('messages written offline survive a reload', async () => {
  const { ana, bob, roomId } = await pair();
  await set.server.kill();
  await ana.sees('Offline.');
  await ana.say('written on the train');
  await ana.sees('Waiting for the connection');
  await ana.page.close();
  await set.server.restart();
  ana.page = await ana.context.newPage();
  await ana.goto(`/rooms/${roomId}`);
  for (const person of [ana, bob]) await person.hears(['written on the train']);
});

test('missed messages are loaded after an interruption', async () => {
  const { ana, bob } = await pair();
  const line = await cut(bob);
  await ana.say('first');
  await bob.hears(['first']);
  line.lose();
  await bob.sees('Offline.');
  await ana.say('second');
  await ana.say('third');
  await ana.hears(['first', 'second', 'third']);
  line.mend();
  await bob.hears(['first', 'second', 'third']);
});

for (const way of ['a WebSocket', 'HTTP alone']) {
  test(`after an interruption too long for a replay the room is loaded again: over ${way}`, async () => {
    const { ana, bob, roomId } = await pair();
    const line = await cut(bob);
    await ana.say('before');
    await bob.hears(['before']);
    line.lose();
    await bob.sees('Offline.');
    await ana.seed.say(roomId, 'the first');
    const texts = numbered('while away', 510);
    for (let from = 0; from < texts.length; from += 30) {
      await Promise.all(texts.slice(from, from + 30).map((text) => ana.seed.say(roomId, text)));
    }
    await ana.seed.say(roomId, 'the last');
    if (way === 'a WebSocket') line.mend();
    else line.mendHttp();
    await bob.sees('the first', bob.page.locator('.divider.new + .message'));
    await bob.press(/ new$/);
    await bob.message('the last').waitFor();
    assert.equal(
      await bob.message('before').count(),
      0,
      'what is far above is fetched when it is looked for',
    );
    await ana.say('and after');
    await bob.message('and after').waitFor();
    line.mend();
    await bob.online();
    await ana.say('and live again');
    await bob.message('and live again').waitFor();
  });
}

test('a lost event is asked for', async () => {
  const { ana, bob } = await pair();
  const line = await cut(bob);
  await ana.say('one');
  await bob.hears(['one']);
  line.loseNext('"body":"two"');
  await ana.say('two');
  await ana.hears(['one', 'two']);
  await ana.say('three');
  await bob.hears(['one', 'two', 'three']);
});

test('without a WebSocket one reads, writes, edits and deletes over HTTP, until there is one', async () => {
  const { ana, bob, roomId } = await pair();
  await ana.say('before');
  await bob.hears(['before']);
  let isBlocked = true;
  await bob.page.routeWebSocket('**/api/ws', (line) => {
    if (isBlocked) line.close({ code: 1013 });
    else line.connectToServer();
  });
  await bob.reload();
  await bob.sees('Live connections are blocked here, so messages arrive every few seconds.');
  await bob.say('one');
  await ana.hears(['before', 'one']);
  await ana.say('two');
  await ana.hears(['before', 'one', 'two']);
  await ana.messageBox.press('ArrowUp');
  await ana.composes('two');
  await ana.messageBox.fill('two, edited');
  await ana.messageBox.press('Enter');
  await bob.hears(['before', 'one', 'two, edited']);
  await bob.messageBox.press('ArrowUp');
  await bob.composes('one');
  await bob.messageBox.fill('one, edited');
  await bob.messageBox.press('Enter');
  await ana.hears(['before', 'one, edited', 'two, edited']);
  await set.server.run('user', 'prime', bob.userId);
  const other = await ana.seed.room('Attic');
  await bob.seed.join(other);
  await bob.page.getByRole('link', { name: /Attic/ }).waitFor();

  isBlocked = false;
  await bob.online();
  for (const person of [ana, bob]) await person.hears(['before', 'one, edited', 'two, edited']);
  await ana.say('three');
  await bob.hears(['before', 'one, edited', 'two, edited', 'three']);
  await ana.seed.call('DELETE', `chatrooms/${roomId}/members/${bob.userId}`);
  await bob.sees('Come back to this room');
  assert.deepEqual(bob.troubles, []);
});

test('without a WebSocket one reacts, replies and mentions over HTTP, until there is one', async () => {
  const { ana, bob } = await pair();
  await ana.say('before');
  await bob.hears(['before']);
  let isBlocked = true;
  await bob.page.routeWebSocket('**/api/ws', (line) => {
    if (isBlocked) line.close({ code: 1013 });
    else line.connectToServer();
  });
  await bob.reload();
  await bob.sees('Live connections are blocked here, so messages arrive every few seconds.');
  const pill = (/** @type {typeof ana} */ { page }, /** @type {string} */ name) =>
    page.getByRole('group', { name: 'Reactions' }).getByRole('button', { name, exact: true });

  await bob.message('before').hover();
  await bob.press('React', bob.message('before'));
  await bob.page.getByRole('toolbar', { name: 'React to this message' }).getByText('👍').click();
  await pill(ana, '👍 1: Bob').click();
  await pill(bob, '👍 2: Ana and you').click();
  await pill(ana, '👍 1: You').waitFor();

  await bob.message('before').hover();
  await bob.press('Reply', bob.message('before'));
  await bob.page.locator('hex-reply-bar').waitFor();
  await bob.say(`after, @${ana.userId}`);
  await ana.page.locator('.message.for-me .mention.me', { hasText: '@Ana' }).waitFor();
  await ana.page.locator('.quote', { hasText: 'before' }).waitFor();
  await bob.hears(['before', 'after, @Ana']);

  isBlocked = false;
  await bob.online();
  await ana.say('three');
  await bob.hears(['before', 'after, @Ana', 'three']);
  await pill(bob, '👍 1: Ana').waitFor();
  assert.deepEqual(bob.troubles, []);
});

test('what could not be loaded during an outage says so, and works afterwards', async () => {
  const ana = await set.member('Ana', { prime: true });
  let isOut = true;
  await ana.page.route(/(components\/room-tools|screens\/friends)\.js/, (route) =>
    isOut ? route.abort() : route.continue(),
  );
  await ana.open(await ana.seed.room('Den'));
  await ana.press('Manage the room');
  await ana.sees('The server cannot be reached. Check your connection and try again.');
  await ana.page.getByRole('link', { name: 'Friends' }).click();
  await ana.sees('The server cannot be reached.', ana.page.getByRole('main'));
  isOut = false;
  await ana.page.getByRole('heading', { name: 'No friends yet' }).waitFor();
  await ana.page.goBack();
  await ana.press('Manage the room');
  await ana.dialog.getByRole('heading', { name: 'Manage Den' }).waitFor();
  assert.deepEqual(ana.troubles, []);
});

test('one can try at once instead of waiting', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.open(await ana.seed.room('Den'));
  const line = await cut(ana);
  line.lose();
  await ana.sees('Offline.');
  // As if the next attempt were far away.
  await ana.page.evaluate(() => Object.assign(window, { setTimeout: () => 0 }));
  line.mend();
  await ana.press('Try now');
  await ana.online();
});

/**
 * Puts the test between somebody's page and the server, from the page's next connection on.
 * @param {import('./support/people.js').Person} person
 */
async function cut({ page }) {
  let isCut = false;
  let isHttpCut = false;
  await page.route('**/api/**', (route) => (isHttpCut ? route.abort() : route.continue()));
  let unwanted = '';
  /** @type {import('playwright-core').WebSocketRoute[]} */
  const lines = [];
  await page.routeWebSocket('**/api/ws', (line) => {
    if (isCut) return void line.close({ code: 1013 });
    lines.push(line);
    const server = line.connectToServer();
    server.onMessage((frame) => {
      if (unwanted !== '' && String(frame).includes(unwanted)) unwanted = '';
      else line.send(frame);
    });
  });
  await page.reload();
  await page.locator('hex-connection[data-state="on"]').first().waitFor({ state: 'attached' });
  return {
    lose: () => {
      isCut = true;
      isHttpCut = true;
      for (const line of lines.splice(0)) line.close({ code: 1013 });
    },
    mend: () => {
      isCut = false;
      isHttpCut = false;
    },
    mendHttp: () => {
      isHttpCut = false;
    },
    /** @param {string} text of the frame that does not arrive */
    loseNext: (text) => {
      unwanted = text;
    },
  };
}
