// Sets the chosen theme before anything is painted, and follows the choice of other tabs. This file is not a module,
// because modules run later.

(() => {
  const key = 'hexroom.theme';
  const show = (/** @type {string | null} */ chosen) => {
    document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  };
  show(null);
  try {
    show(localStorage.getItem(key));
  } catch {
    // Without storage the page looks like the system.
  }
  addEventListener('storage', (event) => {
    if (event.key === key) show(event.newValue);
  });
})();
