// A room's link and password, to be given to those who are to join it.

import { home } from '../app.js';
import { el } from '../dom.js';
import { roomPath } from '../router.js';
import { copyable } from './copyable.js';
import { openDialog } from './dialog.js';
import { qrCode } from './qr-code.js';
import { orToast } from './toast.js';

/** @import { RoomState } from '../state/room.js' */

/** @param {RoomState} room */
export function openShare(room) {
  const code = el('div', { class: 'qr-place' });
  openDialog(
    `Share ${room.about.name}`,
    'dialog',
    shared(room),
    el('p', { class: 'hint' }, 'A phone opens the link when its camera sees this:'),
    code,
    copyable('Room id', room.roomId, { hint: 'For “Join a room”, where the link cannot be opened.' }),
  );
  orToast(qrCode(linkTo(room), 'QR code of the link').then((picture) => code.append(picture)));
}

/**
 * The link, and the password where it is known.
 * @param {RoomState} room
 */
export function shared(room) {
  const password = passwordOf(room);
  return [
    copyable('Link', linkTo(room), {
      hint: 'People who open it are asked for the password. Before that they see neither name nor members.',
    }),
    password === null
      ? el('p', { class: 'hint' }, room.isOwn ? FORGOTTEN : ASK)
      : copyable('Password', password, {
          secret: true,
          hint: 'It is not stored anywhere: once you reload this page, it is no longer shown.',
        }),
  ];
}

/**
 * What its owner has typed on this page, or null.
 * @param {RoomState} room
 */
export function passwordOf({ isOwn, roomId }) {
  return isOwn ? home().passwords.of(roomId) : null;
}

const FORGOTTEN =
  'They need the room’s password too. It is shown here only until you reload the page on which you set it. If you have forgotten it, set another one under “Manage the room”.';
const ASK = 'They need the room’s password too. If you have forgotten it, ask the room’s owner.';

/** @param {RoomState} room */
function linkTo({ roomId }) {
  return location.origin + roomPath(roomId);
}
