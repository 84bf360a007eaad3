// Keys that work on every screen while somebody is signed in. The screen `/shortcuts` lists them, with those of the
// composer and the messages.

import { home } from './app.js';
import { orToast } from './components/toast.js';
import { load } from './on-demand.js';
import { roomPath, router } from './router.js';

/** @param {KeyboardEvent} event */
export function pressed(event) {
  if (event.isComposing || document.querySelector('dialog[open]')) return;
  const open = LETTERS[letterOf(event)];
  if (open) {
    event.preventDefault();
    return open();
  }
  const path = pathFor(event);
  if (!path) return;
  event.preventDefault();
  router.go(path);
}

/** Lets somebody choose a room by its name. */
export async function goToRoom() {
  (await orToast(load('components/switcher.js')))?.openSwitcher();
}

/** Finds messages. @param {string} [roomId] in which room, rather than in all */
export async function search(roomId) {
  (await orToast(load('components/search.js')))?.openSearch(roomId);
}

/**
 * What opens with Ctrl or ⌘ and a letter. Pressed again, while that is open, it is the browser's own.
 * @type {Record<string, () => void>}
 */
const LETTERS = { k: goToRoom, f: () => search(router.route.roomId) };

/** @param {KeyboardEvent} event */
function letterOf({ key, altKey, ctrlKey, metaKey, shiftKey }) {
  return (ctrlKey || metaKey) && !altKey && !shiftKey ? key.toLowerCase() : '';
}

/** @param {KeyboardEvent} event */
function pathFor({ key, altKey, ctrlKey, metaKey, shiftKey }) {
  const isCommand = ctrlKey || metaKey;
  if (key === '/' && isCommand && !altKey) return '/shortcuts';
  if (!altKey || isCommand) return null;
  if (key === 'ArrowUp') return roomBeside(-1, shiftKey);
  return key === 'ArrowDown' ? roomBeside(1, shiftKey) : null;
}

/**
 * The next or previous room in the list, which begins anew at its end.
 * @param {1 | -1} step
 * @param {boolean} isUnread whether only unread ones count
 */
function roomBeside(step, isUnread) {
  const rooms = home().rooms.inOrder;
  const here = rooms.findIndex(({ roomId }) => roomPath(roomId) === location.pathname);
  const ahead = here < 0 ? rooms : [...rooms.slice(here + 1), ...rooms.slice(0, here)];
  if (step < 0) ahead.reverse();
  const room = ahead.find(({ unread }) => !isUnread || unread > 0);
  return room ? roomPath(room.roomId) : null;
}
