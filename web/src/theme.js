// Sets the chosen theme before anything is painted. This file is not a module, because modules run later.

document.documentElement.dataset.theme = 'system';
try {
  const chosen = localStorage.getItem('hexroom.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Without storage the page looks like the system.
}
