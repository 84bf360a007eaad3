// A message that a finger draws aside is replied to.

/** @import { View } from '../view.js' */

/** A finger that taps or scrolls moves aside a little as well. */
const BEGINS_PX = 12;
/** How far it must be drawn, and can be. */
const DRAWN_PX = 56;
const MOST_PX = 72;

/**
 * @param {View} view which listens while it is in the page
 * @param {HTMLElement} list
 * @param {(target: Element) => HTMLElement | null} find the row that can be drawn aside
 * @param {(row: HTMLElement) => void} drawn
 * @returns {() => void} lets go of the row
 */
export function onSwipe(view, list, find, drawn) {
  /** @type {{pointerId: number, row: HTMLElement, x: number, y: number, by: number, isAside: boolean} | null} */
  let touch = null;
  const end = () => {
    if (!touch) return;
    touch.row.style.translate = '';
    delete touch.row.dataset.drawn;
    touch = null;
  };
  view.listen(
    list,
    'pointerdown',
    ({ pointerType, pointerId, isPrimary, clientX: x, clientY: y, target }) => {
      // Other fingers have no part in it.
      if (pointerType !== 'touch' || !isPrimary) return;
      end();
      const row = find(target);
      if (row) touch = { pointerId, row, x, y, by: 0, isAside: false };
    },
  );
  view.listen(list, 'pointermove', ({ pointerId, clientX, clientY }) => {
    if (!touch || touch.pointerId !== pointerId) return;
    const aside = clientX - touch.x - BEGINS_PX;
    if (!touch.isAside && Math.abs(clientY - touch.y) > BEGINS_PX) return end();
    touch.isAside ||= aside > 0;
    touch.by = Math.min(Math.max(aside, 0), MOST_PX);
    touch.row.style.translate = touch.by > 0 ? `${touch.by}px` : '';
    touch.row.toggleAttribute('data-drawn', touch.by >= DRAWN_PX);
  });
  view.listen(document, 'pointerup', ({ pointerId }) => {
    if (!touch || touch.pointerId !== pointerId) return;
    const row = touch.by >= DRAWN_PX ? touch.row : null;
    end();
    if (row) drawn(row);
  });
  view.listen(document, 'pointercancel', ({ pointerId }) => pointerId === touch?.pointerId && end());
  view.signal.addEventListener('abort', end);
  return end;
}
