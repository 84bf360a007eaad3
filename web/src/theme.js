// Light or dark, as somebody chose, before anything is painted. This file stands alone and is no module, because
// modules run later.

document.documentElement.dataset.theme = localStorage.getItem('hexroom.theme') ?? 'system';
