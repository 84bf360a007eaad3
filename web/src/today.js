// Which day it is: texts such as “Today” are drawn again when it ends, or when the page comes back later.

/** Fires `change` when it is another day. */
export const today = new (class extends EventTarget {
  #date = new Date().toDateString();

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#look());
    this.#wait();
  }

  #wait() {
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    setTimeout(() => this.#wait(), midnight.getTime() - now.getTime());
    this.#look();
  }

  #look() {
    const date = new Date().toDateString();
    if (date === this.#date) return;
    this.#date = date;
    this.dispatchEvent(new Event('change'));
  }
})();
