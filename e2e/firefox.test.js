// What is different in Firefox: it fills a saved login into every field that looks like one, whatever `autocomplete`
// says, it remembers a failed `import()`, and a field does not grow with its text by itself.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Firefox } from './support/firefox.js';
import { PASSWORD, Server } from './support/server.js';

/** @type {Server} */
let server;
/** @type {Firefox} */
let firefox;
/** @type {string} a room of hers */
let roomId;

before(async () => {
  server = await Server.start();
  firefox = await Firefox.launch();
});

after(async () => {
  await firefox?.close();
  await server?.stop();
});

/** The button that opens the room's own form. */
const MANAGE = 'hex-members .stack > button:last-of-type';

/** Waits in the page until something is there. @param {string} selector */
const waitFor = (selector) =>
  firefox.run(async (wanted) => {
    while (!document.querySelector(wanted)) await new Promise((resolve) => setTimeout(resolve, 50));
  }, selector);

/** The fields that hold one of these texts. @param {...string} texts */
const filledWith = (...texts) =>
  firefox.run(
    (wanted) =>
      Array.from(document.querySelectorAll('input'))
        .filter(({ value }) => wanted.includes(value))
        .map(({ autocomplete }) => autocomplete),
    texts,
  );

/**
 * Firefox fills a form a moment after it has come, so a form that it does fill, set beside the page's own, shows when
 * that moment is over.
 */
const waitUntilFilled = () =>
  firefox.run(async () => {
    const form = document.createElement('form');
    for (const [type, autocomplete] of [
      ['text', 'username'],
      ['password', 'current-password'],
    ]) {
      const input = Object.assign(document.createElement('input'), { type });
      input.setAttribute('autocomplete', autocomplete);
      form.append(input);
    }
    document.body.append(form);
    const password = /** @type {HTMLInputElement} */ (form.lastChild);
    while (password.value === '') await new Promise((resolve) => setTimeout(resolve, 50));
    form.remove();
  });

test('Firefox fills a saved login into the sign-in form, and never into a room’s password', async () => {
  const ana = await server.account('ana', { prime: true });
  roomId = await ana.room('Den');
  await firefox.saveLogin(server.url, 'ana', PASSWORD);

  await firefox.open(`${server.url}/sign-in`);
  await waitFor('input[type="password"]');
  await firefox.run(async () => {
    const password = /** @type {HTMLInputElement} */ (document.querySelector('input[type="password"]'));
    while (password.value === '') await new Promise((resolve) => setTimeout(resolve, 50));
    document.querySelector('form')?.requestSubmit();
  });
  await waitFor('hex-sidebar');

  for (const path of ['/join', '/create']) {
    await firefox.open(server.url + path);
    await waitFor('input[name="password"]');
    await waitUntilFilled();
    assert.deepEqual(await filledWith('ana', PASSWORD), [], path);
  }
  await firefox.open(`${server.url}/rooms/${roomId}`);
  await waitFor(MANAGE);
  await firefox.run((manage) => {
    /** @type {HTMLElement} */ (document.querySelector(manage)).click();
  }, MANAGE);
  await waitFor('dialog input[name="password"]');
  await waitUntilFilled();
  assert.deepEqual(await filledWith('ana', PASSWORD), [], 'room tools');

  await firefox.open(`${server.url}/settings`);
  await waitFor('input[autocomplete="new-password"]');
  await waitUntilFilled();
  assert.deepEqual(
    await filledWith(PASSWORD),
    ['current-password'],
    'the new one is for its owner to think of',
  );
});

test('an outage leaves nothing dead that was opened meanwhile', async () => {
  await firefox.open(`${server.url}/coins`);
  await waitFor('hex-coins .balance');
  await waitFor('hex-connection[data-state="on"]');
  await server.kill();
  await waitFor('hex-connection[data-state="waiting"]');
  const open = (/** @type {string} */ path) =>
    firefox.run((href) => {
      /** @type {HTMLElement} */ (document.querySelector(`hex-sidebar a[href="${href}"]`)).click();
    }, path);
  await open('/settings');
  await waitFor('main .loading, hex-settings');
  await open('/friends');
  await waitFor('main .loading, hex-friends');
  await server.restart();
  await waitFor('hex-friends h1');
  await open('/settings');
  await waitFor('hex-settings form');
});

test('the composer is as high as the text in it, up to a limit', async () => {
  await firefox.open(`${server.url}/rooms/${roomId}`);
  await waitFor('hex-composer textarea');
  const heights = await firefox.run(() => {
    const box = /** @type {HTMLTextAreaElement} */ (document.querySelector('hex-composer textarea'));
    return ['', 'a long paragraph '.repeat(20), 'a long paragraph '.repeat(200), 'short'].map((text) => {
      box.value = text;
      box.dispatchEvent(new Event('input'));
      return [box.clientHeight, box.scrollHeight];
    });
  });
  const [empty, paragraph, novel, short] = /** @type {number[][]} */ (heights);
  assert.ok(paragraph[0] > 2 * empty[0], `${paragraph}`);
  assert.equal(paragraph[0], paragraph[1], 'all of it can be seen');
  assert.ok(novel[0] < novel[1] && novel[0] < 300, `${novel}`);
  assert.deepEqual(short, empty);
});
