import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceId } from '../src/server/device.js';
import { SafeStorage } from '../src/storage.js';
import { FakeStorage, safeStorage } from './fakes.js';

const fails = () => {
  throw new Error('blocked');
};

/** @type {Record<string, () => Storage>} */
const BROKEN = {
  'not to be had': fails,
  'not readable': () => Object.assign(new FakeStorage(), { getItem: fails, key: fails }),
  full: () => Object.assign(new FakeStorage(), { setItem: fails }),
  'without any use': () =>
    Object.assign(new FakeStorage(), { getItem: fails, setItem: fails, removeItem: fails, key: fails }),
};

for (const [kind, open] of Object.entries(BROKEN)) {
  test(`storage that is ${kind} is stood in for by memory`, () => {
    const one = kind === 'not to be had' ? null : open();
    const storage = new SafeStorage(() => one ?? open());
    storage.setItem('a.1', 'x');
    storage.setItem('a.2', 'y');
    storage.setItem('b', 'z');
    assert.deepEqual([storage.getItem('a.1'), storage.getItem('none')], ['x', null]);
    assert.deepEqual(storage.keys('a.'), ['a.1', 'a.2']);
    storage.removeItem('a.1');
    assert.deepEqual([storage.getItem('a.1'), storage.keys('a.')], [null, ['a.2']]);
    assert.equal(storage.isPersistent, false);
  });
}

test('an old value does not come back in place of one that was too long', () => {
  const browser = new FakeStorage();
  browser.setItem('key', 'old');
  const storage = safeStorage(browser);
  const { setItem } = browser;
  browser.setItem = (key, value) => (value.length > 5 ? fails() : setItem.call(browser, key, value));
  storage.setItem('key', 'too long for it');
  assert.deepEqual([storage.getItem('key'), browser.getItem('key')], ['too long for it', null]);
  assert.equal(storage.isPersistent, false);
  storage.setItem('key', 'short');
  assert.deepEqual([storage.isPersistent, browser.getItem('key')], [true, 'short']);
});

test('a value that cannot be removed reads as removed', () => {
  const browser = Object.assign(new FakeStorage(), { removeItem: fails });
  browser.setItem('key', 'value');
  const storage = safeStorage(browser);
  storage.removeItem('key');
  assert.deepEqual([storage.getItem('key'), storage.keys('key')], [null, []]);
});

test('only JSON of the right shape is accepted', () => {
  const storage = safeStorage();
  const isNumber = (/** @type {any} */ value) => typeof value === 'number';
  for (const [text, value] of /** @type {[string, any][]} */ ([
    ['7', 7],
    ['"7"', null],
    ['{', null],
    ['', null],
  ])) {
    storage.setItem('key', text);
    assert.equal(storage.getJson('key', /** @type {any} */ (isNumber)), value, text);
    assert.equal(storage.getItem('key'), value === null ? null : text, 'what is damaged is dropped');
  }
});

test('a device id that the server would refuse is replaced', () => {
  const storage = safeStorage();
  for (const damaged of ['', 'ü', 'line\nbreak', 'x'.repeat(129)]) {
    storage.setItem('hexroom.device', damaged);
    const drawn = deviceId(storage, 'Firefox/1 Linux');
    assert.match(drawn, /^firefox-linux-[0-9a-f]{8}$/);
    assert.equal(deviceId(storage, ''), drawn);
  }
});
