// The link with which an admin lets somebody choose a new password. Its token is in memory only, until it is used.

import { hashOf, passwordToken, router } from './router.js';

/** @type {string | null} */
let token = null;

export const passwordLink = {
  get token() {
    return token;
  },

  /**
   * Takes the token out of the address, so that it is neither seen nor kept in the browser's history.
   * @returns {boolean} whether there was one
   */
  take() {
    const found = passwordToken(hashOf(location));
    if (!found) return false;
    token = found;
    router.readdress('/');
    return true;
  },

  forget() {
    token = null;
  },
};
