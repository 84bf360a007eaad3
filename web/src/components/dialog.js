// Dialogs and drawers, based on the browser's: it keeps the focus inside and restores it.

import { el, icon } from '../dom.js';
import { router } from '../router.js';
import { form } from './form.js';
import { placeToasts } from './toast.js';

/** @import { Child } from '../dom.js' */

/** What closes each dialog that is open, by its title. @type {Map<string, () => void>} */
const open = new Map();

/**
 * Opens a dialog, which is removed when it is closed. It takes the place of one with the same title: somebody has pressed
 * twice while it was loaded.
 * @param {string} title
 * @param {'dialog' | 'drawer' | 'wide' | 'search'} kind
 * @param {...Child} children
 */
export function openDialog(title, kind, ...children) {
  const dialog = el(
    'dialog',
    { class: kind, 'aria-label': title },
    el(
      'header',
      { class: 'dialog-head' },
      el('h2', { dir: 'auto' }, title),
      el(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => dialog.close() },
        icon('close'),
      ),
    ),
    el('div', { class: 'dialog-body', tabindex: -1 }, ...children),
  );
  open.get(title)?.();
  const opener = /** @type {HTMLElement | null} */ (document.activeElement);
  const uncover = router.cover(() => dialog.close());
  dialog.addEventListener('pointerdown', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  const removeToasts = placeToasts(dialog);
  const close = () => {
    if (!dialog.isConnected) return;
    open.delete(title);
    dialog.close();
    removeToasts();
    dialog.remove();
    uncover();
    giveBackFocus(opener);
  };
  open.set(title, close);
  dialog.addEventListener('close', close);
  return dialog;
}

/**
 * The browser restores the focus only to visible elements; some buttons are visible only while the focus is near.
 * If the opener is gone, the page gets the focus.
 * @param {HTMLElement | null} opener
 */
function giveBackFocus(opener) {
  const here = opener?.isConnected ? opener : document.querySelector('main');
  /** @type {HTMLElement | null | undefined} */ (here?.parentElement?.closest('[tabindex]'))?.focus();
  here?.focus();
}

/**
 * Asks for confirmation of something that cannot be undone.
 * @param {object} question
 * @param {string} question.title
 * @param {string} question.words what will happen
 * @param {string} question.action what the button says
 * @param {Child} [question.content] fields, and anything else above the button
 * @param {(values: Record<string, string>) => Promise<unknown>} question.onconfirm
 * @param {Record<string, string>} [question.fieldOf]
 */
export function confirm({ title, words, action, content, onconfirm, fieldOf }) {
  const dialog = openDialog(
    title,
    'dialog',
    el('p', {}, words),
    form(
      {
        action,
        kind: 'danger',
        fieldOf,
        beside: el(
          'button',
          { type: 'button', class: 'button quiet', onclick: () => dialog.close() },
          'Cancel',
        ),
        onsubmit: async (values) => {
          await onconfirm(values);
          dialog.close();
        },
      },
      content,
    ),
  );
}
