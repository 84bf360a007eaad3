// Who is typing: somebody said so a moment ago, and has sent nothing since.

/** So long after a sign it is believed; whoever types gives one more often. */
const BELIEVED_MS = 6_000;
export const SIGN_EVERY_MS = 2_500;

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
      setTimeout(() => this.end(userId), BELIEVED_MS),
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
