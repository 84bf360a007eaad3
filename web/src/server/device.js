// Ids that this browser generates: its own as a device, and those of new messages.

/** @import { SafeStorage } from '../storage.js' */

const KEY = 'hexroom.device';

/** What the server accepts as a device id. */
const DEVICE_ID = /^[ -~]{1,128}$/;

/**
 * The browser's device id, generated once and stored. It begins with what its owner may recognise in a list.
 * @param {SafeStorage} storage
 * @param {string} userAgent
 */
export function deviceId(storage, userAgent) {
  const kept = storage.getItem(KEY);
  if (kept && DEVICE_ID.test(kept)) return kept;
  const drawn = `${browserName(userAgent)}-${unique().slice(0, 8)}`;
  storage.setItem(KEY, drawn);
  return drawn;
}

/** 128 random bits as text. `crypto.randomUUID` exists on secure pages only. */
export function unique() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * A new client message id. It begins with the time, so that the server stores consecutive ones side by side.
 * @param {number} now in milliseconds since 1970
 */
export function newClientMessageId(now) {
  return now.toString(16).padStart(12, '0') + unique().slice(12);
}

/** @param {string} userAgent */
function browserName(userAgent) {
  const browser = first(userAgent, {
    'Edg/': 'edge',
    'OPR/': 'opera',
    'Firefox/': 'firefox',
    'Chrome/': 'chrome',
    'Safari/': 'safari',
  });
  const system = first(userAgent, {
    Android: 'android',
    iPhone: 'iphone',
    iPad: 'ipad',
    Windows: 'windows',
    'Mac OS': 'mac',
    Linux: 'linux',
  });
  return [browser ?? 'browser', system].filter(Boolean).join('-');
}

/**
 * @param {string} text
 * @param {Record<string, string>} names
 */
function first(text, names) {
  return Object.entries(names).find(([mark]) => text.includes(mark))?.[1];
}
