// The client put together.

import { Api, open } from './server/api.js';
import { deviceId } from './server/device.js';
import { Session } from './server/session.js';
import { SafeStorage } from './storage.js';

/** @import { Home } from './state/home.js' */

/** What the browser's tabs share. */
export const storage = new SafeStorage(() => localStorage);

export const session = new Session({ storage, locks: navigator.locks, refresh: open.refresh });

export const api = new Api(session);

/** This browser, as the server knows it. */
export const device = deviceId(storage, navigator.userAgent);

/** What belongs to the account that is signed in, or null. @type {Home | null} */
let current = null;

/** What belongs to the account that is signed in; only to be asked for where somebody is. */
export function home() {
  if (!current) throw new Error('nobody is signed in');
  return current;
}

/**
 * Takes up the session that there is, unless it ends meanwhile. What it takes is fetched now, for nobody needs it to
 * sign in.
 */
export async function enterHome() {
  const { signIn } = session;
  const { Home } = await import('./state/home.js');
  if (session.signIn !== signIn) return null;
  current?.leave({ forget: false });
  current = new Home({ api, session, storage, open: openSocket });
  return current;
}

/**
 * Leaves it again.
 * @param {{forget: boolean}} traces whether what was written and not sent goes too
 */
export function leaveHome(traces) {
  current?.leave(traces);
  current = null;
}

function openSocket() {
  const url = new URL('/api/ws', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url, 'hexroom.v1');
}
