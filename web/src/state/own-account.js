// The account that is signed in here.

/** @import { Account } from '../types.d.ts' */
/** @import { Api } from '../server/api.js' */

/** Fires `change`. */
export class OwnAccount extends EventTarget {
  #api;
  /** @type {Account | null} null until it has been loaded */
  known = null;

  /** @param {Api} api */
  constructor(api) {
    super();
    this.#api = api;
  }

  async load() {
    this.set(await this.#api.me.show());
    return this.now;
  }

  /** The account as it is known; only to be asked for once it has been loaded. */
  get now() {
    if (!this.known) throw new Error('the account has not been loaded');
    return this.known;
  }

  /** @param {Account} account */
  set(account) {
    this.known = account;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {any} notice */
  notice({ kind, data }) {
    if (!this.known) return;
    if (kind === 'coins') this.set({ ...this.known, availCoins: data.availCoins });
    if (kind === 'prime') this.set({ ...this.known, prime: data.prime, primeUntil: data.primeUntil });
  }
}
