// What can be done with a message, beside it.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { isOriginalGone } from '../room/outbox.js';
import { linkOf } from './message-link.js';
import { profileOf } from './message-row.js';
import { orToast } from './toast.js';

/** @import { Message, Unsent } from '../types.d.ts' */
/** @import { RowView } from './message-row.js' */

/**
 * @typedef {object} Action
 * @property {string} words
 * @property {string} picture
 * @property {string} [key] does it on the message that has the focus
 * @property {true} [isPlain] it neither opens a dialog nor moves the focus
 * @property {() => void} act
 */

/**
 * What the reader can do with a message.
 * @param {Message} message
 * @param {RowView} view
 */
export function actionsFor(message, { isOwner, react, reply, edit, remove }) {
  const { me, people } = home();
  const { senderId } = message;
  const isOwn = senderId === me;
  /** @type {(Action | false)[]} */
  const all = [
    { words: 'React', picture: 'smile', key: '+', act: () => react(message) },
    { words: 'Reply', picture: 'reply', key: 'r', act: () => reply(message) },
    isOwn && { words: 'Edit', picture: 'edit', act: () => edit(message) },
    (isOwn || isOwner) && { words: 'Delete', picture: 'delete', act: () => remove(message) },
    { words: 'Copy', picture: 'copy', isPlain: true, act: () => copy(message.body ?? '') },
    { words: 'Copy link', picture: 'share', isPlain: true, act: () => copyLink(message) },
    !isOwn && {
      words: `Profile of ${people.label(senderId)}`,
      picture: 'people',
      act: () => profileOf(senderId),
    },
  ];
  return all.filter((action) => action !== false);
}

/** Those that fit beside a message: its sender's name leads to the profile. @param {Message} message @param {RowView} view */
export function actionsOf(message, view) {
  const actions = actionsFor(message, view).filter(({ picture }) => picture !== 'people');
  return el(
    'div',
    { class: 'actions', role: 'group', 'aria-label': 'This message' },
    actions.map(({ words, picture, key, act }) =>
      el(
        'button',
        {
          type: 'button',
          class: `icon-button ${picture}`,
          key: words,
          'aria-label': words,
          // A plus alone would join keys that are pressed together.
          'aria-keyshortcuts': key === '+' ? 'Plus' : key,
          title: key ? `${words} (${key.toUpperCase()})` : words,
          onclick: act,
        },
        icon(picture),
      ),
    ),
  );
}

/**
 * What can be done with a message that the server has refused.
 * @param {Unsent} unsent
 * @param {RowView} view
 */
export function waysOutOf(unsent, { retry, rewrite, discard }) {
  const act = (/** @type {string} */ words, /** @type {() => void} */ onclick) =>
    el('button', { type: 'button', class: 'button quiet small', key: words, onclick }, words);
  return el(
    'div',
    { class: 'row-actions' },
    isWrong(unsent) ? act('Edit', () => rewrite(unsent)) : act('Try again', () => retry(unsent)),
    act('Copy', () => copy(unsent.body)),
    act('Discard', () => discard(unsent)),
  );
}

/** Whether it would be refused again as it is: by its text, or because what it replies to is gone. @param {Unsent} unsent */
function isWrong(unsent) {
  return unsent.problem?.code === 'validation_failed' || isOriginalGone(unsent);
}

/** @param {Message} message */
function copyLink(message) {
  orToast(load('components/clipboard.js').then((clipboard) => clipboard.copy(linkOf(message), 'Link')));
}

/** @param {string} body */
function copy(body) {
  orToast(load('components/clipboard.js').then((clipboard) => clipboard.copy(body, 'Message')));
}
