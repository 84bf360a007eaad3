// Finds messages: a text field for words and filters, and below it what was found, or what a filter may be completed
// with. The field keeps the focus, and the arrow keys choose (the combobox pattern of ARIA).

import { home } from '../app.js';
import { el, icon, setAttribute } from '../dom.js';
import { KeyedList, patch } from '../patch.js';
import { roomPath, router } from '../router.js';
import { UNREACHABLE } from '../server/errors.js';
import { Search } from '../state/search.js';
import { View } from '../view.js';
import { reason } from '../wording/refusals.js';
import { filterForRoom, read } from '../wording/search-query.js';
import { openDialog } from './dialog.js';
import { explanation, hit, lookOfHit } from './search-hit.js';
import { complete, suggestion, suggestions } from './search-suggestions.js';

/** @import { Found } from '../types.d.ts' */
/** @import { Suggestion } from './search-suggestions.js' */

/** @typedef {{key: string, one: Found | Suggestion}} Option */

const OPTION = 'found-';

/** How near the end of the list more are asked for, in pixels. */
const REACH = 600;

const NOTHING = 'No message has all of these words. Try fewer of them, or only the beginning of the last.';

/** @param {string} [roomId] in which room to look, rather than in all */
export function openSearch(roomId) {
  show(new SearchView(roomId));
}

/** @param {SearchView} view */
function show(view) {
  const dialog = openDialog('Search messages', 'search', view);
  dialog.addEventListener('close', () => view.remove());
  view.goOn();
}

class SearchView extends View {
  #home = home();
  #search = new Search(this.#home.api.messages);
  /** The key of what Enter chooses. @type {string | null} */
  #active = null;
  /** The text for which nothing is suggested any more. @type {string | null} */
  #settled = null;
  #scrollTop = 0;
  #trouble = '';
  #input = el('input', {
    type: 'text',
    class: 'input',
    role: 'combobox',
    'aria-label': 'Search messages',
    'aria-autocomplete': 'list',
    'aria-controls': 'found',
    placeholder: 'Words, from:, in: or before:',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    enterkeyhint: 'search',
  });
  #field = el('div', { class: 'search-field' }, icon('search'), this.#input);
  #list = el('ul', { class: 'found', id: 'found', role: 'listbox' });
  /** @type {KeyedList<Option>} */
  #options = new KeyedList(this.#list, {
    draw: (option) => this.#drawn(option),
    look: (option) => this.#look(option),
  });
  #status = el('p', { class: 'hint', role: 'status' });
  #help = el('div', { class: 'search-help' });

  /** @param {string} [roomId] */
  constructor(roomId) {
    super();
    const room = roomId && this.#home.rooms.all.get(roomId);
    if (room) this.#input.value = `${filterForRoom(named(room), this.#rooms())} `;
  }

  enter() {
    const { rooms, people, connection } = this.#home;
    this.append(this.#field, this.#list, this.#status, this.#help);
    for (const [target, sign] of /** @type {[EventTarget, string][]} */ ([
      [rooms, 'list'],
      [rooms, 'room'],
      [people, 'change'],
      [this.#search, 'change'],
    ]))
      this.listen(target, sign, () => this.drawSoon());
    this.listen(connection, 'state', () => connection.isUp && this.#search.retry());
    this.listen(this.#input, 'input', () => {
      this.#active = null;
      this.draw();
    });
    for (const sign of ['click', 'keyup']) this.listen(this.#input, sign, () => this.drawSoon());
    this.listen(this.#input, 'keydown', (event) => this.#press(event));
    // A press on the list leaves the focus where it is.
    this.listen(this.#list, 'mousedown', (event) => event.preventDefault());
    this.listen(this.#list, 'scroll', () => {
      this.#scrollTop = this.#list.scrollTop;
      this.#reach();
    });
    this.draw();
  }

  leave() {
    this.#search.stop();
  }

  /** Goes on where it was, now that it can be seen. */
  goOn() {
    const { length } = this.#input.value;
    this.#list.scrollTop = this.#scrollTop;
    this.#input.focus();
    this.#input.setSelectionRange(length, length);
  }

  draw() {
    const { value } = this.#input;
    const { query, trouble } = read(value, this.#known());
    this.#trouble = trouble;
    this.#search.look(query);
    const suggested = this.#suggested();
    const found = suggested.length > 0 ? [] : this.#found();
    const options = [...suggested, ...found].map((one) => ({ key: keyOf(one), one }));
    if (!options.some(({ key }) => key === this.#active)) this.#active = options[0]?.key ?? null;
    this.#options.show(options);
    this.#list.hidden = options.length === 0;
    this.#list.setAttribute('aria-label', suggested[0]?.kind ?? 'Messages');
    this.#input.setAttribute('aria-expanded', String(options.length > 0));
    setAttribute(this.#input, 'aria-activedescendant', this.#active && OPTION + this.#active);
    const isIdle = query === null;
    patch(this.#status, this.#words(suggested.length, found.length, isIdle));
    patch(this.#help, suggested.length === 0 && this.#wayOn(isIdle));
    this.#reach();
  }

  /**
   * What is read out, and shown where the list does not say it.
   * @param {number} suggested
   * @param {number} found
   * @param {boolean} isIdle whether nothing is looked for
   */
  #words(suggested, found, isIdle) {
    const { isSearching, hasMore, failure } = this.#search;
    if (suggested > 0) return unseen(suggested === 1 ? '1 suggestion' : `${suggested} suggestions`);
    if (this.#trouble) return this.#trouble;
    if (isIdle) return '';
    if (failure) return failure.problem ? reason(failure.problem) : UNREACHABLE;
    if (isSearching && hasMore) return 'Searching for more…';
    if (isSearching) return found > 0 ? unseen('Searching…') : 'Searching…';
    return found > 0 ? unseen(`${found}${hasMore ? ' or more' : ''} found`) : NOTHING;
  }

  /** What one can do now that there is nothing to choose. @param {boolean} isIdle whether nothing is looked for */
  #wayOn(isIdle) {
    if (this.#trouble) return false;
    if (isIdle) return explanation(this.#home.rooms.all.size > 0);
    return (
      this.#search.failure &&
      el(
        'button',
        { type: 'button', class: 'button small', onclick: () => this.#search.retry() },
        'Try again',
      )
    );
  }

  /** As the messages are now; those in rooms that have been left are gone. */
  #found() {
    return this.#search.found.flatMap((one) => {
      const room = this.#home.rooms.all.get(one.message.roomId);
      const message = room?.timeline.newest(one.message);
      if (!room || !message || message.deleted) return [];
      const isEdited = message.revision !== one.message.revision;
      return [{ message, roomName: room.about.name, ranges: isEdited ? [] : one.ranges }];
    });
  }

  #suggested() {
    const { value, selectionStart } = this.#input;
    if (value === this.#settled) return [];
    return suggestions(value, selectionStart ?? value.length, this.#known());
  }

  #known() {
    const { me, people } = this.#home;
    return { me, people: people.known, rooms: this.#rooms() };
  }

  #rooms() {
    return this.#home.rooms.inOrder.map(named);
  }

  /** @param {Option} option */
  #drawn({ key, one }) {
    const attributes = {
      key,
      id: OPTION + key,
      role: 'option',
      'aria-selected': String(key === this.#active),
      onclick: () => ('kind' in one ? this.#take(one) : this.#go(one)),
    };
    return 'kind' in one ? suggestion(one, attributes) : hit(one, attributes);
  }

  /** What an option depends on. @param {Option} option */
  #look({ key, one }) {
    return JSON.stringify([key === this.#active, 'kind' in one ? one : lookOfHit(one)]);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, isComposing, keyCode, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (isComposing || keyCode === 229 || ctrlKey || metaKey || altKey || shiftKey) return;
    this.draw();
    const suggested = this.#suggested();
    const chosen = /** @type {HTMLElement | null} */ (this.#list.querySelector('[aria-selected="true"]'));
    // What was found for something else is not what is meant.
    if (key === 'Enter' || (key === 'Tab' && suggested.length > 0))
      (suggested.length > 0 || !this.#search.isBehind) && chosen?.click();
    else if (key === 'ArrowDown') this.#step(chosen?.nextElementSibling);
    else if (key === 'ArrowUp') this.#step(chosen?.previousElementSibling);
    else if (key === 'Escape' && suggested.length > 0) {
      this.#settled = this.#input.value;
      this.draw();
    } else return;
    event.preventDefault();
  }

  /** @param {Element | null | undefined} option */
  #step(option) {
    if (!option) return;
    this.#active = option.id.slice(OPTION.length);
    this.draw();
    document.getElementById(option.id)?.scrollIntoView({ block: 'nearest' });
  }

  /** Asks for more where the end of the list is near. */
  #reach() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    const isOpen = this.clientHeight > 0;
    if (isOpen && scrollHeight - scrollTop - clientHeight < REACH) this.#search.more();
  }

  /** @param {Suggestion} chosen */
  #take(chosen) {
    const { value, selectionStart } = this.#input;
    const completed = complete(value, selectionStart ?? value.length, chosen, this.#rooms());
    this.#input.value = completed.text;
    this.#input.setSelectionRange(completed.caret, completed.caret);
    this.#settled = completed.text;
    this.#active = null;
    this.draw();
  }

  /** Goes to a message. Back leads here again. @param {Found} found */
  #go({ message: { roomId, messageId, seq } }) {
    const { rooms } = this.#home;
    const room = rooms.all.get(roomId);
    if (!room) return;
    router.goOn(roomPath(roomId), () => this.#reopen());
    rooms.seek(room, { messageId, seq });
  }

  /** What one account has found is never shown to another. */
  #reopen() {
    if (this.#home.left.aborted) return false;
    show(this);
    return true;
  }
}

customElements.define('hex-search', SearchView);

/** @param {string} words */
function unseen(words) {
  return el('span', { class: 'unseen' }, words);
}

/** @param {Found | Suggestion} one */
function keyOf(one) {
  return 'kind' in one ? one.key : one.message.messageId;
}

/** @param {import('../state/room.js').RoomState} room */
function named({ roomId, about }) {
  return { roomId, name: about.name };
}
