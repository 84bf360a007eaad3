// The part of the page in which a list scrolls, and what of the list can be seen there.

export class Viewport {
  #element;

  /** @param {Element} element */
  constructor(element) {
    this.#element = element;
  }

  get top() {
    return this.#element.scrollTop;
  }

  /** Scrolls; the browser keeps it between the beginning and the end. @param {number} top */
  set top(top) {
    this.#element.scrollTop = top;
  }

  get end() {
    return this.#element.scrollHeight;
  }

  get distanceToEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** How far a row is below the upper edge. @param {Element} row */
  offsetOf(row) {
    return row.getBoundingClientRect().top - this.#element.getBoundingClientRect().top;
  }

  /** How far its last line is below the upper edge. @param {Element} row */
  endOf(row) {
    return row.getBoundingClientRect().bottom - this.#element.getBoundingClientRect().top;
  }

  /** Whether any of it is below the upper edge. @param {Element} row */
  isBelowTop(row) {
    return this.endOf(row) > 0;
  }

  /** Whether its last line is above the lower edge. @param {Element} row */
  isAboveEnd(row) {
    return row.getBoundingClientRect().bottom <= this.#element.getBoundingClientRect().bottom + 1;
  }

  /** @param {Element} row */
  shows(row) {
    return this.isBelowTop(row) && this.isAboveEnd(row);
  }

  /** Whether reading on leads there at once. @param {Element} row */
  isNear(row) {
    return this.isBelowTop(row) && this.offsetOf(row) < 2 * this.#element.clientHeight;
  }
}
