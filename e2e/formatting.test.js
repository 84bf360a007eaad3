// What people type to format their messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, passes } from './support/axe.js';
import { becomes, fixture } from './support/people.js';

const set = fixture();

const NARROW = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };

const WIDE_CODE = `\`\`\`rust\nfn main() { println!("${'wide '.repeat(40)}"); } // end\n\`\`\``;

const EVERYTHING = [
  'A **bold** move, *quite* ~~not~~, with `code` and [a link](https://example.org/a).',
  '> quoted\n> words\n\nand an answer\n\n- one\n- two\n  1. first\n  2. second\n\nthe end',
  WIDE_CODE,
  '🎉🎉',
];

test('formatting is drawn from what was typed, which is what one edits and copies', async () => {
  const { ana, bob } = await set.pair('hello');
  const typed = `**bold** and _italic_ @${bob.userId} \`@${bob.userId}\``;
  await ana.say(typed);
  const body = bob.page.locator('.body').filter({ hasText: 'bold and italic' });
  await body.locator('strong', { hasText: /^bold$/ }).waitFor();
  await body.locator('em', { hasText: /^italic$/ }).waitFor();
  await body.locator('.mention.me', { hasText: '@Bob' }).waitFor();
  await body.locator('code', { hasText: `@${bob.userId}` }).waitFor();
  assert.equal(await body.locator('code .mention').count(), 0);
  await ana.messageBox.press('ArrowUp');
  await ana.composes(typed);
  await ana.messageBox.fill('~~gone~~ <b>markup</b>');
  await ana.messageBox.press('Enter');
  await bob.page.locator('.body s', { hasText: /^gone$/ }).waitFor();
  await bob.sees('gone <b>markup</b>');
  assert.deepEqual([ana.troubles, bob.troubles], [[], []]);
});

test('code is coloured, and a link says where it leads if its words look like another address', async () => {
  const { ana, bob, roomId } = await set.pair(WIDE_CODE);
  await ana.page.locator('pre .hljs-keyword', { hasText: 'fn' }).waitFor();
  await ana.page.locator('pre .hljs-comment').waitFor();
  await bob.seed.say(roomId, '[bank.example](https://other.example/) [fine](https://other.example/)');
  const links = ana.page.locator('.body a');
  await links.nth(1).waitFor();
  await becomes(() => links.allTextContents(), ['bank.example (other.example)', 'fine']);
  assert.equal(await links.first().getAttribute('rel'), 'noopener noreferrer nofollow ugc');
  assert.deepEqual(ana.troubles, []);
});

test('a message of a few emoji is large, and one with words is not', async () => {
  const { ana, bob, roomId } = await set.pair('🎉 👩🏽‍🚀');
  for (const text of ['🎉 yes', '🎉🎉🎉🎉']) await bob.seed.say(roomId, text);
  await ana.message('🎉🎉🎉🎉').waitFor();
  await becomes(() => ana.page.locator('.body.large').allTextContents(), ['🎉 👩🏽‍🚀']);
});

test('a room with formatted messages is drawn once, as it stays', async () => {
  const { ana, roomId } = await set.pair('**hello**');
  await ana.page.addInitScript(() => {
    const plain = /** @type {string[]} */ (Object.assign(window, { plain: [] }).plain);
    new MutationObserver(() => {
      for (const body of document.querySelectorAll('.message .body'))
        if (body.textContent?.includes('**')) plain.push(body.textContent);
    }).observe(document, { childList: true, subtree: true });
  });
  await ana.open(roomId);
  await ana.page.locator('.body strong', { hasText: 'hello' }).waitFor();
  assert.deepEqual(await ana.page.evaluate(() => Reflect.get(window, 'plain')), []);
});

test('on a narrow screen wide code scrolls in its block, and nothing else moves', async () => {
  const { ana, bob, roomId } = await set.pair('hello', NARROW);
  for (const text of EVERYTHING) await bob.seed.say(roomId, text);
  const pre = ana.page.locator('.body pre');
  await pre.waitFor();
  assert.ok(await pre.evaluate((block) => block.scrollWidth > block.clientWidth));
  const page = () =>
    ana.page.evaluate(() => {
      const scroller = /** @type {Element} */ (document.querySelector('.scroller'));
      return [document.documentElement.scrollWidth - innerWidth, scroller.scrollWidth - scroller.clientWidth];
    });
  assert.deepEqual(await page(), [0, 0]);
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`formatted messages pass axe: ${look}`, async () => {
    const { ana, bob, roomId } = await set.pair('hello', options);
    for (const text of EVERYTHING) await bob.seed.say(roomId, text);
    for (const text of EVERYTHING) await ana.seed.say(roomId, text);
    await ana.page.locator('.own pre .hljs-keyword').first().waitFor();
    await ana.toEnd();
    await passes(ana, 'formatting');
    assert.deepEqual(ana.troubles, []);
  });
}
