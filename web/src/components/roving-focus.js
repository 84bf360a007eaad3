// One row of a list is reached by the tab key, and the arrow keys lead from there to the others.

export class RovingFocus {
  #list;
  #rows;

  /**
   * @param {HTMLElement} list
   * @param {string} rows selects the children that can have the focus
   */
  constructor(list, rows) {
    this.#list = list;
    this.#rows = rows;
  }

  /** @param {KeyboardEvent} event which may be that of an arrow key @returns {boolean} whether it was */
  walk(event) {
    const step = { ArrowUp: 'previousElementSibling', ArrowDown: 'nextElementSibling' }[event.key];
    const from = /** @type {Element} */ (event.target).closest(this.#rows);
    if (!step || !from) return false;
    event.preventDefault();
    let row = from;
    do row = /** @type {any} */ (row)[step];
    while (row && !row.matches(this.#rows));
    /** @type {HTMLElement | null} */ (row)?.focus();
    return true;
  }

  /** @param {HTMLElement | null} row the one that the tab key reaches from now on */
  move(row) {
    if (!row) return;
    for (const other of this.#list.querySelectorAll(`${this.#rows}[tabindex="0"]`))
      other.setAttribute('tabindex', '-1');
    row.tabIndex = 0;
  }

  /** Where the list does not have the focus, the tab key leads to the last row. */
  keepInReach() {
    const inReach = this.#list.querySelector(`${this.#rows}[tabindex="0"]`);
    if (inReach && this.#list.contains(document.activeElement)) return;
    const last = /** @type {HTMLElement | undefined} */ (
      [...this.#list.children].findLast((row) => row.matches(this.#rows))
    );
    if (last && last !== inReach) this.move(last);
  }
}
