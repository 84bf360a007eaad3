// One row of a room's timeline.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { splitLinks } from '../wording/links.js';
import { clock, whole } from '../wording/time.js';
import { avatar, tint } from './avatar.js';
import { orToast } from './toast.js';

/** @import { Message, Problem, RoomChange, RoomEvent, Unsent } from '../types.d.ts' */
/** @import { MessageRow, Row, UnsentRow } from '../room/rows.js' */

/**
 * What a row depends on besides its message, and the actions of its buttons.
 * @typedef {object} RowView
 * @property {boolean} isOwner whether the reader owns the room
 * @property {string} receipt who has read the last of one's own messages
 * @property {string | null} lastOwn the key of that message
 * @property {boolean} isOnline
 * @property {(problem: Problem) => string} reason why a message has been refused
 * @property {(key: string) => boolean} isOffered whether the actions of a message are shown
 * @property {(message: Message) => void} edit
 * @property {(message: Message) => void} remove
 * @property {(unsent: Unsent) => void} retry
 * @property {(unsent: Unsent) => void} rewrite
 * @property {(unsent: Unsent) => void} discard
 */

/**
 * A key that changes with everything that a row shows.
 * @param {Row} row
 * @param {RowView} view
 */
export function renderKey(row, view) {
  const { people } = home();
  switch (row.kind) {
    case 'message': {
      const { revision, deleted, senderId } = row.message;
      const receipt = row.key === view.lastOwn ? view.receipt : '';
      const { isOwner, isOffered } = view;
      const actions = isOffered(row.key) && `actions ${isOwner}`;
      return [revision, deleted, row.startsGroup, people.label(senderId), receipt, actions].join('\n');
    }
    case 'unsent': {
      const { problem } = row.unsent;
      return [problem && view.reason(problem), row.startsGroup, view.isOnline].join('\n');
    }
    case 'event':
      return eventWords(row.event);
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
      return el('li', { class: 'happening', key: row.key }, el('bdi', {}, eventWords(row.event)));
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
      : bodyOf(message.body);
  return el(
    'li',
    {
      class: `message ${isOwn ? 'own' : ''} ${startsGroup ? 'begins' : ''}`,
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
      body,
      el(
        'p',
        { class: 'meta' },
        edited && el('span', {}, edited),
        el('time', { datetime: message.sentAt, title: whole(sentAt) }, clock(sentAt)),
      ),
    ),
    view.isOffered(key) && !message.deleted && actionsOf(message, view),
    receipt && el('p', { class: 'receipt' }, el('bdi', {}, receipt)),
  );
}

/**
 * @param {UnsentRow} row
 * @param {RowView} view
 */
function drawUnsent({ key, unsent, startsGroup }, { isOnline, reason, retry, rewrite, discard }) {
  const { problem, body } = unsent;
  const status = (problem && reason(problem)) ?? (isOnline ? 'Sending…' : 'Waiting for the connection');
  const state = problem ? 'refused' : isOnline ? '' : 'waiting';
  const act = (/** @type {string} */ words, /** @type {() => void} */ onclick) =>
    el('button', { type: 'button', class: 'button quiet small', key: words, onclick }, words);
  return el(
    'li',
    { class: `message own unsent ${startsGroup ? 'begins' : ''} ${state}`, key, tabindex: -1 },
    el('div', { class: 'bubble' }, el('p', { class: 'unseen' }, 'You'), bodyOf(body)),
    el('p', { class: 'receipt' }, status),
    problem &&
      el(
        'div',
        { class: 'row-actions' },
        problem.code === 'validation_failed'
          ? act('Edit', () => rewrite(unsent))
          : act('Try again', () => retry(unsent)),
        act('Copy', () => copy(body)),
        act('Discard', () => discard(unsent)),
      ),
  );
}

/** @param {string} text */
function bodyOf(text) {
  // An address reads from left to right, whatever the direction of the text around it.
  const linked = splitLinks(text).map(({ text: part, href, shown = part }) =>
    href
      ? el(
          'a',
          { href, key: href, dir: 'ltr', target: '_blank', rel: 'noopener noreferrer nofollow ugc' },
          shown,
        )
      : part,
  );
  return el('p', { class: 'body', dir: 'auto' }, linked);
}

/**
 * What the reader can do with a message.
 * @param {Message} message
 * @param {RowView} view
 */
export function actionsFor(message, { isOwner, edit, remove }) {
  const { me, people } = home();
  const { senderId } = message;
  const isOwn = senderId === me;
  const all = [
    isOwn && { words: 'Edit', picture: 'edit', act: () => edit(message) },
    (isOwn || isOwner) && { words: 'Delete', picture: 'delete', act: () => remove(message) },
    { words: 'Copy', picture: 'copy', isPlain: true, act: () => copy(message.body ?? '') },
    !isOwn && {
      words: `Profile of ${people.label(senderId)}`,
      picture: 'people',
      act: () => profileOf(senderId),
    },
  ];
  return all.filter((action) => action !== false);
}

/** Those that fit beside a message: its sender's name leads to the profile. @param {Message} message @param {RowView} view */
function actionsOf(message, view) {
  const actions = actionsFor(message, view).filter(({ picture }) => picture !== 'people');
  return el(
    'div',
    { class: 'actions', role: 'group', 'aria-label': 'This message' },
    actions.map(({ words, picture, act }) =>
      el(
        'button',
        { type: 'button', class: 'icon-button', key: words, 'aria-label': words, title: words, onclick: act },
        icon(picture),
      ),
    ),
  );
}

/** @param {string} body */
function copy(body) {
  orToast(load('components/clipboard.js').then((clipboard) => clipboard.copy(body, 'Message')));
}

/** @param {string} userId */
function profileOf(userId) {
  orToast(load('components/profile.js').then((profile) => profile.openProfile(userId)));
}

/** @param {RoomEvent} event */
function eventWords({ kind, actor, data }) {
  const { me, people } = home();
  const who = (/** @type {string} */ userId) => (userId === me ? 'You' : people.label(userId));
  switch (kind) {
    case 'member_joined':
      return `${who(data.userId)} joined`;
    case 'member_left':
      return `${who(data.userId)} left`;
    case 'member_removed':
      return `${who(actor)} ${data.banned ? 'banned' : 'removed'} ${people.label(data.userId)}`;
    case 'room_changed':
      return `${who(actor)} ${changes(data, who)}`;
    case 'room_closed':
      return 'The room was closed';
    default:
      return `${who(actor)}: ${kind.replaceAll('_', ' ')}`;
  }
}

/**
 * @param {RoomChange} change
 * @param {(userId: string) => string} who
 */
function changes({ name, topic, locked, ownerId, passwordChanged }, who) {
  const words = [
    name !== undefined && `renamed the room to “${name}”`,
    topic !== undefined && (topic ? `changed the topic to “${topic}”` : 'removed the topic'),
    locked !== undefined && (locked ? 'locked the room' : 'unlocked the room'),
    passwordChanged && 'changed the password',
    ownerId !== undefined && `handed the room over to ${who(ownerId)}`,
  ];
  return words.filter(Boolean).join(', ');
}
