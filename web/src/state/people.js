// What people are called. Rooms tell of their members; of anybody else the server is asked once.

import { Refused, Unreachable } from '../server/refused.js';

/** @import { Api } from '../server/api.js' */

/** Fires `change` when somebody's name has become known. */
export class People extends EventTarget {
  #api;
  /** @type {Map<string, string>} */
  #names = new Map();
  /** @type {Set<string>} */
  #asked = new Set();

  /** @param {Api} api */
  constructor(api) {
    super();
    this.#api = api;
  }

  /** @param {{userId: string, name: string}[]} people */
  learn(people) {
    const isNews = people.some(({ userId, name }) => this.#names.get(userId) !== name);
    for (const { userId, name } of people) this.#names.set(userId, name);
    if (isNews) this.dispatchEvent(new Event('change'));
  }

  /**
   * The name, or the id until the name is known. Whoever has deleted their account goes on by their id.
   * @param {string} userId
   */
  name(userId) {
    if (!this.#names.has(userId)) this.#ask(userId);
    return this.#names.get(userId) ?? userId;
  }

  /** @param {string} userId */
  async #ask(userId) {
    if (this.#asked.has(userId)) return;
    this.#asked.add(userId);
    try {
      this.learn([await this.#api.people.profile(userId)]);
    } catch (error) {
      if (error instanceof Unreachable) this.#asked.delete(userId);
      else if (!(error instanceof Refused)) throw error;
    }
  }
}
