// One row of a room's timeline.

import { home } from '../app.js';
import { el } from '../dom.js';
import { load } from '../on-demand.js';
import { concerns } from '../room/rows.js';
import { clock, whole } from '../wording/time.js';
import { avatar, tint } from './avatar.js';
import { orToast } from './toast.js';

/** @import { Message, MessageRef, Unsent } from '../types.d.ts' */
/** @import { MessageRow, Row, UnsentRow } from '../room/rows.js' */
/** @import { MessageExtras } from './message-extras.js' */

/**
 * What a row depends on besides its message, and the actions of its buttons.
 * @typedef {object} RowView
 * @property {boolean} isOwner whether the reader owns the room
 * @property {string} receipt who has read the last of one's own messages
 * @property {string | null} lastOwn the key of that message
 * @property {boolean} isOnline
 * @property {MessageExtras | null} extras
 * @property {(key: string) => boolean} isOffered whether the actions of a message are shown
 * @property {(message: Message) => void} react
 * @property {(message: Message) => void} reply
 * @property {(place: MessageRef) => void} show goes to a message
 * @property {(message: Message) => void} edit
 * @property {(message: Message) => void} remove
 * @property {(unsent: Unsent) => void} retry
 * @property {(unsent: Unsent) => void} rewrite
 * @property {(unsent: Unsent) => void} discard
 */

/**
 * Whether a message has more than its text, which a module draws that others do without.
 * @param {Pick<Message, 'body' | 'replyTo'> & {reactions?: unknown[], problem?: unknown}} message
 */
export function needsExtras({ body, reactions = [], replyTo, problem }) {
  return reactions.length > 0 || replyTo || problem || hasMarks(body);
}

/** Whether a text may be more than its words: an address, a mention, formatting, or only emoji. @param {string | null} body */
export function hasMarks(body) {
  return /:\/\/|[@*_`~[]|^\s*(>|[-+]|\d+[.)]) |^\P{L}+$/mu.test(body ?? '');
}

/**
 * A key that changes with everything that a row shows.
 * @param {Row} row
 * @param {RowView} view
 */
export function renderKey(row, view) {
  const { people } = home();
  switch (row.kind) {
    case 'message': {
      const { message, startsGroup } = row;
      const receipt = row.key === view.lastOwn ? view.receipt : '';
      const { isOwner, isOffered, extras } = view;
      const actions = isOffered(row.key) && `actions ${isOwner}`;
      return JSON.stringify([
        message,
        startsGroup,
        people.label(message.senderId),
        receipt,
        actions,
        extras?.look(message),
      ]);
    }
    case 'unsent':
      return JSON.stringify([row.unsent, row.startsGroup, view.isOnline, view.extras?.look(row.unsent)]);
    case 'event':
      return view.extras?.wordsOf(row.event) ?? '';
    default:
      return '';
  }
}

/**
 * @param {Row} row
 * @param {RowView} view
 */
export function drawRow(row, view) {
  switch (row.kind) {
    case 'day':
      return el('li', { class: 'divider day', key: row.key }, el('span', {}, row.words));
    case 'new':
      return el('li', { class: 'divider new', key: row.key }, el('span', {}, 'New'));
    case 'event':
      return el('li', { class: 'happening', key: row.key }, el('bdi', {}, view.extras?.wordsOf(row.event)));
    case 'message':
      return drawMessage(row, view);
    case 'unsent':
      return drawUnsent(row, view);
  }
}

/**
 * @param {MessageRow} row
 * @param {RowView} view
 */
function drawMessage({ key, message, startsGroup }, view) {
  const { me, people } = home();
  const isOwn = message.senderId === me;
  const receipt = key === view.lastOwn && view.receipt;
  const name = people.name(message.senderId);
  const openProfile = () => profileOf(message.senderId);
  const sentAt = new Date(message.sentAt);
  const edited = message.editedAt && !message.deleted && 'edited';
  const body =
    message.body === null
      ? el('p', { class: 'body gone' }, 'This message was deleted.')
      : bodyOf(message, view);
  return el(
    'li',
    {
      class: `message ${isOwn ? 'own' : ''} ${startsGroup ? 'begins' : ''} ${concerns(message, me) ? 'for-me' : ''}`,
      key,
      tabindex: -1,
      'data-message': message.messageId,
    },
    !isOwn && startsGroup && avatar({ userId: message.senderId, name }, 'small', openProfile),
    el(
      'div',
      { class: 'bubble' },
      startsGroup && !isOwn
        ? el(
            'p',
            { class: 'sender', key: 'sender', 'data-tint': tint(message.senderId) },
            el(
              'button',
              { type: 'button', tabindex: view.isOffered(key) ? 0 : -1, onclick: openProfile },
              el('bdi', {}, people.label(message.senderId)),
            ),
          )
        : el('p', { class: 'unseen' }, el('bdi', {}, isOwn ? 'You' : people.label(message.senderId))),
      view.extras?.quoteOf(message.replyTo, view.isOffered(key), view.show),
      body,
      el(
        'p',
        { class: 'meta' },
        edited && el('span', {}, edited),
        el('time', { datetime: message.sentAt, title: whole(sentAt) }, clock(sentAt)),
      ),
    ),
    view.extras?.reactionsOf(message, view.isOffered(key)),
    view.isOffered(key) && !message.deleted && view.extras?.actionsOf(message, view),
    receipt && el('p', { class: 'receipt' }, el('bdi', {}, receipt)),
  );
}

/**
 * @param {UnsentRow} row
 * @param {RowView} view
 */
function drawUnsent({ key, unsent, startsGroup }, view) {
  const { isOnline, extras } = view;
  const { problem } = unsent;
  // The server's own words stand in for those of this page until these are there.
  const why = problem && (extras?.whyRefused(unsent) ?? problem.detail);
  const status = why ?? (isOnline ? 'Sending…' : 'Waiting for the connection');
  const state = problem ? 'refused' : isOnline ? '' : 'waiting';
  return el(
    'li',
    { class: `message own unsent ${startsGroup ? 'begins' : ''} ${state}`, key, tabindex: -1 },
    el(
      'div',
      { class: 'bubble' },
      el('p', { class: 'unseen' }, 'You'),
      extras?.quoteOf(unsent.replyTo, false, view.show),
      bodyOf(unsent, view),
    ),
    el('p', { class: 'receipt' }, status),
    problem && extras?.waysOutOf(unsent, view),
  );
}

/**
 * @param {Message | Unsent} message
 * @param {RowView} view
 */
function bodyOf(message, { extras }) {
  return extras?.bodyOf(message) ?? el('p', { class: 'body', dir: 'auto' }, message.body);
}

/** @param {string} userId */
export function profileOf(userId) {
  orToast(load('components/profile.js').then((profile) => profile.openProfile(userId)));
}
