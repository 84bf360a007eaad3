// What has just happened is seen and heard, also while a dialog is open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, gate } from './support/people.js';

const set = fixture();

/** How long the client shows a toast. */
const SHOWN_MS = 6_000;

/** Whether what lies at the middle of a toast is the toast, and whether it can be read out. @param {import('playwright-core').Locator} toast */
function standing(toast) {
  return toast.evaluate((element) => {
    const region = /** @type {HTMLElement} */ (element.parentElement);
    const { left, top, width, height } = element.getBoundingClientRect();
    region.style.pointerEvents = 'auto';
    const isOnTop = element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    region.style.pointerEvents = '';
    const modal = Array.from(document.querySelectorAll('dialog:modal')).at(-1);
    return { isOnTop, isHeard: region.role === 'status' && (!modal || modal.contains(element)) };
  });
}

test('a toast is above the dialog that is open, and is read out', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.keepsWhatEndsAfter(SHOWN_MS);
  const roomId = await ana.seed.room('Den');
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 320, height: 568 },
  ]) {
    await ana.page.setViewportSize(viewport);
    await ana.open(roomId);
    if (viewport.width < 1200) await ana.press('Members');
    await ana.press('Manage the room');
    await ana.opens('Manage');
    await ana.fill('Name', `Lair ${viewport.width}`, ana.dialog);
    await ana.press('Save', ana.dialog);
    const toast = ana.page.getByText('Saved.');
    await toast.waitFor();
    assert.deepEqual(await standing(toast), { isOnTop: true, isHeard: true });
    await ana.press('Close', ana.dialog.locator('.dialog-head'));
    await ana.page.getByRole('dialog', { name: /^Manage/ }).waitFor({ state: 'detached' });
    assert.deepEqual(
      await standing(toast),
      { isOnTop: true, isHeard: true },
      'it stays when the dialog goes',
    );
  }
});

test('a toast that was there before a dialog is above it too', async () => {
  const ana = await set.member('Ana', { prime: true });
  await ana.keepsWhatEndsAfter(SHOWN_MS);
  await ana.open(await ana.seed.room('Den'));
  await ana.say('copy me');
  await ana.hears(['copy me']);
  await ana.message('copy me').hover();
  await ana.press('Copy', ana.message('copy me'));
  const toast = ana.page.getByText('Message copied.');
  await toast.waitFor();
  await ana.press('Manage the room');
  await ana.sees('Close the room', ana.dialog);
  assert.deepEqual(await standing(toast), { isOnTop: true, isHeard: true });
});

test('a dialog opens once, however often it is asked for while it is loaded', async () => {
  const ana = await set.member('Ana', { prime: true });
  const { page } = ana;
  const held = gate();
  await page.route('**/components/room-tools.js', async (route) => {
    await held.opened;
    await route.continue();
  });
  await ana.open(await ana.seed.room('Den'));
  await ana.press('Manage the room');
  await ana.press('Manage the room');
  held.open();
  await ana.opens('Manage');
  assert.equal(await page.locator('dialog').count(), 1);
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Manage the room' }).and(page.locator(':focus')).waitFor();
});
