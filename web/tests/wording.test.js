import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { coins, signed } from '../src/wording/coins.js';
import { splitLinks } from '../src/wording/links.js';
import { emptyRoom, initials, seenBy, typing } from '../src/wording/names.js';
import { price, receipt, standing } from '../src/wording/price.js';
import { SENTENCES, sentence } from '../src/wording/refusals.js';
import { seats } from '../src/wording/seats.js';
import { day, until } from '../src/wording/time.js';

test('every code of the server has a sentence, and no other has', async () => {
  const source = (/** @type {string} */ path) =>
    readFile(new URL(`../../crates/${path}`, import.meta.url), 'utf8');
  const denials = await source('domain/src/denial.rs');
  const others = await source('api-actix/src/refusal_code.rs');
  const codes = [...denials.matchAll(/ = "(\w+)":/g), ...others.matchAll(/Self::\w+ => "(\w+)"/g)].map(
    (match) => match[1],
  );
  assert.ok(codes.length > 35, `only ${codes.length} codes were found`);
  assert.deepEqual(Object.keys(SENTENCES).sort(), codes.sort());
});

test('every sentence is one that a person can act on', () => {
  for (const code of Object.keys(SENTENCES)) {
    const words = sentence({ code, detail: '' });
    assert.match(words, /^[A-Z].*\.$/s, code);
    assert.ok(!words.includes('_') && !words.includes('undefined'), words);
  }
});

test('missing coins are told with their numbers', () => {
  const words = sentence({
    code: 'insufficient_coins',
    detail: '',
    required: 150,
    available: 40,
    shortfall: 110,
  });
  for (const number of ['150 coins', '40 coins', '110 coins']) assert.ok(words.includes(number), words);
});

test('a quota names its limit', () => {
  const words = (/** @type {string} */ quota, /** @type {number} */ limit) =>
    sentence({ code: 'quota_exceeded', detail: '', quota, limit });
  assert.match(words('rooms_owned', 100), /100 rooms.*Close one/);
  assert.match(words('rooms_sat_in', 500), /500 rooms.*Leave one/);
  assert.match(words('open_invitations', 50), /50 open invitations/);
  assert.match(words('open_invitations', 1), /They already have an open invitation/);
});

test('an unknown code is told in the server’s words', () => {
  assert.equal(sentence({ code: 'brand_new', detail: 'Do this.' }), 'Do this.');
  assert.equal(sentence({ code: 'constructor', detail: 'Do that.' }), 'Do that.');
  assert.match(sentence(null), /cannot be reached/);
});

test('the price is what the server says, with its reason', () => {
  const told = (/** @type {string} */ terms, /** @type {number} */ fee) => ({ terms, fee, furtherFee: 80 });
  assert.deepEqual(price(told('first_join', 0), 0), {
    words: 'Your first room is free. Each one after that costs 80 coins.',
    action: 'Join for free',
  });
  for (const [terms, words] of Object.entries({ prime: /prime member/, returning: /before/, gift: /free/ }))
    assert.match(price(told(terms, 0), 0).words, words);
  assert.deepEqual(price(told('further_join', 80), 1_100), {
    words: 'This will cost 80 coins; you have 1,100 coins and will have 1,020 coins left.',
    action: 'Join for 80 coins',
  });
  assert.match(price(told('further_join', 80), 79).words, /you are 1 coin short/);
  assert.match(standing(told('further_join', 80)), /Each new room costs 80 coins/);
});

test('no module of the client knows a price of its own', async () => {
  for (const path of await readdir(new URL('../src', import.meta.url), { recursive: true })) {
    if (!path.endsWith('.js') || path.startsWith('vendor')) continue;
    const source = await readFile(new URL(`../src/${path}`, import.meta.url), 'utf8');
    assert.ok(!/\b150\b/.test(source), path);
  }
});

test('a receipt says what was paid and what is left', () => {
  assert.equal(
    receipt({ fee: 150, availCoins: 50, alreadyMember: false }),
    'You are in. You paid 150 coins and have 50 coins left.',
  );
  assert.match(receipt({ fee: 0, availCoins: 50, alreadyMember: false }), /free/);
  assert.match(receipt({ fee: 150, availCoins: 50, alreadyMember: true }), /You paid nothing/);
});

test('coins are formatted for people', () => {
  assert.deepEqual(
    [coins(1), coins(1_500), signed(-150), signed(20)],
    ['1 coin', '1,500 coins', '−150', '+20'],
  );
});

test('seats are six dots and a phrase', () => {
  assert.deepEqual(seats(3, 6), { dots: '●●●○○○', words: '3 of 6 seats taken' });
});

test('several people are listed', () => {
  assert.equal(typing([]), '');
  assert.equal(typing(['Bo']), 'Bo is typing…');
  assert.equal(typing(['Bo', 'Cy']), 'Bo and Cy are typing…');
  assert.equal(typing(['A', 'B', 'C', 'D']), 'Several people are typing…');
  assert.equal(seenBy([], 2), 'Sent');
  assert.equal(seenBy(['Bo'], 2), 'Seen by Bo');
  assert.equal(seenBy(['Bo', 'Cy'], 2), 'Seen by everyone');
  assert.equal(seenBy(['Bo'], 1), 'Seen by Bo');
});

test('an empty room says who sits there, and nothing else', () => {
  assert.equal(emptyRoom([]), 'There are no messages yet.');
  assert.equal(
    emptyRoom(['Bob', 'Cyd']),
    'There are no messages yet. Bob and Cyd sit here with you: say hello!',
  );
});

test('initials are whole graphemes', () => {
  assert.deepEqual(['ana', 'Bo van Dyk', '  cy ', '👩‍👩‍👧 fam', 'éa'].map(initials), [
    'A',
    'BD',
    'C',
    '👩‍👩‍👧F',
    'É',
  ]);
});

test('days are named by how long ago they were', () => {
  const now = new Date(2026, 2, 10, 12);
  const at = (/** @type {number[]} */ ...[month, date, year = 2026]) =>
    day(new Date(year, month, date, 23, 59), now);
  assert.deepEqual(
    [at(2, 10), at(2, 9), at(2, 5), at(1, 3), at(11, 31, 2025)],
    ['Today', 'Yesterday', 'Thursday', '3 February', '31 December 2025'],
  );
});

test('a time span is rounded', () => {
  const now = new Date(0);
  assert.deepEqual(
    [30, 59 * 60, 24 * 3600, 7 * 86400].map((s) => until(new Date(s * 1000), now)),
    ['1 minute', '59 minutes', '24 hours', '7 days'],
  );
});

test('web addresses are links, and nothing else is', () => {
  assert.deepEqual(links('see https://a.example/b?c=1, and (http://d.example).'), [
    'https://a.example/b?c=1',
    'http://d.example',
  ]);
  assert.deepEqual(links('https://en.example/wiki/Rust_(language)'), [
    'https://en.example/wiki/Rust_(language)',
  ]);
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'a.example',
    'https://',
    'xhttps://a.example',
  ])
    assert.deepEqual(links(text), [], text);
  assert.deepEqual(links('https://a.example/"><script>alert(1)</script>'), ['https://a.example/']);
});

/** @param {string} text */
const links = (text) => splitLinks(text).flatMap(({ href }) => href ?? []);

test('an address ends where the sentence around it goes on', () => {
  const ends = {
    'https://a.example/b': [
      '，然后',
      '。',
      '？',
      '）',
      '」。',
      '”',
      '’',
      '»',
      '›',
      "', she said",
      '">',
      '…',
      '،',
      '؟',
    ],
    'https://en.example/wiki/Rust_(language)': ['.', ')', ').', ']', '，'],
    'https://a.example/[1]/{id}': ['', '}', ')(more)'],
  };
  for (const [address, rests] of Object.entries(ends)) {
    for (const rest of rests) assert.deepEqual(links(`(“${address}${rest}`), [address], rest);
  }
});

test('an address cannot pass for another', () => {
  const shown = (/** @type {string} */ text) => splitLinks(text).find(({ href }) => href)?.shown;
  assert.deepEqual(
    links('https://a.example/\u202egpj.exe'),
    ['https://a.example/'],
    'nothing turns its direction',
  );
  assert.deepEqual(links('https://a.example/\u200bb'), ['https://a.example/'], 'nothing in it is invisible');
  assert.deepEqual(links('https://bank.example@evil.example/'), []);
  assert.equal(
    shown('https://\u0430pple.com/x'),
    'https://xn--pple-43d.com/x',
    'a Cyrillic letter among Latin ones',
  );
  assert.equal(
    shown('https://\u0430\u0440\u0440\u04cf\u0435.com'),
    'https://xn--80ak6aa92e.com/',
    'all but the end',
  );
  assert.match(shown('https://\u03b1\u0430.\u0440\u0444') ?? '', /xn--/, 'Greek and Cyrillic');
  for (const whole of [
    'https://münchen.example',
    'https://почта.рф/x',
    'https://例え.jp',
    'https://네이버.com',
  ])
    assert.equal(shown(whole), undefined, whole);
});

test('the parts of a text join to the text', () => {
  for (const text of [
    '',
    'plain',
    'https://a.example',
    'a https://b.example, c https://d.example!\n',
    'https://\u0430pple.com，',
  ]) {
    assert.equal(
      splitLinks(text)
        .map((part) => part.text)
        .join(''),
      text,
    );
  }
});
