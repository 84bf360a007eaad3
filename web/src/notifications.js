// Browser notifications of new messages while nobody looks at the page.

import { session, storage } from './app.js';
import { isLookedAt } from './attention.js';
import { concerns } from './room/rows.js';
import { roomPath, router } from './router.js';
import { NOTIFIED } from './state/home.js';

/** @import { Home } from './state/home.js' */

/** Whether the browser shows what a page asks it to show; some have the means and do not. */
let isShowing = true;

/** @type {Set<Notification>} those that may still be shown */
const shown = new Set();

export const notifications = {
  /** @returns {'unavailable' | 'insecure' | 'denied' | 'on' | 'off'} */
  get state() {
    if (!isSecureContext) return 'insecure';
    if (!('Notification' in globalThis && isShowing)) return 'unavailable';
    if (Notification.permission === 'denied') return 'denied';
    return Notification.permission === 'granted' && storage.getItem(NOTIFIED) === session.userId
      ? 'on'
      : 'off';
  },

  async turnOn() {
    if ((await Notification.requestPermission()) === 'granted')
      storage.setItem(NOTIFIED, session.userId ?? '');
  },

  turnOff() {
    storage.removeItem(NOTIFIED);
  },

  /** @param {Home} home */
  follow({ rooms, people, left }) {
    left.addEventListener('abort', () => {
      for (const notification of shown) notification.close();
    });
    rooms.addEventListener('message', (event) => {
      if (this.state !== 'on' || isLookedAt()) return;
      const { room, message } = /** @type {CustomEvent} */ (event).detail;
      const who = people.label(message.senderId);
      const title = `${concerns(message, room.me) ? `${who} mentioned you` : who} in ${room.about.name}`;
      const notification = show(title, { body: message.body ?? '', tag: room.roomId });
      if (!notification) return;
      shown.add(notification);
      notification.onclose = () => shown.delete(notification);
      notification.onclick = () => {
        window.focus();
        router.go(roomPath(room.roomId));
        notification.close();
      };
    });
  },
};

/**
 * @param {string} title
 * @param {NotificationOptions} options
 */
function show(title, options) {
  try {
    return new Notification(title, options);
  } catch {
    isShowing = false;
    return null;
  }
}
