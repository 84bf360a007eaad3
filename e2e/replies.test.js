// Messages that reply to others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { fixture } from './support/people.js';

const set = fixture();

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** @param {import('playwright-core').BrowserContextOptions} [options] of Ana's browser */
const pair = (options) => set.pair('shall we?', options);

/** What a message says that it replies to. @param {import('./support/people.js').Person} person @param {string} text */
const quoteIn = (person, text) =>
  person.page
    .locator('.message')
    .filter({ has: person.page.locator('.body', { hasText: text }) })
    .locator('.quote');

/** What the message being written replies to. @param {import('./support/people.js').Person} person */
const bar = ({ page }) => page.locator('hex-reply-bar');

/** What is kept of messages being written, which is so at once. @param {import('./support/people.js').Person} person */
const draftsOf = ({ page }) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('hexroom.draft.')));

/** @param {import('./support/people.js').Person} person @param {string} text */
async function replyTo(person, text) {
  await person.message(text).hover();
  await person.press('Reply', person.message(text));
  await bar(person).waitFor();
}

test('a reply shows what it replies to, and says so when that is deleted', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  await replyTo(ana, 'shall we?');
  assert.match((await bar(ana).textContent()) ?? '', /Reply to\s*Bob\s*shall we\?/);
  await ana.messageBox.pressSequentially('let us');
  await ana.messageBox.press('Enter');
  await bar(ana).waitFor({ state: 'detached' });
  await quoteIn(bob, 'let us').getByText('shall we?').waitFor();
  await quoteIn(ana, 'let us').getByText('Bob').waitFor();
  await bob.message('let us').hover();
  await bob.seed.call('PATCH', `chatrooms/${roomId}/messages/${messageId}`, { body: 'shall we go?' });
  await quoteIn(ana, 'let us').getByText('shall we go?').waitFor();
  await bob.seed.call('DELETE', `chatrooms/${roomId}/messages/${messageId}`);
  for (const person of [ana, bob])
    await quoteIn(person, 'let us').getByText('This message was deleted.').waitFor();
  assert.deepEqual([ana.troubles, bob.troubles], [[], []]);
});

test('by keyboard one replies, changes one’s mind, and follows a quote', async () => {
  const { ana } = await pair();
  const { page } = ana;
  const reply = async () => {
    await ana.message('shall we?').and(page.locator(':not(:has(.quote))')).focus();
    await ana.message('shall we?').getByRole('button', { name: 'Reply', exact: true }).first().waitFor();
    await page.keyboard.press('r');
    await bar(ana).waitFor();
  };
  await reply();
  await page.keyboard.type('yes');
  await page.keyboard.press('Escape');
  await bar(ana).waitFor({ state: 'detached' });
  assert.equal(await ana.messageBox.inputValue(), 'yes');
  await reply();
  await page.keyboard.press('Enter');
  await quoteIn(ana, 'yes').waitFor();
  await page
    .locator('.message:not(.unsent)')
    .filter({ has: page.locator('.quote') })
    .focus();
  await quoteIn(ana, 'yes').and(page.locator('[tabindex="0"]')).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const original = page.locator('.message[data-marked]').getByText('shall we?');
  await original.waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('.message:not(:has(.quote))'));
});

test('an edit in progress is not thrown away by a reply', async () => {
  const { ana } = await pair();
  await ana.say('first');
  await ana.hears(['shall we?', 'first']);
  await ana.message('first').hover();
  await ana.press('Edit', ana.message('first'));
  await ana.messageBox.pressSequentially(' and more');
  await ana.message('shall we?').hover();
  await ana.press('Reply', ana.message('shall we?'));
  await ana.sees('Finish or cancel your edit before you reply.');
  await ana.composes('first and more');
  await ana.messageBox.press('Enter');
  await ana.hears(['shall we?', 'first and more']);
  await replyTo(ana, 'shall we?');
});

test('a reply is called one also while what says to what cannot be loaded', async () => {
  const { ana } = await pair();
  const lost = '**/reply-bar.js*';
  await ana.context.route(lost, (route) => route.abort());
  await ana.reload();
  await ana.online();
  await ana.message('shall we?').hover();
  await ana.press('Reply', ana.message('shall we?'));
  await ana.sees('Replying to a message');
  await ana.context.unroute(lost);
  await set.server.kill();
  await ana.sees('Offline. Your messages will be sent when the connection is back.');
  await set.server.restart();
  await bar(ana).getByText('shall we?').waitFor();
  await ana.page.getByText('Replying to a message').waitFor({ state: 'detached' });
});

test('what is replied to survives a reload, before and after it is sent', async () => {
  const { ana, bob } = await pair();
  await replyTo(ana, 'shall we?');
  await ana.messageBox.fill('on my way');
  await ana.reload();
  await bar(ana).getByText('shall we?').waitFor();
  assert.equal(await ana.messageBox.inputValue(), 'on my way');
  await ana.online();
  await set.server.kill();
  await ana.sees('Offline. Your messages will be sent when the connection is back.');
  await ana.messageBox.press('Enter');
  await ana.sees('Waiting for the connection', ana.message('on my way'));
  await quoteIn(ana, 'on my way').getByText('shall we?').waitFor();
  await set.server.restart();
  await ana.reload();
  await quoteIn(bob, 'on my way').getByText('shall we?').waitFor();
  await ana.hears(['shall we?', 'on my way']);
  await quoteIn(ana, 'on my way').getByText('shall we?').waitFor();
});

test('a quote leads to an original that is not loaded, and back to the newest one comes with a press', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  for (let count = 1; count <= 140; count += 1) await bob.seed.say(roomId, `line ${count}`);
  await ana.seed.call('POST', 'messages', {
    roomId,
    clientMessageId: crypto.randomUUID(),
    body: 'late answer',
    replyTo: messageId,
  });
  await ana.seed.call('PUT', `chatrooms/${roomId}/read`, { seq: 1_000 });
  await ana.open(roomId);
  await quoteIn(ana, 'late answer').getByText('shall we?').waitFor();
  assert.equal(await ana.page.getByText('line 1', { exact: true }).count(), 0);
  await quoteIn(ana, 'late answer').click();
  const original = ana.page.locator('.message[data-marked]').getByText('shall we?');
  await original.waitFor();
  await ana.page.waitForFunction(() => document.activeElement?.matches('.message'));
  const box = await original.boundingBox();
  assert.ok(box && box.y > 0 && box.y < 700, JSON.stringify(box));
  await ana.press('Jump to the newest');
  await quoteIn(ana, 'late answer').getByText('shall we?').waitFor();
});

test('a reply to what was deleted meanwhile is refused in words, and can be sent without it', async () => {
  const { ana, bob, roomId, messageId } = await pair();
  await replyTo(ana, 'shall we?');
  await bob.seed.call('DELETE', `chatrooms/${roomId}/messages/${messageId}`);
  await bar(ana).getByText('This message was deleted.').waitFor();
  await ana.messageBox.fill('too late');
  await ana.messageBox.press('Enter');
  await ana.sees('What this replies to has been deleted.');
  await ana.press('Edit', ana.message('too late'));
  await ana.composes('too late');
  assert.deepEqual(
    Object.values(await ana.page.evaluate(() => ({ ...localStorage }))).filter((kept) =>
      kept.includes('replyTo'),
    ),
    [],
  );
  await ana.messageBox.press('Enter');
  await bob.hears(['This message was deleted.', 'too late']);
});

test('on a phone one replies after a long press, and everything fits', async () => {
  const { ana, bob } = await pair(PHONE);
  await ana.loadedAhead();
  const screen = await ana.context.newCDPSession(ana.page);
  const box = await ana.message('shall we?').locator('.body').boundingBox();
  assert.ok(box);
  await ana.page.evaluate(() =>
    addEventListener('pointerdown', (event) => Object.assign(window, { touched: event }), { capture: true }),
  );
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await screen.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await ana.dialog.getByRole('button', { name: 'Reply', exact: true }).waitFor();
  // Once the dialog is open, moving on draws nothing aside below it, and letting go replies to nothing.
  await ana.message('shall we?').evaluate((row) => {
    const { pointerId, clientX: x, clientY } = Reflect.get(window, 'touched');
    const touch = { pointerId, pointerType: 'touch', isPrimary: true, bubbles: true, clientY };
    for (const by of [30, 60, 90])
      row.dispatchEvent(new PointerEvent('pointermove', { ...touch, clientX: x + by }));
    row.dispatchEvent(new PointerEvent('pointerup', { ...touch, clientX: x + 90 }));
  });
  assert.equal(await ana.message('shall we?').evaluate((message) => message.style.translate), '');
  assert.deepEqual(await draftsOf(ana), []);
  // Not an end: the browser would take the tap that follows for the end of a fling.
  await screen.send('Input.dispatchTouchEvent', { type: 'touchCancel', touchPoints: [] });
  assert.deepEqual(await draftsOf(ana), []);
  await ana.dialog.getByRole('button', { name: 'Reply', exact: true }).tap();
  await bar(ana).waitFor();
  const cancel = await bar(ana).getByRole('button', { name: 'Cancel the reply' }).boundingBox();
  assert.ok(cancel && cancel.width >= 44 && cancel.height >= 44, JSON.stringify(cancel));
  await ana.messageBox.fill(`sure ${'very'.repeat(30)} sure`);
  await ana.page.getByRole('button', { name: 'Send' }).tap();
  await quoteIn(bob, 'sure').getByText('shall we?').waitFor();
  await quoteIn(ana, 'sure').tap();
  await ana.page.locator('.message[data-marked]').getByText('shall we?').waitFor();
  assert.ok(await ana.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test('on a phone one replies by drawing a message aside, and not by scrolling over it', async () => {
  const { ana } = await pair(PHONE);
  const screen = await ana.context.newCDPSession(ana.page);
  const row = ana.message('shall we?');
  /** @param {number} aside @param {number} down */
  const draw = async (aside, down) => {
    const box = await row.locator('.body').boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = (/** @type {'touchStart' | 'touchMove'} */ type, /** @type {number} */ part) =>
      screen.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: [{ x: x + aside * part, y: y + down * part }],
      });
    await touch('touchStart', 0);
    for (const part of [0.2, 0.4, 0.6, 0.8, 1]) await touch('touchMove', part);
    await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await ana.loadedAhead();
  await draw(30, 0);
  await draw(5, -90);
  assert.deepEqual(await draftsOf(ana), []);
  await draw(90, 5);
  await bar(ana).getByText('shall we?').waitFor();
  assert.equal(await row.evaluate((message) => message.style.translate), '');
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`replies pass axe: ${look}`, async () => {
    const { ana, bob, roomId, messageId } = await pair(options);
    for (const [seed, body] of /** @type {const} */ ([
      [bob.seed, 'to myself'],
      [ana.seed, 'to you'],
    ]))
      await seed.call('POST', 'messages', {
        roomId,
        clientMessageId: crypto.randomUUID(),
        body,
        replyTo: messageId,
      });
    await quoteIn(ana, 'to you').getByText('shall we?').waitFor();
    if (options.hasTouch) {
      await ana.message('to you').locator('.body').tap();
      await ana.press('Reply', ana.message('to you'));
    } else await replyTo(ana, 'to you');
    await bar(ana).getByText('to you').waitFor();
    await passes(ana, 'replies');
    assert.deepEqual(ana.troubles, []);
  });
}
