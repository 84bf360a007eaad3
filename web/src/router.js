// Which screen belongs to an address, and navigation without reloading the page.

/**
 * @typedef {{screen: string, roomId?: string}} Route
 */

/** What a message or an email may add behind an address: the punctuation of its sentence, also percent-encoded. */
const PUNCTUATION = String.raw`(?:[^\w/%-]|%[\da-f]{2})*`;

/** @type {[RegExp, string][]} the server answers these paths with the page */
const ROUTES = [
  [/^\/$/, 'start'],
  [/^\/sign-in$/, 'sign-in'],
  [/^\/sign-up$/, 'sign-up'],
  [/^\/join$/, 'join'],
  [/^\/create$/, 'create'],
  [new RegExp(String.raw`^/rooms/(?<roomId>[\w-]+)${PUNCTUATION}/?$`, 'i'), 'room'],
  [/^\/friends$/, 'friends'],
  [/^\/coins$/, 'coins'],
  [/^\/settings$/, 'settings'],
];

const INVITATION = tokenAfter('#/invite/');
const PASSWORD_LINK = tokenAfter('#/password/');

/** @param {string} place */
function tokenAfter(place) {
  return new RegExp(String.raw`^${place}([\w-]+)${PUNCTUATION}$`, 'i');
}

/**
 * @param {string} path
 * @returns {Route}
 */
export function routeOf(path) {
  for (const [pattern, screen] of ROUTES) {
    const match = pattern.exec(path);
    if (match) return { screen, ...match.groups };
  }
  return { screen: 'not-found' };
}

/** @param {string} roomId */
export function roomPath(roomId) {
  return `/rooms/${roomId}`;
}

/**
 * An invitation's token is in the hash, which browsers do not send, so that no log has it.
 * @param {string} origin
 * @param {string} token
 */
export function invitationLink(origin, token) {
  return `${origin}/#/invite/${token}`;
}

/**
 * The hash of an address. Some programs encode its `#`, and then it arrives as a path.
 * @param {{hash: string, pathname: string}} address
 */
export function hashOf({ hash, pathname }) {
  return pathname.startsWith('/%23/') ? `#${pathname.slice('/%23'.length)}` : hash;
}

/**
 * The token of an invitation, from a whole link, its end, or the token as it is.
 * @param {string} text
 */
export function invitationToken(text) {
  const link = text.trim().replace('%23', '#');
  const hash = link.includes('#') ? link.slice(link.indexOf('#')) : `#/invite/${link}`;
  return INVITATION.exec(hash)?.[1] ?? null;
}

/**
 * The token of a password link, which is in the hash too.
 * @param {string} hash
 */
export function passwordToken(hash) {
  return PASSWORD_LINK.exec(hash)?.[1] ?? null;
}

/** Fires `change` when the address has changed. */
export const router = new (class extends EventTarget {
  get route() {
    return routeOf(location.pathname);
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
    this.#tidy();
    addEventListener('popstate', () => {
      this.#tidy();
      this.dispatchEvent(new Event('change'));
    });
    document.addEventListener('click', (event) => {
      const link = /** @type {Element} */ (event.target).closest('a[href^="/"]');
      const isPlain =
        event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
      const href = link?.getAttribute('href') ?? '';
      if (!isPlain || routeOf(href).screen === 'not-found') return;
      event.preventDefault();
      this.go(href);
    });
  }

  /** Removes what was added behind a room's address. */
  #tidy() {
    const { roomId } = this.route;
    if (roomId) history.replaceState(history.state, '', roomPath(roomId));
  }
})();
