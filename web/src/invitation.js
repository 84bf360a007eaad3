// The invitation with which somebody has come. It waits here while they sign in first, in this tab alone.

import { invitationToken } from './router.js';

const KEY = 'hexroom.invitation';

export const invitation = {
  /** @returns {string | null} */
  get token() {
    return sessionStorage.getItem(KEY);
  },

  /**
   * Takes the invitation out of the address, so that it is neither seen nor kept in the browser's history.
   * @returns {boolean} whether there was one
   */
  take() {
    if (!location.hash.startsWith('#/invite/')) return false;
    const token = invitationToken(location.hash);
    if (token) sessionStorage.setItem(KEY, token);
    history.replaceState(null, '', '/join');
    return true;
  },

  forget() {
    sessionStorage.removeItem(KEY);
  },
};
