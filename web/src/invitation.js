// The invitation from a link. It is stored in this tab while its invitee signs in.

import { invitationToken } from './router.js';
import { SafeStorage } from './storage.js';

const KEY = 'hexroom.invitation';

const storage = new SafeStorage(() => sessionStorage);

export const invitation = {
  /** @returns {string | null} */
  get token() {
    return invitationToken(storage.getItem(KEY) ?? '');
  },

  /**
   * Takes the invitation out of the address, so that it is neither seen nor kept in the browser's history.
   * @returns {boolean} whether there was one
   */
  take() {
    if (!location.hash.startsWith('#/invite/')) return false;
    const token = invitationToken(location.hash);
    if (token) storage.setItem(KEY, token);
    history.replaceState(null, '', '/join');
    return true;
  },

  forget() {
    storage.removeItem(KEY);
  },
};
