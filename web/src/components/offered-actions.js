// Which messages show what can be done with them, and the keys and fingers that do it without a button.

import { load } from '../on-demand.js';
import { afterFirstScreen } from '../prefetch.js';
import { orToast } from './toast.js';

/** @import { Message } from '../types.d.ts' */
/** @import { View } from '../view.js' */
/** @import { RowView } from './message-row.js' */

/**
 * @typedef {object} Rows
 * @property {(key: string) => Message | undefined} find
 * @property {(key: string) => void} redraw
 * @property {() => RowView} look
 */

/**
 * The actions are only beside the message that is pointed at and the one with the focus: beside all of them, they would be
 * most of the page.
 */
export class OfferedActions {
  #view;
  #list;
  #rows;
  /** The keys of the two. @type {Record<string, string>} */
  #offered = {};

  /**
   * @param {View} view which listens while it is in the page
   * @param {HTMLElement} list
   * @param {Rows} rows
   */
  constructor(view, list, rows) {
    this.#view = view;
    this.#list = list;
    this.#rows = rows;
    for (const sign of ['focusin', 'pointerover']) {
      view.listen(list, sign, ({ target }) => this.#offer(sign, target.closest('.message')));
    }
    this.#offer('focusin', list.querySelector('.message:focus-within'));
    this.#offer('pointerover', list.querySelector('.message:hover'));
    if (matchMedia('(any-pointer: coarse)').matches) orToast(this.#followFingers());
  }

  /** @param {string} key */
  includes(key) {
    return Object.values(this.#offered).includes(key);
  }

  /** Does what a key stands for, on the message that has the focus. @param {KeyboardEvent} event */
  act(event) {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    const row = /** @type {HTMLElement} */ (target);
    const message = row.matches('.message') && this.#rows.find(row.dataset.message ?? '');
    if (!message || message.deleted || ctrlKey || metaKey || altKey) return;
    const view = this.#rows.look();
    const action = view.extras?.actionsFor(message, view).find((action) => action.key === key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    action.act();
  }

  /** @param {string} sign @param {HTMLElement | null} row */
  #offer(sign, row) {
    const message = this.#rows.find(row?.dataset.message ?? '');
    if (!message || message.deleted || this.#offered[sign] === message.messageId) return;
    const before = this.#offered[sign];
    this.#offered[sign] = message.messageId;
    for (const key of [before, message.messageId]) this.#rows.redraw(key);
  }

  /** A first view does without. */
  async #followFingers() {
    await afterFirstScreen;
    const { offerActions } = await load('components/long-press.js');
    if (this.#view.isConnected) offerActions(this.#view, this.#list, this.#rows);
  }
}
