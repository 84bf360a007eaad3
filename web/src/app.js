// The client's composition root.

import { load } from './on-demand.js';
import { Api, open } from './server/api.js';
import { deviceId } from './server/device.js';
import { Session } from './server/session.js';
import { SafeStorage } from './storage.js';

/** @import { Home } from './state/home.js' */

/** Shared by the browser's tabs. */
export const storage = new SafeStorage(() => localStorage);

export const session = new Session({ storage, locks: navigator.locks, refresh: open.refresh });

export const api = new Api(session);

/** This browser, as the server knows it. */
export const device = deviceId(storage, navigator.userAgent);

/** The state of the current sign-in. @type {Home | null} */
let current = null;

/** The state of the current sign-in; throws if nobody is signed in. */
export function home() {
  if (!current) throw new Error('nobody is signed in');
  return current;
}

/**
 * Creates the state of a sign-in, unless that ends meanwhile. Its code is loaded now, because signing in does not need
 * it.
 * @param {object} signIn
 */
export async function enterHome(signIn) {
  const { Home } = await load('state/home.js');
  if (session.signIn !== signIn) return null;
  current?.leave({ forget: false });
  current = new Home({ api, session, storage, open: openSocket });
  return current;
}

/**
 * Ends it.
 * @param {{forget: boolean}} traces whether unsent messages and drafts are removed too
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
