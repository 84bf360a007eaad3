// Which screen an address leads to, and how one gets from one to another without loading the page anew.

/**
 * @typedef {{screen: string, roomId?: string}} Place
 */

/** @type {[RegExp, string][]} the server answers the page at the same paths */
const PLACES = [
  [/^\/$/, 'start'],
  [/^\/sign-in$/, 'sign-in'],
  [/^\/sign-up$/, 'sign-up'],
  [/^\/join$/, 'join'],
  [/^\/create$/, 'create'],
  [/^\/rooms\/(?<roomId>[^/]+)$/, 'room'],
  [/^\/friends$/, 'friends'],
  [/^\/coins$/, 'coins'],
  [/^\/settings$/, 'settings'],
];

const INVITATION = /^#\/invite\/([\w-]+)$/;
const PASSWORD_LINK = /^#\/password\/([\w-]+)$/;

/**
 * @param {string} path
 * @returns {Place}
 */
export function placeOf(path) {
  for (const [pattern, screen] of PLACES) {
    const match = pattern.exec(path);
    if (match) return { screen, ...match.groups };
  }
  return { screen: 'nowhere' };
}

/** @param {string} roomId */
export function roomPath(roomId) {
  return `/rooms/${roomId}`;
}

/**
 * An invitation's token stands behind the `#`, which browsers keep to themselves, so that no log has it.
 * @param {string} origin
 * @param {string} token
 */
export function invitationLink(origin, token) {
  return `${origin}/#/invite/${token}`;
}

/**
 * The token of an invitation, from a whole link, its end, or the token as it is.
 * @param {string} text
 */
export function invitationToken(text) {
  const link = text.trim();
  const hash = link.includes('#') ? link.slice(link.indexOf('#')) : `#/invite/${link}`;
  return INVITATION.exec(hash)?.[1] ?? null;
}

/**
 * The token of a password link, which stands behind the `#` too.
 * @param {string} hash
 */
export function passwordToken(hash) {
  return PASSWORD_LINK.exec(hash)?.[1] ?? null;
}

/** Fires `change` when the address has changed. */
export const router = new (class extends EventTarget {
  get place() {
    return placeOf(location.pathname);
  }

  /**
   * @param {string} path
   * @param {{replace?: boolean}} [how]
   */
  go(path, { replace = false } = {}) {
    if (path === location.pathname && !location.hash) return;
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.dispatchEvent(new Event('change'));
  }

  /** Follows links within the client, and the browser's own buttons. */
  listen() {
    addEventListener('popstate', () => this.dispatchEvent(new Event('change')));
    document.addEventListener('click', (event) => {
      const link = /** @type {Element} */ (event.target).closest('a[href^="/"]');
      const isPlain =
        event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
      const href = link?.getAttribute('href') ?? '';
      if (!isPlain || placeOf(href).screen === 'nowhere') return;
      event.preventDefault();
      this.go(href);
    });
  }
})();
