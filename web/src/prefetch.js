// Loads the modules that are only loaded on demand, before anybody needs them: then they are there even while the
// server is not.

import { load } from './on-demand.js';
import { Unreachable } from './server/errors.js';

/** @import { Modules } from './modules.d.ts' */
/** @import { Connection } from './server/connection.js' */

/** The first screen has the network to itself for this long. */
const FIRST_SCREEN_MS = 2_000;

/**
 * All that is loaded on demand, but for what everybody who is signed in has from the beginning, and what few ever need.
 * @type {(keyof Modules)[]}
 */
const AHEAD = [
  'wording/refusals.js',
  'components/clipboard.js',
  'components/dialog.js',
  'components/long-press.js',
  'components/members.js',
  'components/message-extras.js',
  'components/formatted-body.js',
  'components/mention-list.js',
  'components/emoji-list.js',
  'components/message-actions.js',
  'components/message-link.js',
  'components/reacting.js',
  'components/reply-bar.js',
  'components/emoji-picker.js',
  'components/profile.js',
  'components/invitations.js',
  'components/room-tools.js',
  'components/share.js',
  'components/empty-room.js',
  'components/switcher.js',
  'components/search.js',
  'notifications.js',
  'screens/start.js',
  'screens/room.js',
  'screens/room-entry.js',
  'screens/join.js',
  'screens/settings.js',
  'screens/coins.js',
  'screens/friends.js',
  'screens/create.js',
  'screens/shortcuts.js',
  'screens/not-found.js',
  'screens/sign-in.js',
  'vendor/uqr.js',
  'vendor/emoji.js',
];

let begin = () => {};

/** Resolves when the first screen no longer needs the network to itself. @type {Promise<void>} */
export const afterFirstScreen = new Promise((resolve) => {
  begin = resolve;
});

/** @param {Connection} connection nothing is fetched ahead while it is down */
export async function prefetch(connection) {
  await new Promise((resolve) => setTimeout(resolve, FIRST_SCREEN_MS));
  performance.mark('prefetch');
  begin();
  for (const path of AHEAD) {
    await whenUp(connection);
    await load(path).catch(forNow);
  }
}

/** @param {Connection} connection */
async function whenUp(connection) {
  while (!connection.isUp) {
    await new Promise((resolve) => connection.addEventListener('state', resolve, { once: true }));
  }
}

/** It is tried again when it is needed. @param {unknown} error */
function forNow(error) {
  if (!(error instanceof Unreachable)) throw error;
}
