// The invitation from a link. It is stored in this tab while its invitee signs in.

import { hashOf, invitationToken, router } from './router.js';
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
    const hash = hashOf(location);
    if (!hash.startsWith('#/invite/')) return false;
    const token = invitationToken(hash);
    if (token) storage.setItem(KEY, token);
    router.readdress('/join');
    return true;
  },

  forget() {
    storage.removeItem(KEY);
  },
};
