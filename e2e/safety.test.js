// Nothing that a person types is ever run, and no secrets are exposed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

const MARKUP = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';

test('markup in names, rooms and messages is shown as text', async () => {
  const [ana, bob] = [
    await set.member(MARKUP.slice(0, 40), { prime: true }),
    await set.member('Bob', { prime: true }),
  ];
  const roomId = await ana.seed.room(`<svg onload=window.harmed=1>`);
  await bob.seed.join(roomId);
  await ana.open(roomId);
  await bob.open(roomId);
  for (const text of [
    MARKUP,
    '"><iframe srcdoc="<script>parent.harmed=1</script>">',
    'javascript:window.harmed=1',
    '&lt;b&gt;',
  ]) {
    await ana.say(text);
    await bob.message(text).waitFor();
  }
  assert.equal(await bob.page.locator('.message a').count(), 0);
  assert.equal(await bob.page.locator('main :is(img, script, iframe)').count(), 0);
  await bob.sees('<svg onload=window.harmed=1>', bob.page.getByRole('heading', { level: 1 }));
  await bob.page.getByRole('complementary').locator('[data-user]').first().click();
  await bob.sees(ana.name, bob.dialog);
  await bob.press('Send friend request', bob.dialog);
  await ana.goto('/friends');
  await ana.press('Accept');
  await ana.goto('/settings');
  await ana.sees('Devices');
  for (const person of [ana, bob]) {
    assert.equal(await person.page.evaluate(() => 'harmed' in window), false);
    assert.deepEqual(person.troubles, []);
  }
});

test('right-to-left text and emoji do not affect the text around them', async () => {
  const ana = await set.member('אנה', { prime: true });
  const roomId = await ana.seed.room('غرفة 🧗');
  await ana.open(roomId);
  await ana.say('مرحبا بالجميع 👩‍👩‍👧');
  await ana.hears(['مرحبا بالجميع 👩‍👩‍👧']);
  const direction = await ana.page.locator('.body').evaluate((body) => getComputedStyle(body).direction);
  assert.equal(direction, 'rtl');
  await ana.page.getByRole('heading', { name: 'غرفة 🧗' }).waitFor();
  assert.equal(await ana.page.evaluate(() => getComputedStyle(document.body).direction), 'ltr');
});

test('web addresses in messages are links without a referrer', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.open(await ana.seed.room('Den'));
  await ana.say('see https://example.org/a?b=1.');
  const link = ana.message('see').getByRole('link', { name: 'https://example.org/a?b=1' });
  await ana.hears(['see https://example.org/a?b=1.']);
  assert.equal(await link.getAttribute('href'), 'https://example.org/a?b=1');
  assert.match((await link.getAttribute('rel')) ?? '', /noopener noreferrer/);
});

test('the page can neither insert markup nor run inline scripts', async () => {
  const ana = await set.member('Ana');
  await ana.goto('/');
  const outcome = await ana.page.evaluate(() => {
    try {
      document.body.insertAdjacentHTML('beforeend', '<b>bold</b>');
      return 'made';
    } catch (error) {
      return /** @type {Error} */ (error).name;
    }
  });
  assert.equal(outcome, 'TypeError');
});

test('no access token is stored, no token is in an address, and everything comes from this server', async () => {
  const ana = await set.member('Ana', { prime: true });
  /** @type {string[]} */
  const requested = [];
  ana.page.on('request', (request) => requested.push(request.url()));
  await ana.open(await ana.seed.room('Den'));
  await ana.say('hello');
  await ana.hears(['hello']);
  for (const path of ['/coins', '/friends', '/settings']) await ana.goto(path);
  await ana.sees('This browser');
  const kept = await ana.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.ok(kept.includes('refreshToken') && !kept.includes('accessToken') && !kept.includes('eyJ'), kept);
  assert.deepEqual(await ana.context.cookies(), []);
  const elsewhere = requested.filter((url) => new URL(url).host !== new URL(set.server.url).host);
  assert.deepEqual(elsewhere, []);
  const { refreshToken } = JSON.parse(JSON.parse(kept)[0]['hexroom.session']);
  assert.ok(
    requested.length > 20 && requested.every((url) => !/token=|eyJ/.test(url) && !url.includes(refreshToken)),
  );
});

test('the owner is told when many wrong passwords were tried, until they change it', async () => {
  const ana = await set.member('Ana', { prime: true });
  const roomId = await ana.seed.room('Den');
  /** @type {import('playwright-core').WebSocketRoute[]} */
  const lines = [];
  await ana.page.routeWebSocket('**/api/ws', (line) => {
    line.connectToServer();
    lines.push(line);
  });
  await ana.open(roomId);
  const data = { roomId, guesses: 20 };
  lines[0].send(JSON.stringify({ type: 'notice', kind: 'room_password_guessed', data }));
  await ana.sees('Den: 20 wrong passwords were tried for this room.');
  await ana.sees(/^20 wrong passwords/, ana.page.getByRole('complementary'));
  await ana.press('Manage the room');
  await ana.fill('New password', 'a longer one than before', ana.dialog);
  await ana.press('Save', ana.dialog);
  await ana.page.getByRole('complementary').getByText('20 wrong passwords').waitFor({ state: 'detached' });
});
