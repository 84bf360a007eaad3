// What a room's owner can change: the room itself in one form, who is banned, and at the end what cannot be undone.

import { home } from '../app.js';
import { closeDialogs, el } from '../dom.js';
import { patch } from '../patch.js';
import { router } from '../router.js';
import { Turns } from '../state/requests.js';
import { date } from '../wording/time.js';
import { confirm, openDialog } from './dialog.js';
import { field, form } from './form.js';
import { orToast, showToast } from './toast.js';

/** @import { Ban, RoomUpdate } from '../types.d.ts' */
/** @import { RoomState } from '../state/room.js' */

/** @param {RoomState} room */
export function openRoomTools(room) {
  openDialog(`Manage ${room.about.name}`, 'wide', settings(room), bans(room), ending(room));
}

/**
 * @param {string} title
 * @param {...import('../dom.js').Child} children
 */
function section(title, ...children) {
  return el('section', { class: 'section', 'aria-label': title }, el('h3', {}, title), ...children);
}

/** @param {RoomState} room */
function settings({ roomId, about: { name, topic = '', locked } }) {
  const lock = el('input', { type: 'checkbox', role: 'switch', name: 'locked', checked: locked });
  // What somebody else changes meanwhile is not changed back.
  let shown = { name, topic, locked };
  const save = async (
    /** @type {Record<string, string>} */ { password, ...values },
    /** @type {HTMLFormElement} */ element,
  ) => {
    const wanted = { name: values.name, topic: values.topic, locked: lock.checked };
    /** @type {RoomUpdate} */
    const changes = { ...differences(shown, wanted), ...(password && { password }) };
    if (Object.keys(changes).length === 0) return showToast('Nothing has changed.');
    const { api, passwords } = home();
    const revised = await api.rooms.update(roomId, changes);
    shown = wanted;
    if (password) passwords.note(revised, password);
    /** @type {HTMLInputElement} */ (element.elements.namedItem('password')).value = '';
    showToast('Saved.');
  };
  return form(
    { action: 'Save', label: 'The room', onsubmit: save },
    section(
      'Name and topic',
      field('name', 'Name', { value: name, required: true }),
      field('topic', 'Topic', { value: topic, hint: 'It stands under the name. Leave it empty for none.' }),
    ),
    section(
      'Who can join',
      field('password', 'New password', {
        shared: true,
        hint: 'At least 4 characters. Leave it empty to keep the current one. Members keep their seats.',
      }),
      el('label', { class: 'option' }, lock, el('span', {}, 'Nobody new can join')),
    ),
  );
}

/**
 * @template {Record<string, unknown>} T
 * @param {T} before
 * @param {T} after
 * @returns {Partial<T>}
 */
function differences(before, after) {
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return /** @type {Partial<T>} */ (Object.fromEntries(changed));
}

/** @param {RoomState} room */
function bans({ roomId }) {
  const { rooms } = home().api;
  const list = el('div', { class: 'stack' });
  const turns = new Turns();
  const load = async () => {
    const isNews = turns.take();
    const bans = await rooms.bans(roomId);
    if (isNews()) patch(list, banned(bans, lift));
  };
  const lift = (/** @type {Ban} */ { userId, name }) =>
    orToast(
      rooms
        .liftBan(roomId, userId)
        .then(() => showToast(`${name} may join again.`))
        .finally(load),
    );
  orToast(load());
  return section('Banned', list);
}

/**
 * @param {Ban[]} list
 * @param {(ban: Ban) => void} lift
 */
function banned(list, lift) {
  if (list.length === 0) return el('p', { class: 'hint' }, 'Nobody is banned.');
  const rows = list.map((ban) =>
    el(
      'li',
      { class: 'list-row', key: ban.userId },
      el(
        'span',
        { class: 'person-name' },
        el('bdi', {}, ban.name),
        el('small', {}, `${ban.userId} · since ${date(new Date(ban.bannedAt))}`),
      ),
      el(
        'button',
        {
          type: 'button',
          class: 'button quiet small',
          'aria-label': `Lift the ban of ${ban.name}`,
          onclick: () => lift(ban),
        },
        'Lift the ban',
      ),
    ),
  );
  return el('ul', { class: 'list' }, rows);
}

/** @param {RoomState} room */
function ending(room) {
  return el(
    'section',
    { class: 'section ending', 'aria-label': 'Hand over or close' },
    el('h3', {}, 'Hand over or close'),
    el('p', { class: 'hint' }, 'An owner cannot leave a room: hand it over first, or close it.'),
    handOver(room),
    el(
      'button',
      { type: 'button', class: 'button danger', onclick: () => askToClose(room) },
      'Close the room',
    ),
  );
}

/** @param {RoomState} room */
function handOver(room) {
  const candidates = room.others.filter(({ prime }) => prime);
  if (candidates.length === 0)
    return el(
      'p',
      { class: 'hint' },
      'You can hand it over to another prime member in it. There is none at the moment.',
    );
  const options = candidates.map(({ userId, name }) =>
    el('option', { value: userId }, `${name} (${userId})`),
  );
  const ask = async (/** @type {Record<string, string>} */ { ownerId }) => {
    confirm({
      title: `Hand over ${room.about.name}?`,
      words: `${home().people.label(ownerId)} will own the room, and you will be an ordinary member.`,
      action: 'Hand over',
      onconfirm: async () => {
        await home().api.rooms.update(room.roomId, { ownerId });
        closeDialogs();
        showToast('The room has a new owner.');
      },
    });
  };
  return form(
    { action: 'Hand over', kind: '', onsubmit: ask, label: 'Hand the room over' },
    el(
      'div',
      { class: 'field' },
      el('label', { for: 'new-owner' }, 'New owner'),
      el('select', { id: 'new-owner', name: 'ownerId', class: 'input' }, options),
    ),
  );
}

/** @param {RoomState} room */
function askToClose({ roomId, about }) {
  confirm({
    title: `Close ${about.name}?`,
    words: 'Everybody loses their seat, including you. This cannot be undone.',
    action: 'Close for good',
    onconfirm: async () => {
      await home().rooms.close(roomId);
      closeDialogs();
      router.go('/', { replace: true });
      showToast(`${about.name} is closed.`);
    },
  });
}
