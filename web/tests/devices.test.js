import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceId } from '../src/server/device.js';
import { SafeStorage } from '../src/storage.js';
import { deviceNames } from '../src/wording/devices.js';

/** @param {string} deviceId */
const nameOf = (deviceId) => deviceNames([deviceId]).get(deviceId);

test('a browser is called by its name and system, also where its id is an old one', () => {
  for (const [id, name] of [
    ['chrome-linux-0a1b2c3d', 'Chrome on Linux'],
    ['safari-iphone-0a1b2c3d', 'Safari on iPhone'],
    ['edge-windows-0a1b2c3d', 'Edge on Windows'],
    ['firefox-0a1b2c3d', 'Firefox'],
    ['browser-0a1b2c3d', 'A browser'],
  ])
    assert.equal(nameOf(id), name);
});

test('what a browser registers has a name', () => {
  const agents = {
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36':
      'Chrome on Linux',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15':
      'Safari on Mac',
    'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0': 'Firefox on Android',
    'something else': 'A browser',
  };
  for (const [agent, name] of Object.entries(agents)) {
    const nothing = new SafeStorage(() => {
      throw new Error('blocked');
    });
    assert.equal(nameOf(deviceId(nothing, agent)), name);
  }
});

test('devices of other clients keep the name they gave themselves', () => {
  for (const id of [
    'seed',
    'kitchen tablet',
    'toaster-linux-0a1b2c3d',
    'chrome-beos-0a1b2c3d',
    'constructor-0a1b2c3d',
  ])
    assert.equal(nameOf(id), id);
});

test('two that are called the same are told apart by the end of their ids', () => {
  const names = deviceNames(['chrome-linux-0a1b2c3d', 'chrome-linux-ffffffff', 'firefox-linux-0a1b2c3d']);
  assert.deepEqual(
    [...names.values()],
    ['Chrome on Linux (0a1b2c3d)', 'Chrome on Linux (ffffffff)', 'Firefox on Linux'],
  );
});
