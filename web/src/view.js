// The base of all custom elements: they listen only while they are in the page.

export class View extends HTMLElement {
  #leaving = new AbortController();
  #isDue = false;

  connectedCallback() {
    this.#leaving = new AbortController();
    this.enter();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.leave();
  }

  /** The element has come into the page. */
  enter() {}

  /** The element has left the page. */
  leave() {}

  /** Renders the current state. */
  draw() {}

  /** Draws once before the next frame, however much changes until then. */
  drawSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.isConnected) this.draw();
    });
  }

  /** Aborted when the element leaves the page. */
  get signal() {
    return this.#leaving.signal;
  }

  /**
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} handler
   */
  listen(target, type, handler) {
    target.addEventListener(type, handler, { signal: this.signal });
  }
}
