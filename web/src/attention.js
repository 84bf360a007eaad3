// Whether somebody is looking at this page: it is visible and has the focus.

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
