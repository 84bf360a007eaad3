// Offers what a sign in a text can stand for while somebody types behind it. The text field keeps the focus, and the arrow
// keys choose (the combobox pattern of ARIA, but for the role: a field of several lines may have none).

import { el, setAttribute } from '../dom.js';
import { patch } from '../patch.js';
import { View } from '../view.js';
import { plain } from '../wording/plain.js';

/** @import { Child } from '../dom.js' */

/** Right behind one of these a sign is part of something else, such as an email address or a time. */
const IN_WORD = /[a-z0-9]$/i;

/** @typedef {{key: string, text: string, words: Child[]}} Choice `text` is what it puts in the place of what was typed */

export class Suggestions extends View {
  /** @type {HTMLTextAreaElement} */
  text;
  #sign;
  #id;
  /** @type {string | null} */
  #active = null;
  /** The sign for which nothing more is offered, or only for what stands there. @type {{at: number, typed?: string} | null} */
  #settled = null;
  #list;
  #status = el('p', { class: 'unseen', role: 'status' });

  /**
   * @param {HTMLTextAreaElement} text
   * @param {{sign: string, id: string, label: string}} about
   */
  constructor(text, { sign, id, label }) {
    super();
    this.text = text;
    this.#sign = sign;
    this.#id = id;
    this.#list = el('ul', { class: 'suggestions', id, role: 'listbox', 'aria-label': label });
  }

  /**
   * What can be offered for what was typed, the best first.
   * @param {string} _typed
   * @returns {Choice[]}
   */
  find(_typed) {
    return [];
  }

  enter() {
    this.text.setAttribute('aria-autocomplete', 'list');
    this.text.setAttribute('aria-haspopup', 'listbox');
    this.append(this.#list, this.#status);
    this.listen(this.text, 'input', () => {
      // The best for what has been typed now.
      this.#active = null;
    });
    for (const sign of ['input', 'click', 'keyup', 'blur', 'focus'])
      this.listen(this.text, sign, () => this.drawSoon());
    // A press on the list leaves the focus where it is.
    this.listen(this.#list, 'mousedown', (event) => event.preventDefault());
    this.draw();
  }

  draw() {
    const found = this.#found();
    if (!found.some(({ key }) => key === this.#active)) this.#active = found[0]?.key ?? null;
    this.#list.hidden = found.length === 0;
    patch(
      this.#list,
      found.map((choice) => this.#option(choice)),
    );
    // Another list may be the one that is shown.
    if (this.#active !== null) {
      setAttribute(this.text, 'aria-controls', this.#id);
      setAttribute(this.text, 'aria-activedescendant', this.#idOf(this.#active));
    } else if (this.text.getAttribute('aria-controls') === this.#id)
      setAttribute(this.text, 'aria-activedescendant', null);
    const words = found.length === 1 ? '1 suggestion' : `${found.length} suggestions`;
    patch(this.#status, found.length > 0 && words);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for this list */
  press(event) {
    this.draw();
    const found = this.#found();
    const choice = found.find(({ key }) => key === this.#active);
    if (!choice) return false;
    const { key, shiftKey, ctrlKey, metaKey } = event;
    if (key === 'ArrowDown') this.#step(found, 1);
    else if (key === 'ArrowUp') this.#step(found, -1);
    else if (key === 'Escape') this.#settled = { at: this.#query()?.at ?? 0 };
    else if ((key === 'Enter' || key === 'Tab') && !shiftKey && !ctrlKey && !metaKey) this.#choose(choice);
    else return false;
    event.preventDefault();
    this.draw();
    this.#list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /** What stands between a sign and the caret. */
  #query() {
    const { value, selectionStart, selectionEnd } = this.text;
    if (selectionStart !== selectionEnd || document.activeElement !== this.text) return null;
    const before = value.slice(0, selectionStart);
    const at = before.lastIndexOf(this.#sign);
    const typed = before.slice(at + 1);
    if (at < 0 || /\s/u.test(typed) || IN_WORD.test(before.slice(0, at))) return null;
    return { at, typed: plain(typed), end: selectionStart };
  }

  /** @returns {Choice[]} */
  #found() {
    const query = this.#query();
    const { at, typed = query?.typed } = this.#settled ?? {};
    if (query?.at !== at || query?.typed !== typed) this.#settled = null;
    return !query || this.#settled ? [] : this.find(query.typed);
  }

  /** @param {string} key */
  #idOf(key) {
    return `${this.#id}-${key}`;
  }

  /** @param {Choice} choice */
  #option(choice) {
    const { key, words } = choice;
    return el(
      'li',
      {
        key,
        id: this.#idOf(key),
        role: 'option',
        class: 'suggestion',
        'aria-selected': String(key === this.#active),
        onclick: () => this.#choose(choice),
      },
      words,
    );
  }

  /** @param {Choice[]} found @param {1 | -1} step */
  #step(found, step) {
    const place = found.findIndex(({ key }) => key === this.#active);
    this.#active = found.at((place + step) % found.length)?.key ?? null;
  }

  /** @param {Choice} choice */
  #choose({ text }) {
    const query = this.#query();
    if (!query) return;
    const isBeforeBlank = /^\s/u.test(this.text.value.slice(query.end));
    this.text.setRangeText(isBeforeBlank ? text : `${text} `, query.at, query.end, 'end');
    this.#active = null;
    // The caret stays right behind it if there was a blank, and it would be offered again.
    this.#settled = { at: query.at, typed: plain(text.slice(1)) };
    this.text.dispatchEvent(new Event('input'));
  }
}
