import { el, icon } from '../dom.js';

export function notFound() {
  return el(
    'div',
    { class: 'screen' },
    el(
      'div',
      { class: 'blank' },
      icon('hexroom'),
      el('h1', {}, 'There is nothing here'),
      el('p', {}, 'The address may be mistyped, or the page no longer exists.'),
      el('a', { class: 'button primary', href: '/' }, 'Go to your rooms'),
    ),
  );
}
