// The browser's storage for this page. It may be blocked, full or damaged: what it does not store is held in memory
// as long as the page is open.

const PROBE = 'hexroom.probe';

export class SafeStorage {
  #open;
  /** @type {Map<string, string | null>} what the browser did not store; null is what it did not remove */
  #memory = new Map();
  /** Whether stored values outlive the page. */
  isPersistent = true;

  /** @param {() => Storage} open where cookies are blocked, even access to it fails */
  constructor(open) {
    this.#open = open;
    this.setItem(PROBE, '');
    this.removeItem(PROBE);
  }

  /** @param {string} key */
  getItem(key) {
    const held = this.#memory.get(key);
    return held === undefined ? this.#try((storage) => storage.getItem(key), null) : held;
  }

  /**
   * A value stored as JSON. One that is damaged is removed: nobody can use it any more.
   * @template T
   * @param {string} key
   * @param {(value: any) => value is T} isRight
   * @returns {T | null}
   */
  getJson(key, isRight) {
    const text = this.getItem(key);
    if (text === null) return null;
    const value = parsed(text);
    if (isRight(value)) return value;
    this.removeItem(key);
    return null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    const set = (/** @type {Storage} */ storage) => {
      storage.setItem(key, value);
      return storage.getItem(key) === value;
    };
    // An old value must not come back after a reload, and without it there may be room for the new one.
    this.isPersistent = this.#try(set, false) || (this.#remove(key) && this.#try(set, false));
    if (this.isPersistent) this.#memory.delete(key);
    else this.#memory.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    if (this.#remove(key)) this.#memory.delete(key);
    else this.#memory.set(key, null);
  }

  /** The keys that begin so. @param {string} prefix */
  keys(prefix) {
    const all = this.#try(
      (storage) => Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? ''),
      [],
    );
    return [...new Set([...all, ...this.#memory.keys()])].filter(
      (key) => key.startsWith(prefix) && this.getItem(key) !== null,
    );
  }

  /** @param {string} key */
  #remove(key) {
    return this.#try((storage) => {
      storage.removeItem(key);
      return true;
    }, false);
  }

  /**
   * @template T
   * @param {(storage: Storage) => T} use
   * @param {T} otherwise
   */
  #try(use, otherwise) {
    try {
      return use(this.#open());
    } catch {
      return otherwise;
    }
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a value has these members, all of them strings.
 * @param {any} value
 * @param {...string} names
 */
export function hasStrings(value, ...names) {
  return (
    value !== null && typeof value === 'object' && names.every((name) => typeof value[name] === 'string')
  );
}
