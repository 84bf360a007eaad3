// Goes to another room: a text field that narrows down a list, in which the arrow keys choose (the combobox pattern
// of ARIA). It lies over the page, and the field keeps the focus.

import { home } from '../app.js';
import { el } from '../dom.js';
import { patch } from '../patch.js';
import { roomPath, router } from '../router.js';
import { View } from '../view.js';
import { plain } from '../wording/plain.js';
import { openDialog } from './dialog.js';
import { counts, lastWords } from './room-link.js';

/** @import { RoomState } from '../state/room.js' */

const OPTION = 'switch-to-';

export function openSwitcher() {
  const switcher = new Switcher();
  const dialog = openDialog('Go to a room', 'dialog', switcher);
  switcher.addEventListener('chosen', () => dialog.close());
  switcher.focusText();
}

class Switcher extends View {
  /** @type {string | null} the room that Enter opens */
  #active = null;
  #input = el('input', {
    type: 'text',
    class: 'input',
    role: 'combobox',
    'aria-label': 'Room',
    'aria-autocomplete': 'list',
    'aria-expanded': 'true',
    'aria-controls': 'switch-list',
    placeholder: 'Name of a room',
    autocomplete: 'off',
    spellcheck: 'false',
    enterkeyhint: 'go',
  });
  #list = el('ul', { class: 'switch-list', id: 'switch-list', role: 'listbox', 'aria-label': 'Rooms' });
  #status = el('p', { class: 'hint', role: 'status' });

  enter() {
    const { rooms, people } = home();
    this.listen(rooms, 'list', () => this.drawSoon());
    this.listen(people, 'change', () => this.drawSoon());
    this.listen(this.#input, 'input', () => {
      this.#active = null;
      this.draw();
    });
    this.listen(this.#input, 'keydown', (event) => this.#press(event));
    this.append(this.#input, this.#list, this.#status);
    this.draw();
  }

  focusText() {
    this.#input.focus();
  }

  draw() {
    const found = this.#found();
    // What is chosen stays so while the list moves.
    if (!found.some(({ roomId }) => roomId === this.#active)) this.#active = found[0]?.roomId ?? null;
    patch(
      this.#list,
      found.map((room) => this.#option(room)),
    );
    patch(this.#status, found.length === 0 && 'No room of yours is called that.');
    if (this.#active) this.#input.setAttribute('aria-activedescendant', OPTION + this.#active);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  /** The rooms with all of these words in their name; the one that is open is last. */
  #found() {
    const words = plain(this.#input.value).split(/\s+/u);
    const isOpen = (/** @type {RoomState} */ { roomId }) => roomPath(roomId) === location.pathname;
    return home()
      .rooms.inOrder.filter(({ about }) => words.every((word) => plain(about.name).includes(word)))
      .sort((one, other) => Number(isOpen(one)) - Number(isOpen(other)));
  }

  /** @param {RoomState} room */
  #option(room) {
    const { roomId, about, latest } = room;
    return el(
      'li',
      {
        key: roomId,
        id: OPTION + roomId,
        role: 'option',
        class: 'switch-option',
        'aria-selected': String(roomId === this.#active),
        onclick: () => this.#go(roomId),
      },
      el('span', { class: 'room-name' }, el('bdi', {}, about.name)),
      counts(room),
      el('span', { class: 'last-words', key: 'words' }, lastWords(latest)),
    );
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, isComposing, keyCode } = event;
    if (isComposing || keyCode === 229) return;
    if (key === 'Enter' && this.#active) this.#go(this.#active);
    else if (key === 'ArrowDown') this.#step(1);
    else if (key === 'ArrowUp') this.#step(-1);
    else return;
    event.preventDefault();
  }

  /** @param {1 | -1} step */
  #step(step) {
    const found = this.#found();
    const place = found.findIndex(({ roomId }) => roomId === this.#active);
    this.#active = found.at((place + step) % found.length)?.roomId ?? null;
    this.draw();
    document.getElementById(OPTION + this.#active)?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} roomId */
  #go(roomId) {
    this.dispatchEvent(new Event('chosen'));
    router.go(roomPath(roomId));
  }
}

customElements.define('hex-switcher', Switcher);
