// People's names. Rooms have those of their members; all others are requested once.

import { Refused, Unreachable } from '../server/errors.js';

/** @import { Api } from '../server/api.js' */

/** Fires `change` when somebody's name has become known. */
export class People extends EventTarget {
  #api;
  /** @type {Map<string, string>} */
  #names = new Map();
  /** @type {Map<string, Set<string>>} who is called so, by how a name looks */
  #namesakes = new Map();
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
    for (const { userId, name } of people) this.#call(userId, name);
    if (isNews) this.dispatchEvent(new Event('change'));
  }

  /** All whose names are known. */
  get known() {
    return Array.from(this.#names, ([userId, name]) => ({ userId, name }));
  }

  /**
   * The name, or the id until the name is known. A deleted account is shown by its id.
   * @param {string} userId
   */
  name(userId) {
    if (!this.#names.has(userId)) this.#ask(userId);
    return this.#names.get(userId) ?? userId;
  }

  /**
   * The name in a text, with the id where somebody else is called the same.
   * @param {string} userId
   */
  label(userId) {
    const name = this.name(userId);
    const isShared = (this.#namesakes.get(look(name))?.size ?? 0) > 1;
    return isShared ? `${name} (${userId})` : name;
  }

  /** @param {string} userId @param {string} name */
  #call(userId, name) {
    this.#namesakes.get(look(this.#names.get(userId) ?? ''))?.delete(userId);
    this.#names.set(userId, name);
    const namesakes = this.#namesakes.get(look(name)) ?? new Set();
    this.#namesakes.set(look(name), namesakes.add(userId));
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

/** Names that differ in case, width or blanks only look the same. @param {string} name */
function look(name) {
  return name.normalize('NFKC').toLocaleLowerCase().replace(/\s+/gu, ' ').trim();
}
