// Requests that know of each other: what is asked for already, what has to wait for an answer, and which answer is newer.

/** Tells which answers come too late, because a later request of the same kind was answered before. */
export class Turns {
  #taken = 0;
  #answered = 0;

  /**
   * Takes a turn for a request.
   * @returns {() => boolean} to be asked once when it is answered: whether nothing newer is known
   */
  take() {
    const turn = this.#taken++;
    return () => {
      if (turn < this.#answered) return false;
      this.#answered = turn;
      return true;
    };
  }
}

export class Requests {
  /** @type {Map<unknown, Promise<unknown>>} those in flight */
  #inFlight = new Map();

  /** Whether one of this name is in flight. @param {unknown} name */
  has(name) {
    return this.#inFlight.has(name);
  }

  /**
   * Makes a request, or shares the one in flight.
   * @template T
   * @param {unknown} name
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  once(name, ask) {
    const asking = this.#inFlight.get(name) ?? ask().finally(() => this.#inFlight.delete(name));
    this.#inFlight.set(name, asking);
    return /** @type {Promise<T>} */ (asking);
  }

  /**
   * Makes a request after those in flight, because it depends on what they bring.
   * @param {unknown} name
   * @param {() => Promise<void>} ask
   */
  async inTurn(name, ask) {
    const turn = (this.#inFlight.get(name) ?? Promise.resolve()).catch(() => {}).then(ask);
    this.#inFlight.set(name, turn);
    await turn.finally(() => this.#inFlight.get(name) === turn && this.#inFlight.delete(name));
  }

  /**
   * Makes a request also if one is in flight, whose answer may be older than the reason to ask.
   * @param {string} name
   * @param {() => Promise<unknown>} ask
   */
  async again(name, ask) {
    await this.#inFlight.get(name)?.catch(() => {});
    await this.once(name, ask);
  }
}
