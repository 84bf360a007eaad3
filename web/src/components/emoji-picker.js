// All emoji, by groups, and a field that finds them by words.

import { el } from '../dom.js';
import { load } from '../on-demand.js';
import { patch } from '../patch.js';
import { findEmoji, readGroups, withTone } from '../room/emoji.js';
import { View } from '../view.js';
import { openDialog } from './dialog.js';
import { usedEmoji } from './reacting.js';

/** @import { EmojiGroup } from '../room/emoji.js' */

/**
 * @param {string} title
 * @param {(emoji: string) => void} chosen
 */
export async function openEmojiPicker(title, chosen) {
  const { GROUPS } = await load('vendor/emoji.js');
  const picker = new EmojiPicker(readGroups(GROUPS), (emoji) => {
    dialog.addEventListener('close', () => chosen(emoji), { once: true });
    dialog.close();
  });
  const dialog = openDialog(title, 'dialog', picker);
  if (matchMedia('(pointer: fine)').matches) picker.focusText();
}

class EmojiPicker extends View {
  #groups;
  #choose;
  #used = usedEmoji();
  #input = el('input', {
    type: 'search',
    class: 'input',
    'aria-label': 'Find an emoji',
    'aria-controls': 'emoji-found',
    placeholder: 'Find an emoji',
    autocomplete: 'off',
    spellcheck: 'false',
    enterkeyhint: 'done',
  });
  #tone = el(
    'select',
    { class: 'input', 'aria-label': 'Skin tone', title: 'Skin tone' },
    [0, 1, 2, 3, 4, 5].map((tone) =>
      el('option', { value: tone, selected: tone === this.#used.tone }, withTone('✋', tone)),
    ),
  );
  #found = el('div', { class: 'emoji-list', id: 'emoji-found' });
  #status = el('p', { class: 'hint', role: 'status' });

  /**
   * @param {EmojiGroup[]} groups
   * @param {(emoji: string) => void} choose
   */
  constructor(groups, choose) {
    super();
    this.#groups = groups;
    this.#choose = choose;
  }

  enter() {
    this.append(el('div', { class: 'emoji-search' }, this.#input, this.#tone), this.#found, this.#status);
    this.listen(this.#input, 'input', () => this.draw());
    this.listen(this.#tone, 'change', () => {
      this.#used.tone = Number(this.#tone.value);
      this.draw();
    });
    this.listen(this.#found, 'click', ({ target }) => this.#press(target.closest('button')));
    this.listen(this, 'keydown', (event) => this.#move(event));
    this.draw();
  }

  focusText() {
    this.#input.focus();
  }

  draw() {
    const query = this.#input.value;
    const found = findEmoji(this.#groups, query);
    const count = found.reduce((sum, { emoji }) => sum + emoji.length, 0);
    patch(
      this.#found,
      found.map((group) => this.#section(group)),
    );
    this.#found.scrollTop = 0;
    const first = this.#buttons[0];
    if (first) first.tabIndex = 0;
    patch(this.#status, count === 0 && 'No emoji is called that.');
  }

  /** @param {EmojiGroup} group */
  #section({ name, emoji: all }) {
    return el(
      'section',
      { class: 'emoji-group', key: name, 'aria-label': name },
      el('h3', {}, name),
      el(
        'div',
        { class: 'emoji-grid' },
        all.map(({ emoji, name, hasTones }) =>
          el(
            'button',
            {
              type: 'button',
              class: 'emoji-button',
              key: emoji,
              tabindex: -1,
              'aria-label': name,
              title: name,
            },
            hasTones ? withTone(emoji, this.#used.tone) : emoji,
          ),
        ),
      ),
    );
  }

  get #buttons() {
    return [...this.#found.querySelectorAll('button')];
  }

  /** @param {HTMLButtonElement | null} button */
  #press(button) {
    if (button) this.#choose(button.textContent ?? '');
  }

  /** Only what has been looked for, and not by an Enter that is still held from opening this. @param {KeyboardEvent} event */
  #pressFirst({ repeat }) {
    if (!repeat && this.#input.value.trim() !== '') this.#press(this.#buttons[0] ?? null);
  }

  /** The arrow keys lead through the emoji as they stand, and from the field to the first. @param {KeyboardEvent} event */
  #move(event) {
    const { key, isComposing, keyCode, target } = event;
    if (isComposing || keyCode === 229 || target === this.#tone) return;
    const buttons = this.#buttons;
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (target));
    if (at < 0) {
      if (key === 'Enter') this.#pressFirst(event);
      else if (key === 'ArrowDown') this.#focus(buttons[0]);
      else return;
    } else {
      const next = neighbour(buttons, at, key);
      if (next === undefined) return;
      if (next === null) this.#input.focus();
      else this.#focus(next);
    }
    event.preventDefault();
  }

  /** @param {HTMLButtonElement | undefined} button */
  #focus(button) {
    if (!button) return;
    for (const other of this.#found.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    button.tabIndex = 0;
    button.focus();
  }
}

customElements.define('hex-emoji-picker', EmojiPicker);

/**
 * The button to which an arrow key leads, null for what is above the first line, and undefined for another key.
 * @param {HTMLButtonElement[]} buttons
 * @param {number} at
 * @param {string} key
 */
function neighbour(buttons, at, key) {
  switch (key) {
    case 'ArrowRight':
      return buttons[Math.min(at + 1, buttons.length - 1)];
    case 'ArrowLeft':
      return buttons[Math.max(at - 1, 0)];
    case 'ArrowDown':
      return inNextLine(buttons.slice(at + 1), buttons[at]) ?? buttons[at];
    case 'ArrowUp':
      return inNextLine(buttons.slice(0, at).reverse(), buttons[at]) ?? null;
    default:
      return undefined;
  }
}

/**
 * The one that is nearest to a button in the line next to its own. Offsets would not do: each group, being contained,
 * counts its own.
 * @param {HTMLButtonElement[]} others from the button on
 * @param {HTMLButtonElement} button
 */
function inNextLine(others, button) {
  const placeOf = (/** @type {Element} */ element) => element.getBoundingClientRect();
  const { top, left } = placeOf(button);
  const start = others.findIndex((other) => placeOf(other).top !== top);
  if (start < 0) return undefined;
  const lineTop = placeOf(others[start]).top;
  const end = others.findIndex((other, at) => at > start && placeOf(other).top !== lineTop);
  const line = others.slice(start, end < 0 ? undefined : end);
  const distance = (/** @type {Element} */ other) => Math.abs(placeOf(other).left - left);
  return line.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}
