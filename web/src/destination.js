// Where somebody wanted to go who has to sign in first. It is stored in this tab, so that registering leads there too. Where
// an account was when its session ended is for that account alone.

import { routeOf } from './router.js';
import { hasStrings, SafeStorage } from './storage.js';

const KEY = 'hexroom.destination';

/** Nobody means to go to these in particular. */
const NOWHERE = ['start', 'sign-in', 'sign-up', 'not-found'];

const storage = new SafeStorage(() => sessionStorage);

export const destination = {
  /** @returns {string | null} */
  get path() {
    return noted()?.path ?? null;
  },

  /**
   * @param {string} path
   * @param {string | null} userId who was there, or null if nobody was signed in
   */
  note(path, userId) {
    const { screen } = routeOf(path);
    if (screen === 'start') destination.forget();
    else if (!NOWHERE.includes(screen)) storage.setItem(KEY, JSON.stringify({ path, userId }));
  },

  /** There, unless it was another account that was there, and forgets it. @param {string} userId who has signed in */
  take(userId) {
    const known = noted();
    destination.forget();
    return known && (known.userId ?? userId) === userId ? known.path : null;
  },

  forget() {
    storage.removeItem(KEY);
  },
};

function noted() {
  const known = storage.getJson(KEY, isDestination);
  return known && !NOWHERE.includes(routeOf(known.path).screen) ? known : null;
}

/** @param {any} value @returns {value is {path: string, userId: string | null}} */
function isDestination(value) {
  return hasStrings(value, 'path') && (value.userId === null || hasStrings(value, 'userId'));
}
