// Writing a message: keys, input methods, pasted text, and what others see meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

/** How long the client shows a typing frame. */
const TYPING_FOR_MS = 6_000;

/** How long it shows a toast. */
const SHOWN_MS = 6_000;

const PHONE = { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true };

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function alone(options = {}) {
  const ana = await set.member('Ana', { prime: true, ...options });
  const roomId = await ana.seed.room('Den');
  await ana.open(roomId);
  return { ana, roomId };
}

/**
 * @param {import('./support/people.js').Person} person
 * @param {string} text
 */
async function paste({ page, messageBox }, text) {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await messageBox.focus();
  await page.keyboard.press('ControlOrMeta+V');
}

test('the Enter that ends a composition sends nothing, in Safari’s order of events either', async () => {
  const { ana } = await alone();
  await ana.messageBox.fill('にほん');
  for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
    await ana.messageBox.evaluate(
      (box, more) =>
        void box.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...more }),
        ),
      init,
    );
  }
  assert.equal(await ana.page.locator('.message').count(), 0);
  await ana.composes('にほん');
  await ana.messageBox.press('Enter');
  await ana.hears(['にほん']);
});

test('on a phone Enter begins a new line, and the button sends', async () => {
  const { ana } = await alone(PHONE);
  assert.equal(await ana.messageBox.getAttribute('enterkeyhint'), 'enter');
  await ana.messageBox.tap();
  await ana.page.keyboard.type('one');
  await ana.page.keyboard.press('Enter');
  await ana.page.keyboard.type('two');
  await ana.composes('one\ntwo');
  await ana.page.getByRole('button', { name: 'Send' }).tap();
  await ana.hears(['one\ntwo']);
});

test('pasted code keeps its indentation, and pasted control characters are dropped', async () => {
  const { ana } = await alone();
  await paste(ana, '\n\n    if (a) {\n\tb();\u0007\u001b[0m\u0085\n    }\n\n');
  await ana.messageBox.press('Enter');
  await ana.hears(['    if (a) {\n\tb();[0m\n    }']);
});

test('a pasted megabyte is refused in words instead of stalling the page', async () => {
  const { ana } = await alone();
  await ana.messageBox.fill('kept');
  await paste(ana, 'x'.repeat(1_048_576));
  await ana.sees(/1,048,576 characters/);
  await ana.composes('kept');
  await paste(ana, 'y'.repeat(4_100));
  await ana.sees('-104 left');
});

test('a message that breaks a rule says which, and can be edited', async () => {
  const { ana } = await alone();
  await ana.say('\u2800');
  const refused = ana.page.locator('.unsent.refused');
  await refused.getByText('A message needs at least one visible character.').waitFor();
  await ana.messageBox.fill('written meanwhile');
  await ana.press('Edit', refused);
  await ana.composes('\u2800\nwritten meanwhile');
  await refused.waitFor({ state: 'detached' });
  await ana.messageBox.fill('better');
  await ana.messageBox.press('Enter');
  await ana.hears(['better']);
  await ana.messageBox.press('ArrowUp');
  await ana.messageBox.fill('\u2800');
  await ana.messageBox.press('Enter');
  await ana.sees('A message needs at least one visible character.', ana.page.locator('.toasts'));
});

test('copying says so, with and without HTTPS', async () => {
  const { ana, roomId } = await alone();
  await ana.page.clock.install();
  await ana.open(roomId);
  await ana.say('copy me');
  await ana.hears(['copy me']);
  for (const isSecure of [true, false]) {
    if (!isSecure)
      await ana.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await ana.message('copy me').hover();
    await ana.press('Copy', ana.message('copy me'));
    await ana.sees('Message copied.');
    await ana.messageBox.fill('');
    await ana.messageBox.press('ControlOrMeta+V');
    await ana.composes('copy me');
    await ana.page.clock.fastForward(SHOWN_MS);
    await ana.page.getByText('Message copied.').waitFor({ state: 'detached' });
  }
});

test('others see typing from message to message, and no longer once the text is cleared', async () => {
  const { ana, roomId } = await alone();
  // For Ana nothing ends with time.
  await ana.keepsWhatEndsAfter(TYPING_FOR_MS);
  await ana.reload();
  await ana.online();
  const bob = await set.member('Bob');
  await bob.seed.join(roomId);
  await bob.open(roomId);
  const typing = ana.page.getByText('Bob is typing…');
  for (const text of ['one', 'two']) {
    await bob.messageBox.pressSequentially(text);
    await typing.waitFor();
    await bob.messageBox.press('Enter');
    await ana.message(text).waitFor();
    await typing.waitFor({ state: 'detached' });
  }
  await bob.messageBox.pressSequentially('three');
  await typing.waitFor();
  await bob.messageBox.fill('');
  await typing.waitFor({ state: 'detached' });
});

test('a word behind a colon offers emoji, and other colons offer none', async () => {
  const { ana } = await alone();
  const offered = ana.page.getByRole('listbox', { name: 'Emoji' });
  await ana.messageBox.pressSequentially('at 10:30 :rocke');
  await offered.getByRole('option', { name: 'rocket', selected: true }).waitFor();
  await ana.messageBox.press('Enter');
  await ana.composes('at 10:30 🚀 ');
  await offered.waitFor({ state: 'hidden' });
  await ana.messageBox.pressSequentially(':smi');
  await offered.getByRole('option').nth(2).waitFor();
  await ana.messageBox.press('Escape');
  await offered.waitFor({ state: 'hidden' });
  await ana.messageBox.press('Control+a');
  await ana.messageBox.pressSequentially('see: :) https://example.org :-D');
  await ana.messageBox.press('Enter');
  await ana.hears(['see: :) https://example.org :-D']);
});
