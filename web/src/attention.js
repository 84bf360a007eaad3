// Whether somebody looks at this page: it is the one on the screen, and the one with the focus.

export function isLookedAt() {
  return !document.hidden && document.hasFocus();
}

/**
 * @param {import('./view.js').View} view which listens while it is in the page
 * @param {() => void} changed
 */
export function followAttention(view, changed) {
  view.listen(document, 'visibilitychange', changed);
  view.listen(globalThis, 'focus', changed);
  view.listen(globalThis, 'blur', changed);
}
