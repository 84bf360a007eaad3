// What a room's owner can change.

import { home } from '../app.js';
import { closeDialogs, el } from '../dom.js';
import { patch } from '../patch.js';
import { router } from '../router.js';
import { date } from '../wording/time.js';
import { confirm, openDialog } from './dialog.js';
import { field, form } from './form.js';
import { orToast, showToast } from './toast.js';

/** @import { Ban } from '../types.d.ts' */
/** @import { RoomState } from '../state/room.js' */

/** @param {RoomState} room */
export function openRoomTools(room) {
  openDialog(
    `Manage ${room.about.name}`,
    'drawer',
    rename(room),
    topic(room),
    password(room),
    lock(room),
    bans(room),
    handOver(room),
    close(room),
  );
}

/**
 * @param {string | null} title null where the fields are enough
 * @param {...(Node | string | false)} children
 */
function section(title, ...children) {
  return el('section', { class: 'section' }, title && el('h3', {}, title), ...children);
}

/** @param {RoomState} room */
function rename({ roomId, about }) {
  const save = async (/** @type {Record<string, string>} */ { name }) => {
    await home().api.rooms.update(roomId, { name });
    showToast('The room has been renamed.');
  };
  return section(
    null,
    form(
      { action: 'Rename', kind: '', onsubmit: save, label: 'Rename the room' },
      field('name', 'Name', { value: about.name, required: true }),
    ),
  );
}

/** @param {RoomState} room */
function topic({ roomId, about }) {
  const save = async (/** @type {Record<string, string>} */ { topic: wanted }) => {
    const revised = await home().api.rooms.update(roomId, { topic: wanted });
    showToast(revised.topic ? 'The topic has been changed.' : 'The room has no topic.');
  };
  return section(
    null,
    form(
      { action: 'Change topic', kind: '', onsubmit: save, label: 'Change the room’s topic' },
      field('topic', 'Topic', { value: about.topic ?? '', hint: 'Leave it empty for none.' }),
    ),
  );
}

/** @param {RoomState} room */
function password({ roomId }) {
  const save = async (
    /** @type {Record<string, string>} */ { password: word },
    /** @type {HTMLFormElement} */ element,
  ) => {
    const { api, passwords } = home();
    passwords.note(await api.rooms.update(roomId, { password: word }), word);
    element.reset();
    showToast('The password has been changed. Members keep their seats.');
  };
  return section(
    null,
    form(
      { action: 'Change password', kind: '', onsubmit: save, label: 'Change the room’s password' },
      field('password', 'New password', {
        shared: true,
        required: true,
        hint: 'At least 4 characters.',
      }),
    ),
  );
}

/** @param {RoomState} room */
function lock(room) {
  const box = el('input', { type: 'checkbox', role: 'switch', checked: room.about.locked });
  box.addEventListener('change', async () => {
    const wanted = box.checked;
    const revised = await orToast(home().api.rooms.update(room.roomId, { locked: wanted }));
    box.checked = revised ? wanted : !wanted;
  });
  return section('Lock', el('label', { class: 'option' }, box, el('span', {}, 'Nobody new can join')));
}

/** @param {RoomState} room */
function bans({ roomId }) {
  const { rooms } = home().api;
  const list = el('div');
  const load = async () => patch(list, banned(await rooms.bans(roomId), lift));
  const lift = (/** @type {Ban} */ { userId, name }) =>
    orToast(
      rooms
        .liftBan(roomId, userId)
        .then(() => showToast(`${name} may join again.`))
        .finally(load),
    );
  orToast(load());
  return section('Bans', list);
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
function handOver(room) {
  const candidates = room.others.filter(({ prime }) => prime);
  if (candidates.length === 0)
    return section(
      'Hand over',
      el(
        'p',
        { class: 'hint' },
        'You can hand the room over to another prime member in it. There is none at the moment.',
      ),
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
  return section(
    'Hand over',
    form(
      { action: 'Hand over', kind: '', onsubmit: ask, label: 'Hand the room over' },
      el(
        'div',
        { class: 'field' },
        el('label', { for: 'new-owner' }, 'New owner'),
        el('select', { id: 'new-owner', name: 'ownerId', class: 'input' }, options),
      ),
    ),
  );
}

/** @param {RoomState} room */
function close({ roomId, about }) {
  const ask = () =>
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
  return section(
    'Close',
    el('p', { class: 'hint' }, 'An owner cannot leave a room: hand it over first, or close it.'),
    el('button', { type: 'button', class: 'button danger', onclick: ask }, 'Close the room'),
  );
}
