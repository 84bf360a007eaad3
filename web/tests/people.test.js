import assert from 'node:assert/strict';
import { test } from 'node:test';
import { People } from '../src/state/people.js';

test('people of one name are told apart by their ids, and only they are', () => {
  const people = new People(/** @type {any} */ ({}));
  people.learn([
    { userId: 'bo', name: 'Bo' },
    { userId: 'bob', name: 'ｂｏ ' },
    { userId: 'cy', name: 'Cy' },
  ]);
  assert.deepEqual(
    ['bo', 'bob', 'cy'].map((userId) => people.label(userId)),
    ['Bo (bo)', 'ｂｏ  (bob)', 'Cy'],
  );
  people.learn([{ userId: 'bob', name: 'Bob' }]);
  assert.deepEqual([people.label('bo'), people.label('bob')], ['Bo', 'Bob'], 'a new name ends it');
});
