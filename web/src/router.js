// Which screen belongs to an address, and navigation without reloading the page.

/**
 * @typedef {{screen: string, roomId?: string, seq?: string}} Route
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
  [roomPattern(''), 'room'],
  [roomPattern(String.raw`/m/(?<seq>\d{1,15})`), 'room'],
  [/^\/friends$/, 'friends'],
  [/^\/coins$/, 'coins'],
  [/^\/settings$/, 'settings'],
  [/^\/shortcuts$/, 'shortcuts'],
];

/** @param {string} place what follows a room's own address */
function roomPattern(place) {
  return new RegExp(String.raw`^/rooms/(?<roomId>[\w-]+)${place}${PUNCTUATION}/?$`, 'i');
}

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

/** @param {string} roomId @param {number | string} [seq] of one of its messages */
export function roomPath(roomId, seq) {
  return `/rooms/${roomId}${seq === undefined ? '' : `/m/${seq}`}`;
}

/**
 * The id of a room, from its link or as it is.
 * @param {string} text
 */
export function roomIdOf(text) {
  const typed = text.trim();
  return /\/rooms\/([\w-]+)/i.exec(typed)?.[1] ?? typed;
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

/** How many things lay over the screen in the current entry of the history. @returns {number} */
function coversOfEntry() {
  return history.state?.covers ?? 0;
}

/** Fires `change` when the address has changed. */
export const router = new (class extends EventTarget {
  /** @type {(() => void)[]} closes what lies over the screen, the uppermost last */
  #covers = [];
  /** Whether the browser is on its way back from entries whose covers are gone. */
  #isLeaving = false;
  /** @type {(() => void) | null} what follows then */
  #next = null;
  /** What opens again what lay over an entry. @type {Map<number, () => boolean>} */
  #kept = new Map();
  /** The path of the screen that is shown. */
  #shown = globalThis.location?.pathname;

  get route() {
    return routeOf(location.pathname);
  }

  /**
   * @param {string} path
   * @param {{replace?: boolean}} [how]
   */
  go(path, { replace = false } = {}) {
    if (path === location.pathname && !location.hash) return;
    if (this.#covers.length > 0) this.#uncover(0);
    if (this.#isLeaving) {
      this.#next = () => this.go(path, { replace });
      return;
    }
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.#shown = path;
    this.dispatchEvent(new Event('change'));
  }

  /**
   * Goes on from what lies over the screen, to which the browser's Back button then leads.
   * @param {string} path
   * @param {() => boolean} reopen whether it could open it again
   */
  goOn(path, reopen) {
    if (this.#isLeaving) {
      this.#next = () => this.goOn(path, reopen);
      return;
    }
    const kept = Date.now();
    this.#kept.set(kept, reopen);
    history.replaceState({ covers: coversOfEntry(), kept }, '');
    history.pushState(null, '', path);
    for (const close of this.#covers.splice(0).reverse()) close();
    this.#follow();
  }

  /** Changes the address of what is shown. @param {string} path */
  readdress(path) {
    history.replaceState(history.state, '', path);
    this.#shown = path;
  }

  /**
   * Something lies over the screen now. It has an entry of the history, so that the browser's Back button takes it away
   * first.
   * @param {() => void} close
   * @returns {() => void} to be called when it is gone
   */
  cover(close) {
    this.#covers.push(close);
    if (!this.#isLeaving) this.#addEntries();
    return () => {
      const place = this.#covers.indexOf(close);
      if (place >= 0) this.#uncover(place);
    };
  }

  /** Follows links within the client, and the browser's own buttons. */
  listen() {
    this.#tidy();
    if (coversOfEntry() > 0) history.go(-coversOfEntry());
    addEventListener('popstate', () => this.#arrive());
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

  /** Another entry of the history is the current one. */
  #arrive() {
    const covers = coversOfEntry();
    const reopen = covers > this.#covers.length && this.#kept.get(history.state.kept);
    // What lay over it then is gone.
    if (covers > this.#covers.length && !reopen) return history.go(this.#covers.length - covers);
    if (this.#isLeaving) {
      this.#isLeaving = false;
      this.#addEntries();
    } else for (const close of this.#covers.splice(covers).reverse()) close();
    this.#tidy();
    this.#follow();
    if (reopen && !reopen()) return history.back();
    const next = this.#next;
    this.#next = null;
    next?.();
  }

  /** Shows what the address names. */
  #follow() {
    if (location.pathname === this.#shown) return;
    this.#shown = location.pathname;
    this.dispatchEvent(new Event('change'));
  }

  /**
   * Removes the entries of what lies over the screen, from a place on, which takes the browser a moment.
   * @param {number} place
   */
  #uncover(place) {
    const gone = this.#covers.splice(place).length;
    if (!this.#isLeaving) history.go(-gone);
    this.#isLeaving = true;
  }

  #addEntries() {
    for (let covers = coversOfEntry(); covers < this.#covers.length; ) {
      covers += 1;
      history.pushState({ covers }, '');
    }
  }

  /** Removes what was added behind a room's address. */
  #tidy() {
    const { roomId, seq } = this.route;
    const path = roomId && roomPath(roomId, seq);
    if (path && location.pathname !== path) this.readdress(path);
  }
})();
