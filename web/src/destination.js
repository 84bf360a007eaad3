// Where somebody wanted to go who has to sign in first. It is stored in this tab, so that registering leads there too.

import { routeOf } from './router.js';
import { SafeStorage } from './storage.js';

const KEY = 'hexroom.destination';

/** Nobody means to go to these in particular. */
const NOWHERE = ['start', 'sign-in', 'sign-up', 'not-found'];

const storage = new SafeStorage(() => sessionStorage);

export const destination = {
  /** @returns {string | null} */
  get path() {
    const path = storage.getItem(KEY) ?? '';
    return NOWHERE.includes(routeOf(path).screen) ? null : path;
  },

  /** @param {string} path */
  note(path) {
    if (!NOWHERE.includes(routeOf(path).screen)) storage.setItem(KEY, path);
  },

  /** There, and forgets it. */
  take() {
    const { path } = destination;
    destination.forget();
    return path;
  },

  forget() {
    storage.removeItem(KEY);
  },
};
