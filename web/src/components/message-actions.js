// What can be done with a message, where that needs a dialog.

import { el, icon } from '../dom.js';
import { confirm, openDialog } from './dialog.js';
import { actionsFor } from './message-row.js';

/** @import { Message } from '../types.d.ts' */
/** @import { RowView } from './message-row.js' */

/**
 * @param {Message} message
 * @param {() => Promise<unknown>} remove
 */
export function askToDelete({ body }, remove) {
  confirm({
    title: 'Delete this message?',
    words: 'It will be deleted for good, for everybody.',
    content: el('blockquote', { dir: 'auto' }, body ?? ''),
    action: 'Delete',
    onconfirm: remove,
  });
}

/**
 * The actions of a message in words, one below the other, as large as fingers need them.
 * @param {Message} message
 * @param {RowView} view
 */
export function openActions(message, view) {
  const dialog = openDialog(
    'Message',
    'dialog',
    el('blockquote', { dir: 'auto' }, message.body ?? ''),
    el(
      'div',
      { class: 'stack' },
      actionsFor(message, view).map(({ words, picture, isPlain, act }) =>
        el(
          'button',
          {
            type: 'button',
            class: 'button',
            onclick: () => {
              // A browser lets a page copy only while a click is handled; other actions open dialogs or move the focus.
              if (isPlain) act();
              else dialog.addEventListener('close', act, { once: true });
              dialog.close();
            },
          },
          icon(picture),
          words,
        ),
      ),
    ),
  );
}
