// What can be done with a message, where that needs a dialog.

import { el, icon } from '../dom.js';
import { confirm, openDialog } from './dialog.js';
import { quickReactions } from './reacting.js';
import { actionsFor } from './row-actions.js';

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
  const { extras } = view;
  const reactions = extras?.reactionLines(message) ?? [];
  const dialog = openDialog(
    'Message',
    'dialog',
    el('blockquote', { dir: 'auto' }, message.body ?? ''),
    extras && quickReactions(extras.room, message, (act) => after(act)),
    reactions.length > 0 &&
      el(
        'ul',
        { class: 'reaction-lines', 'aria-label': 'Reactions' },
        reactions.map((line) => el('li', { dir: 'auto' }, line)),
      ),
    el(
      'div',
      { class: 'stack' },
      actionsFor(message, view)
        .filter(({ picture }) => picture !== 'smile')
        .map(({ words, picture, isPlain, act }) =>
          el(
            'button',
            { type: 'button', class: 'button', onclick: () => (isPlain ? during(act) : after(act)) },
            icon(picture),
            words,
          ),
        ),
    ),
  );
  // A browser lets a page copy only while a click is handled; other actions open dialogs or move the focus.
  const during = (/** @type {() => void} */ act) => {
    act();
    dialog.close();
  };
  const after = (/** @type {() => void} */ act) => {
    dialog.addEventListener('close', act, { once: true });
    dialog.close();
  };
}
