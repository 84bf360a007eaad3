// Finds messages while somebody types what to look for: one request at a time, and only for what is wanted last.

import { problemOf, Refused } from '../server/errors.js';
import { Requests } from './requests.js';

/** @import { Found, Problem } from '../types.d.ts' */
/** @import { Query } from '../wording/search-query.js' */
/** @import { Api } from '../server/api.js' */

/** Somebody who types on needs no answer yet. */
const PAUSE_MS = 200;

/** How many messages are asked for at once. */
const PAGE = 30;

/** Fires `change`. */
export class Search extends EventTarget {
  /** The newest first. @type {Found[]} */
  found = [];
  isSearching = false;
  /** Why there is no answer. @type {{problem: Problem | null} | null} */
  failure = null;

  #api;
  #after;
  #requests = new Requests();
  /** @type {Query | null} */
  #query = null;
  /** Where the next page begins. @type {string | undefined} */
  #cursor;
  /** Counts what was looked for: answers to anything but the latest come too late. */
  #turn = 0;

  /**
   * @param {Api['messages']} api
   * @param {(ms: number) => Promise<unknown>} [after]
   */
  constructor(api, after = (ms) => new Promise((resolve) => setTimeout(resolve, ms))) {
    super();
    this.#api = api;
    this.#after = after;
  }

  /** Whether there are more than were found so far. */
  get hasMore() {
    return this.#cursor !== undefined;
  }

  /** Whether what was found was found for something else, because there is no answer yet. */
  get isBehind() {
    return this.isSearching && !this.hasMore;
  }

  /** Looks for something else; what was found before stays until there is an answer. @param {Query | null} query */
  async look(query) {
    if (JSON.stringify(query) === JSON.stringify(this.#query)) return;
    const turn = ++this.#turn;
    this.#query = query;
    this.#cursor = undefined;
    this.failure = null;
    this.isSearching = query !== null;
    if (!query) this.found = [];
    this.#changed();
    if (!query) return;
    await this.#after(PAUSE_MS);
    if (turn === this.#turn) await this.#ask();
  }

  /** Finds more of the same. */
  async more() {
    if (this.hasMore && !this.isSearching && !this.failure) await this.#ask();
  }

  /** Asks again after there was no answer. */
  async retry() {
    if (this.failure) await this.#ask();
  }

  /** Nobody waits for an answer any more. What is still missing is asked for when it is looked for again. */
  stop() {
    this.#turn += 1;
    if (this.isBehind) this.#query = null;
    this.isSearching = false;
  }

  async #ask() {
    const turn = this.#turn;
    const isLate = () => turn !== this.#turn;
    this.failure = null;
    this.isSearching = true;
    this.#changed();
    await this.#requests.inTurn('search', async () => {
      if (isLate()) return;
      const before = this.#cursor === undefined ? [] : this.found;
      try {
        const page = await this.#api.search({ ...this.#query, cursor: this.#cursor, limit: PAGE });
        if (isLate()) return;
        this.found = [...before, ...page.items];
        this.#cursor = page.nextCursor ?? undefined;
      } catch (error) {
        const failure = { problem: problemOf(error) };
        if (isLate()) return;
        this.found = before;
        this.failure = failure;
        if (error instanceof Refused) this.#retryAfter(error.retryAfterMs, turn);
      }
      this.isSearching = false;
      this.#changed();
    });
  }

  /** @param {number | null} ms as the server says @param {number} turn */
  async #retryAfter(ms, turn) {
    if (ms === null) return;
    await this.#after(ms);
    if (turn === this.#turn) await this.retry();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
