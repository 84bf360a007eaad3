// The account's friends, the requests that wait for an answer, and who is blocked.

import { Turns } from './requests.js';

/** @import { FriendRequest, Profile } from '../types.d.ts' */
/** @import { Api } from '../server/api.js' */

const NOTICES = ['friend_requested', 'befriended', 'friendship_changed'];

/** Fires `change`. */
export class Friends extends EventTarget {
  #api;
  /** @type {Profile[] | null} null until they have been loaded */
  friends = null;
  /** @type {FriendRequest[]} */
  incoming = [];
  /** @type {FriendRequest[]} */
  outgoing = [];
  /** @type {Profile[]} */
  blocked = [];
  #turns = new Turns();

  /** @param {Api} api */
  constructor(api) {
    super();
    this.#api = api;
  }

  async load() {
    const { people } = this.#api;
    const isNews = this.#turns.take();
    const [friends, incoming, outgoing, blocked] = await Promise.all([
      people.friends(),
      people.requests('in'),
      people.requests('out'),
      people.blocked(),
    ]);
    if (!isNews()) return;
    Object.assign(this, { friends, incoming, outgoing, blocked });
    this.dispatchEvent(new Event('change'));
  }

  /** @param {any} notice */
  async notice({ kind }) {
    if (NOTICES.includes(kind)) await this.load();
  }
}
