// The screens of whoever is signed in. They are fetched when somebody is.

import { el } from './dom.js';
import './components/sidebar.js';
import './screens/room.js';
import './screens/start.js';

const LATER = {
  join: () => import('./screens/join.js'),
  create: () => import('./screens/create.js'),
  friends: () => import('./screens/friends.js'),
  coins: () => import('./screens/coins.js'),
  settings: () => import('./screens/settings.js'),
};

/**
 * @param {string} screen
 * @param {string} [roomId]
 */
export async function draw(screen, roomId) {
  if (screen === 'nowhere') return (await import('./screens/nowhere.js')).nowhere();
  const known = screen === 'sign-in' || screen === 'sign-up' ? 'start' : screen;
  if (known in LATER) await LATER[/** @type {keyof typeof LATER} */ (known)]();
  const element = document.createElement(`hex-${known}`);
  if (roomId) element.setAttribute('room-id', roomId);
  return known === 'start' || known === 'room' ? element : el('div', { class: 'screen' }, back(), element);
}

function back() {
  return el('a', { class: 'button quiet back', href: '/' }, 'Rooms');
}
