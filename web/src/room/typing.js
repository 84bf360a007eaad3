// Who is typing: members who said so a moment ago, and have sent nothing since.

/** How long a typing frame counts. Clients send one more often than that. */
const TYPING_FOR_MS = 6_000;
export const TYPING_EVERY_MS = 2_500;

export class Typing {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #ends = new Map();
  #changed;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {string} userId */
  begin(userId) {
    clearTimeout(this.#ends.get(userId));
    this.#ends.set(
      userId,
      setTimeout(() => this.end(userId), TYPING_FOR_MS),
    );
    this.#changed();
  }

  /** @param {string} userId */
  end(userId) {
    const timer = this.#ends.get(userId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#ends.delete(userId);
    this.#changed();
  }

  /** The ids of those who type. */
  get who() {
    return [...this.#ends.keys()];
  }
}
