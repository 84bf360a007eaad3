// Devices as people call them. A browser's id says what it is (`server/device.js`); that of another client is its name.

/** @type {Record<string, string>} */
const BROWSERS = {
  edge: 'Edge',
  opera: 'Opera',
  firefox: 'Firefox',
  chrome: 'Chrome',
  safari: 'Safari',
  browser: 'A browser',
};

/** @type {Record<string, string>} */
const SYSTEMS = {
  android: 'Android',
  iphone: 'iPhone',
  ipad: 'iPad',
  windows: 'Windows',
  mac: 'Mac',
  linux: 'Linux',
};

const BROWSER_ID = /^([a-z]+)(?:-([a-z]+))?-([0-9a-f]{8})$/;

/**
 * The name of each device, with the end of its id where another one is called the same.
 * @param {string[]} deviceIds
 * @returns {Map<string, string>}
 */
export function deviceNames(deviceIds) {
  const named = deviceIds.map((deviceId) => ({ deviceId, ...parts(deviceId) }));
  return new Map(
    named.map(({ deviceId, name, end }) => {
      const isShared = named.filter((other) => other.name === name).length > 1;
      return [deviceId, isShared && end ? `${name} (${end})` : name];
    }),
  );
}

/** @param {string} deviceId */
function parts(deviceId) {
  const [, browser = '', system, end = ''] = BROWSER_ID.exec(deviceId) ?? [];
  const isKnown = Object.hasOwn(BROWSERS, browser) && (!system || Object.hasOwn(SYSTEMS, system));
  if (!isKnown) return { name: deviceId, end: '' };
  return { name: system ? `${BROWSERS[browser]} on ${SYSTEMS[system]}` : BROWSERS[browser], end };
}
