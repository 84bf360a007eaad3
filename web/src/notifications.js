// Messages told of by the browser, when it is permitted and nobody looks at the page.

import { roomPath, router } from './router.js';

/** @import { Home } from './state/home.js' */

const KEY = 'hexroom.notifications';

export const notifications = {
  /** @returns {'unavailable' | 'denied' | 'on' | 'off'} */
  get state() {
    if (!('Notification' in globalThis)) return 'unavailable';
    if (Notification.permission === 'denied') return 'denied';
    return Notification.permission === 'granted' && localStorage.getItem(KEY) === 'on' ? 'on' : 'off';
  },

  async turnOn() {
    if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(KEY, 'on');
  },

  turnOff() {
    localStorage.removeItem(KEY);
  },

  /** @param {Home} home */
  follow({ rooms, people }) {
    rooms.addEventListener('message', (event) => {
      if (this.state !== 'on' || (!document.hidden && document.hasFocus())) return;
      const { room, message } = /** @type {CustomEvent} */ (event).detail;
      const title = `${people.name(message.senderId)} in ${room.about.name}`;
      const notification = new Notification(title, { body: message.body ?? '', tag: room.roomId });
      notification.onclick = () => {
        window.focus();
        router.go(roomPath(room.roomId));
        notification.close();
      };
    });
  },
};
