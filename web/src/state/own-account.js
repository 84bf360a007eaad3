// The account that is signed in here.

import { Turns } from './requests.js';

/** @import { Account } from '../types.d.ts' */
/** @import { Api } from '../server/api.js' */

/** Fires `change`. */
export class OwnAccount extends EventTarget {
  #api;
  /** @type {Account | null} null until it has been loaded */
  known = null;
  /** @type {Set<Partial<Account>>} for each request in flight, what notices have changed since: its answer may be older */
  #meanwhile = new Set();
  #turns = new Turns();

  /** @param {Api} api */
  constructor(api) {
    super();
    this.#api = api;
  }

  async load() {
    /** @type {Partial<Account>} */
    const meanwhile = {};
    this.#meanwhile.add(meanwhile);
    const isNews = this.#turns.take();
    try {
      const account = await this.#api.me.show();
      if (isNews()) this.set({ ...account, ...meanwhile });
    } finally {
      this.#meanwhile.delete(meanwhile);
    }
    return this.now;
  }

  /** The account, once it has been loaded. */
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
    if (kind === 'coins') this.#told({ availCoins: data.availCoins });
    if (kind === 'prime') {
      this.#told({ prime: data.prime, primeUntil: data.primeUntil });
      // Joining has another price now.
      return this.load();
    }
  }

  /** It has been renamed, maybe on another device. @param {string} name */
  rename(name) {
    this.#told({ name });
  }

  /** @param {Partial<Account>} news */
  #told(news) {
    for (const meanwhile of this.#meanwhile) Object.assign(meanwhile, news);
    if (this.known) this.set({ ...this.known, ...news });
  }
}
