// A press on something: until it ends, what is pressed may not move away.

/**
 * @param {import('../view.js').View} view which listens while it is in the page
 * @param {HTMLElement} element
 * @param {(isPressed: boolean) => void} changed
 */
export function followPress(view, element, changed) {
  let isPressed = false;
  const turn = (/** @type {boolean} */ isNow) => {
    if (isNow === isPressed) return;
    isPressed = isNow;
    changed(isNow);
  };
  view.listen(element, 'pointerdown', ({ button }) => turn(button === 0));
  // Nothing tells of a release while the browser's menu is open.
  for (const sign of ['pointerup', 'pointercancel', 'contextmenu'])
    view.listen(document, sign, () => turn(false));
}
