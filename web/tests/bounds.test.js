import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const read = (/** @type {string} */ path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

/** The number that a pattern finds, written as `4_000` or `4000`. */
const number = (/** @type {string} */ text, /** @type {RegExp} */ pattern) => {
  const found = text.match(pattern);
  assert.ok(found, `nothing is like ${pattern}`);
  return Number(found[1].replaceAll('_', ''));
};

/** The most characters that the server takes of something. */
const most = async (/** @type {string} */ file, /** @type {string} */ of) =>
  number(
    await read(`../crates/domain/src/${file}`),
    new RegExp(
      `impl ${of} \\{\\s+/// How many[^\\n]*\\n\\s+pub const LENGTH: RangeInclusive<usize> = \\d+..=([\\d_]+);`,
    ),
  );

test('what can be typed is as long as the server takes it', async () => {
  const body = await read('src/room/body.js');
  assert.equal(number(body, /LONGEST = ([\d_]+)/), await most('message.rs', 'MessageBody'));
  const create = await read('src/screens/create.js');
  assert.equal(number(create, /'name'.*maxlength: ([\d_]+)/), await most('text.rs', '\\$name'));
  const device = await read('src/server/device.js');
  assert.equal(number(device, /\{1,(\d+)\}/), await most('id.rs', 'DeviceId'));
});
