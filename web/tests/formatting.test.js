import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFormatting } from '../src/room/formatting.js';
import { elsewhere, isSafe } from '../src/wording/links.js';

/** @import { Block, Inline } from '../src/room/formatting.js' */

/** A tree in one line: what marks a part stands before it. @param {(Block | Inline)[]} parts @returns {string} */
const told = (parts) =>
  parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'fence') return `fence ${part.language}(${part.text})`;
      if (!('inside' in part)) return `${part.kind}(${part.text})`;
      if (part.kind === 'paragraph') return told(part.inside);
      return `${part.kind}${part.kind === 'link' ? ` ${part.href}` : ''}(${told(part.inside)})`;
    })
    .join('');

/** @param {string} text */
const read = (text) => told(readFormatting(text));

test('what people type is read', () => {
  for (const [text, expected] of [
    ['a **b** *c* _d_ ~~e~~ `f`', 'a strong(b) em(c) em(d) s(e) code(f)'],
    ['**a _b_**', 'strong(a em(b))'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2em(3)4'],
    ['\\*not\\*', '*not*'],
    ['- a\n- b\n  - c', 'list(item(a)item(blist(item(c))))'],
    ['3. a\n4. b', 'numbered(item(a)item(b))'],
    ['> a\n> b', 'quote(a\nb)'],
    ['```rust\nfn a() {}\n\n  b\n```', 'fence rust(fn a() {}\n\n  b)'],
    ['[a](https://a.example/)', 'link https://a.example/(a)'],
  ])
    assert.equal(read(text), expected);
});

test('what is no formatting here is text as it was typed, with its lines and blanks', () => {
  for (const text of [
    '# a',
    'a\n---',
    'a\n===',
    '***',
    '| a |\n| - |\n| b |',
    '<b>a</b> <!-- b --> &amp; &#42;',
    '[a]: b\n[a]',
    'one\n\n\ntwo\n three',
    '    let a;\n      let b;\n\n    c',
    'a *',
    '*',
  ])
    assert.equal(read(text), text);
  assert.equal(read('![a](https://a.example/b.png)'), '![a](address(https://a.example/b.png))');
  assert.equal(read('a\n\n\n- b\n\n\nc'), 'a\n\nlist(item(b))\nc');
});

test('an address keeps its underscores and asterisks, and is no mark by itself', () => {
  assert.equal(read('https://a.example/_b_c_'), 'address(https://a.example/_b_c_)');
  assert.equal(read('**https://a.example/*b_c**'), 'strong(address(https://a.example/*b_c))');
  assert.equal(read('`https://a.example/`'), 'code(https://a.example/)');
  assert.equal(
    read('[https://a.example](https://b.example)'),
    'link https://b.example(address(https://a.example))',
  );
});

test('no address leads anywhere but to the web', () => {
  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//a.example',
    '/settings',
    'https://user@a.example',
    'https://a.example/\u202eb',
    'https://a.ex\u200bample',
  ]) {
    assert.ok(!isSafe(href), href);
    assert.ok(!read(`[a](${href})`).startsWith('link'), href);
  }
});

test('a link whose words look like another address says where it leads', () => {
  for (const words of [
    'bank.example',
    'https://bank.example',
    'bank\u200b.example',
    '\u202ebank.example',
    'bank。example',
    'see bank.example',
    'me@bank.example',
    'a.exаmple',
  ])
    assert.equal(elsewhere(words, 'https://a.example/x'), 'a.example', words);
  for (const words of ['a.example', 'https://a.example/y', 'here', 'Version 1.2', 'и так далее'])
    assert.equal(elsewhere(words, 'https://a.example/x'), null, words);
});

/** @param {(Block | Inline)[]} parts @returns {number} */
const deepest = (parts) =>
  Math.max(0, ...parts.map((part) => 1 + ('inside' in part ? deepest(part.inside) : 0)));

test('hostile texts lose nothing, and are bounded', () => {
  for (const text of [
    `${'>'.repeat(500)} deep`,
    `${'> '.repeat(500)}deep`,
    `${'- '.repeat(500)}deep`,
    '*'.repeat(4_000),
    '['.repeat(4_000),
    '_a'.repeat(1_300),
    `a${'`'.repeat(3_999)}`,
    'http:// '.repeat(500).trim(),
    '![['.repeat(1_300),
  ]) {
    const blocks = readFormatting(text);
    assert.ok(deepest(blocks) < 60, `${text.slice(0, 9)} is ${deepest(blocks)} deep`);
    assert.equal(told(blocks).replace(/^numbered|^list/, ''), text, text.slice(0, 9));
  }
  assert.equal(read('```\nnever closed **a**'), 'fence (never closed **a**)');
  assert.equal(read('\u202e**a**\u2066'), '\u202estrong(a)\u2066');
  assert.equal(read('*\u200ba\u200b*'), 'em(\u200ba\u200b)');
});
