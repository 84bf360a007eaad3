// The sign-in of this browser: which account, and the tokens that prove it.
//
// The access token is in memory only. The refresh token is stored, because a reload must not sign anybody out;
// all tabs share it and take turns in renewing it.

import { hasStrings } from '../storage.js';
import { Refused, Unreachable } from './errors.js';

/** @import { SafeStorage } from '../storage.js' */
/** @import { SignedIn, Tokens } from '../types.d.ts' */

const KEY = 'hexroom.session';

/** A token is renewed this long before it expires, so that no call comes too late with it. */
const MARGIN_MS = 60_000;

/**
 * How often a renewal is tried when no answer comes. The server repeats a lost answer within a minute; after
 * that the same request ends the session.
 */
const TRIES = 3;

/**
 * Fires `began`, `renewed` and `ended`; the last with the code of the reason as `detail`, or null where
 * somebody signed out.
 */
export class Session extends EventTarget {
  #storage;
  #locks;
  #refresh;
  #now;
  /** @type {{token: string, expiresAt: number} | null} */
  #access = null;
  /** @type {Promise<string> | null} */
  #renewing = null;
  /** @type {string | null} whose session this tab uses */
  #userId;
  /** Identifies this sign-in: nothing begun in one may continue in another. */
  #signIn = {};

  /**
   * @param {object} options
   * @param {SafeStorage} options.storage shared by the browser's tabs
   * @param {Pick<LockManager, 'request'> | undefined} options.locks absent where the page is not secure
   * @param {(refreshToken: string) => Promise<{body: Tokens, at: number}>} options.refresh
   * @param {() => number} [options.now]
   */
  constructor({ storage, locks, refresh, now = Date.now }) {
    super();
    this.#storage = storage;
    this.#locks = locks;
    this.#refresh = refresh;
    this.#now = now;
    this.#userId = this.#kept()?.userId ?? null;
  }

  /** The account that is signed in, or null. */
  get userId() {
    return this.#userId;
  }

  /** A different object for each sign-in, and for the time between two. */
  get signIn() {
    return this.#signIn;
  }

  /**
   * Starts using a session that has just begun.
   * @param {{body: SignedIn, at: number}} answer
   */
  begin({ body, at }) {
    this.#turnTo(body.account.userId);
    this.#keep(body, at);
    this.dispatchEvent(new Event('began'));
  }

  /**
   * An access token that is valid for a while.
   * @throws {Refused | Unreachable}
   */
  async token() {
    const access = this.#access;
    return access && access.expiresAt - this.#now() > MARGIN_MS ? access.token : this.renew();
  }

  /**
   * A new access token.
   * @returns {Promise<string>}
   */
  renew() {
    if (this.#renewing) return this.#renewing;
    const signIn = this.#signIn;
    const renewing = this.#inTurn(() => this.#renewOnce(signIn)).finally(() => {
      if (this.#renewing === renewing) this.#renewing = null;
    });
    this.#renewing = renewing;
    return renewing;
  }

  /**
   * Forgets the session here and in every other tab.
   * @param {string | null} reason
   */
  end(reason = null) {
    if (this.#kept()?.userId === this.#userId) this.#storage.removeItem(KEY);
    this.#forget(reason);
  }

  /**
   * Another tab has changed what is kept.
   * @returns {'nothing' | 'ended' | 'another'} what became of the session that this tab had
   */
  noticeOtherTabs() {
    const userId = this.#kept()?.userId ?? null;
    if (userId === this.#userId) return 'nothing';
    if (userId !== null) return 'another';
    this.#forget(null);
    return 'ended';
  }

  /** @param {string | null} reason */
  #forget(reason) {
    if (this.#userId === null) return;
    this.#turnTo(null);
    this.dispatchEvent(new CustomEvent('ended', { detail: reason }));
  }

  /** @param {string | null} userId */
  #turnTo(userId) {
    this.#userId = userId;
    this.#access = null;
    this.#renewing = null;
    this.#signIn = {};
  }

  /**
   * Where tabs cannot take turns, two may renew with the same token; the server gives both the same new one. The
   * browser may offer locks and then refuse them, as it does where storage is blocked.
   * @param {() => Promise<string>} renew
   * @returns {Promise<string>}
   */
  async #inTurn(renew) {
    if (!this.#locks) return renew();
    let isTurn = false;
    const take = () => {
      isTurn = true;
      return renew();
    };
    try {
      return await this.#locks.request(KEY, take);
    } catch (error) {
      if (isTurn) throw error;
      return renew();
    }
  }

  /** @param {object} signIn which may be over before its turn comes, or its answer */
  async #renewOnce(signIn) {
    const kept = this.#kept();
    if (!kept || kept.userId !== this.#userId || signIn !== this.#signIn) throw new Refused(SIGNED_OUT);
    try {
      const { body, at } = await this.#refreshed(kept.refreshToken);
      if (signIn !== this.#signIn || this.#kept()?.userId !== kept.userId) throw new Refused(SIGNED_OUT);
      this.#keep(body, at);
      this.dispatchEvent(new Event('renewed'));
      return body.accessToken;
    } catch (error) {
      if (!(error instanceof Refused && error.endsSession && signIn === this.#signIn)) throw error;
      if (this.#kept()?.refreshToken !== kept.refreshToken) throw new Unreachable();
      this.end(error.code);
      throw error;
    }
  }

  /** @param {string} refreshToken */
  async #refreshed(refreshToken) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#refresh(refreshToken);
      } catch (error) {
        if (!(error instanceof Unreachable) || tries === TRIES) throw error;
      }
    }
  }

  /**
   * A token's lifetime is computed from the server's clock, because this one may be wrong.
   * @param {Tokens} tokens
   * @param {number} at
   */
  #keep({ accessToken, accessTokenExpiresAt, refreshToken }, at) {
    const lifetime = Date.parse(accessTokenExpiresAt) - at;
    this.#access = { token: accessToken, expiresAt: this.#now() + lifetime };
    this.#storage.setItem(KEY, JSON.stringify({ userId: this.#userId, refreshToken }));
  }

  /** @returns {{userId: string, refreshToken: string} | null} */
  #kept() {
    return this.#storage.getJson(KEY, isSession);
  }
}

/** @param {any} value @returns {value is {userId: string, refreshToken: string}} */
function isSession(value) {
  return hasStrings(value, 'userId', 'refreshToken');
}

const SIGNED_OUT = { code: 'token_missing', detail: 'Nobody is signed in.' };
