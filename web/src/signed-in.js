// The screens for people who are signed in, each loaded when it is opened.

import { el, icon } from './dom.js';
import { load } from './on-demand.js';
import './components/sidebar.js';

/**
 * @param {string} screen
 * @param {string} [roomId]
 * @param {string} [seq] of the message to which somebody goes
 */
export async function draw(screen, roomId, seq) {
  switch (screen) {
    case 'not-found':
      return (await load('screens/not-found.js')).notFound();
    case 'room':
      await load('screens/room.js');
      return element('room', { class: 'screen', 'room-id': roomId ?? '', ...(seq && { seq }) });
    case 'join':
      await load('screens/join.js');
      return page(screen);
    case 'create':
      await load('screens/create.js');
      return page(screen);
    case 'friends':
      await load('screens/friends.js');
      return page(screen);
    case 'coins':
      await load('screens/coins.js');
      return page(screen);
    case 'settings':
      await load('screens/settings.js');
      return page(screen);
    case 'shortcuts':
      await load('screens/shortcuts.js');
      return page(screen);
    default:
      await load('screens/start.js');
      return element('start', { class: 'screen' });
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

/** @param {string} name of a screen with a way back to the rooms */
function page(name) {
  const back = el('a', { class: 'button quiet back', href: '/' }, icon('back'), 'Rooms');
  return el('div', { class: 'screen' }, back, element(name));
}
