// A finger that rests on a message opens what can be done with it; one that draws it aside replies to it.

import { load } from '../on-demand.js';
import { onSwipe } from './swipe.js';
import { orToast } from './toast.js';

/** @import { Message } from '../types.d.ts' */
/** @import { View } from '../view.js' */
/** @import { RowView } from './message-row.js' */

const HELD_MS = 500;
/** A finger that rests still moves a little. */
const STILL_PX = 10;

/**
 * @param {View} view which listens while it is in the page
 * @param {HTMLElement} list
 * @param {object} rows
 * @param {(key: string) => Message | undefined} rows.find
 * @param {() => RowView} rows.look
 */
export function offerActions(view, list, { find, look }) {
  const rowOf = (/** @type {Element} */ target) =>
    /** @type {HTMLElement | null} */ (target.closest('.message'));
  const messageOf = (/** @type {HTMLElement | null} */ row) => {
    const message = find(row?.dataset.message ?? '');
    return message?.deleted ? undefined : message;
  };
  const drawable = (/** @type {Element} */ target) => (messageOf(rowOf(target)) ? rowOf(target) : null);
  const letGo = onSwipe(view, list, drawable, (row) => {
    const message = messageOf(row);
    if (message) look().reply(message);
  });
  onLongPress(view, list, (target) => {
    const message = messageOf(rowOf(target));
    if (!message) return false;
    letGo();
    orToast(load('components/message-actions.js').then((actions) => actions.openActions(message, look())));
    return true;
  });
}

/**
 * @param {View} view
 * @param {HTMLElement} element
 * @param {(target: Element) => boolean} held answers whether there is something to do with what is touched
 */
function onLongPress(view, element, held) {
  /** @type {{pointerId: number, x: number, y: number, timer: number} | null} */
  let touch = null;
  let isDone = false;
  const end = () => {
    if (touch) clearTimeout(touch.timer);
    touch = null;
  };
  view.listen(
    element,
    'pointerdown',
    ({ pointerType, pointerId, isPrimary, clientX: x, clientY: y, target }) => {
      end();
      isDone = false;
      if (pointerType !== 'touch' || !isPrimary || target.closest('a, button')) return;
      const hold = () => {
        touch = null;
        isDone = held(target);
      };
      touch = { pointerId, x, y, timer: Number(setTimeout(hold, HELD_MS)) };
    },
  );
  view.listen(element, 'pointermove', ({ pointerId, clientX, clientY }) => {
    if (!touch || touch.pointerId !== pointerId) return;
    if (Math.hypot(clientX - touch.x, clientY - touch.y) > STILL_PX) end();
  });
  for (const sign of ['pointerup', 'pointercancel']) {
    view.listen(document, sign, ({ pointerId }) => pointerId === touch?.pointerId && end());
  }
  // The finger that is lifted then would press what has come to lie under it.
  view.listen(element, 'touchend', (event) => isDone && event.preventDefault());
  // The browser's own menu would lie over ours.
  view.listen(element, 'contextmenu', (event) => (touch || isDone) && event.preventDefault());
  view.signal.addEventListener('abort', end);
}
