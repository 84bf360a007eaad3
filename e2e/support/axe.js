// What a machine can check of WCAG 2.2 AA, in every look that a reader may choose.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** @type {Record<string, import('playwright-core').BrowserContextOptions>} */
export const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { forcedColors: 'active' },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

/** @param {import('./people.js').Person} person @param {string} screen */
export async function passes({ page }, screen) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (values) => {
    const { axe } = /** @type {any} */ (globalThis);
    const { violations: found } = await axe.run(document, { runOnly: { type: 'tag', values } });
    return found.map(
      (/** @type {any} */ one) =>
        `${one.id}: ${one.nodes.map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`).join('; ')}`,
    );
  }, RULES);
  assert.deepEqual(violations, [], screen);
}
