// Light or dark, as somebody chose, before anything is painted. This file stands alone and is no module, because
// modules run later.

document.documentElement.dataset.theme = 'system';
try {
  const chosen = localStorage.getItem('hexroom.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing for this page looks as the system does.
}
