// What few messages have is drawn by a module that is loaded on demand, which may fail.

import { test } from 'node:test';
import { fixture } from './support/people.js';

const set = fixture();

test('what could not be loaded is loaded for a later message, and earlier ones are drawn with it', async () => {
  const { ana, bob, roomId } = await set.pair('see https://example.org/');
  const lost = '**/message-extras.js*';
  let tries = 0;
  await ana.context.route(lost, (route) => {
    tries += 1;
    return route.abort();
  });
  await ana.reload();
  await ana.message('see https').waitFor();
  await ana.online();
  const link = ana.page.locator('.body a');
  await bob.seed.say(roomId, 'and https://example.com/');
  await ana.message('and https').waitFor();
  while (tries < 2) await ana.page.waitForEvent('requestfailed');
  await ana.context.unroute(lost);
  await bob.seed.say(roomId, 'enough');
  await link.nth(1).waitFor();
  await link.first().waitFor();
});
