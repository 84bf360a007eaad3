// The screens of whoever is signed in. They are fetched when somebody is.

import { el, icon } from './dom.js';
import { later } from './later.js';
import './components/sidebar.js';

/**
 * @param {string} screen
 * @param {string} [roomId]
 */
export async function draw(screen, roomId) {
  switch (screen) {
    case 'nowhere':
      return (await later.nowhere()).nowhere();
    case 'room':
      await later.room();
      return element('room', { 'room-id': roomId ?? '' });
    case 'join':
    case 'create':
    case 'friends':
    case 'coins':
    case 'settings':
      await later[screen]();
      return el('div', { class: 'screen' }, back(), element(screen));
    default:
      await later.start();
      return element('start');
  }
}

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 */
function element(name, attributes = {}) {
  const made = document.createElement(`hex-${name}`);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

function back() {
  return el('a', { class: 'button quiet back', href: '/' }, icon('back'), 'Rooms');
}
