// The formatting that people type: what of CommonMark is read, as a tree. Everything else is text as it was typed.

import MarkdownIt from '../vendor/markdown-it.js';
import { isSafe, splitLinks } from '../wording/links.js';

/** @import { InlineState, Token } from '../vendor/markdown-it.d.ts' */

/**
 * @typedef {{kind: 'text', text: string}} Text
 * @typedef {{kind: 'code', text: string}} Code
 * @typedef {{kind: 'address', text: string}} Address one that stands in the text as it is
 * @typedef {{kind: 'link', href: string, inside: Inline[]}} Link
 * @typedef {{kind: 'strong' | 'em' | 's', inside: Inline[]}} Marked
 * @typedef {Text | Code | Address | Link | Marked} Inline
 * @typedef {{kind: 'paragraph', inside: Inline[]}} Paragraph
 * @typedef {{kind: 'fence', text: string, language: string}} Fence
 * @typedef {{kind: 'quote' | 'list' | 'item', inside: Block[]}} Plain
 * @typedef {{kind: 'numbered', start: number, inside: Block[]}} Numbered
 * @typedef {Paragraph | Fence | Plain | Numbered} Block
 */

/** Quotes and lists that are nested deeper are not drawn as such: nobody would see anything of their text. */
const DEEPEST = 24;

const tokenizer = new MarkdownIt('zero', { maxNesting: DEEPEST }).enable([
  'fence',
  'blockquote',
  'list',
  'escape',
  'backticks',
  'emphasis',
  'strikethrough',
  'link',
  'balance_pairs',
]);
tokenizer.validateLink = isSafe;
tokenizer.normalizeLink = (address) => address;
tokenizer.inline.ruler.before('text', 'address', readAddress);
tokenizer.inline.ruler.before('link', 'image', passImage);

/** What would be an image is no link either. @param {InlineState} state @param {boolean} silent */
function passImage(state, silent) {
  if (!state.src.startsWith('![', state.pos)) return false;
  if (!silent) state.pending += '![';
  state.pos += 2;
  return true;
}

/** An address that stands in a text as it is: underscores in it are no emphasis. @param {InlineState} state @param {boolean} silent */
function readAddress(state, silent) {
  if (!state.src.startsWith('://', state.pos)) return false;
  const [scheme = ''] = /\bhttps?$/i.exec(state.src.slice(Math.max(0, state.pos - 6), state.pos)) ?? [];
  const start = state.pos - scheme.length;
  const [written = ''] = /^\S*/.exec(state.src.slice(start)) ?? [];
  const [address] = scheme === '' ? [] : splitLinks(written);
  if (!address?.href) return false;
  if (!silent) {
    state.pending = state.pending.slice(0, state.pending.length - scheme.length);
    state.push('address', '', 0).content = address.text;
  }
  state.pos = start + address.text.length;
  return true;
}

/**
 * What a text consists of, with the line breaks that it has.
 * @param {string} text
 * @returns {Block[]}
 */
export function readFormatting(text) {
  const tokens = tokenizer.parse(text, {});
  const isTooDeep = tokens.some(({ level }) => level >= DEEPEST - 1);
  // A dash alone is no list.
  const isEmpty = tokens.some(
    ({ type }, at) => type === 'list_item_open' && tokens[at + 1].type === 'list_item_close',
  );
  if (isTooDeep || isEmpty) return [paragraph([{ kind: 'text', text }])];
  return joined(new BlockReader(tokens, text.split('\n')).blocks());
}

/** @param {Inline[]} inside @returns {Paragraph} */
function paragraph(inside) {
  return { kind: 'paragraph', inside };
}

/** Paragraphs that follow each other are one, so that their line breaks are those of the text. @param {Block[]} blocks */
function joined(blocks) {
  /** @type {Block[]} */
  const all = [];
  for (const block of blocks) {
    const last = all.at(-1);
    if (block.kind === 'paragraph' && last?.kind === 'paragraph')
      addAll(last.inside, [{ kind: 'text', text: '\n' }, ...block.inside]);
    else all.push(block);
  }
  return all;
}

class BlockReader {
  #tokens;
  #lines;
  #at = 0;
  /** The line after the last block that stands in no other. */
  #line = 0;

  /** @param {Token[]} tokens @param {string[]} lines */
  constructor(tokens, lines) {
    this.#tokens = tokens;
    this.#lines = lines;
  }

  /** Reads up to the end of what surrounds these. @returns {Block[]} */
  blocks() {
    /** @type {Block[]} */
    const blocks = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at];
      this.#at += 1;
      if (token.nesting < 0) break;
      const isOutermost = token.level === 0 && token.map !== null;
      if (isOutermost) blocks.push(...this.#blankLines(token, blocks.at(-1)));
      const block = this.#block(token);
      if (block) blocks.push(block);
      if (isOutermost) this.#line = this.#endOf(token);
    }
    return blocks;
  }

  /** @param {Token} token @returns {Block | null} */
  #block(token) {
    switch (token.type) {
      case 'paragraph_open': {
        const block = paragraph(this.#indented(token, inlinesOf(this.#tokens[this.#at].children ?? [])));
        // Its text and its end.
        this.#at += 2;
        return block;
      }
      case 'fence':
        return {
          kind: 'fence',
          text: token.content.replace(/\n$/, ''),
          language: token.info.trim().split(/\s/)[0],
        };
      case 'blockquote_open':
        return { kind: 'quote', inside: joined(this.blocks()) };
      case 'bullet_list_open':
        return { kind: 'list', inside: this.blocks() };
      case 'ordered_list_open':
        return { kind: 'numbered', start: Number(token.attrGet('start') ?? 1), inside: this.blocks() };
      case 'list_item_open':
        return { kind: 'item', inside: this.blocks() };
      default:
        return null;
    }
  }

  /**
   * The blank lines before a block, of which the tokenizer says nothing. Beside what is no paragraph, one of them is the space
   * that it has anyway.
   * @param {Token} token
   * @param {Block} [before]
   */
  #blankLines({ type, map }, before) {
    const count = (map?.[0] ?? 0) - this.#line;
    const isAfterBlock = before !== undefined && before.kind !== 'paragraph';
    const spared = isAfterBlock && type === 'paragraph_open' ? 2 : 1;
    if (count < (isAfterBlock ? 2 : 1)) return [];
    return [paragraph([{ kind: 'text', text: '\n'.repeat(count - spared) }])];
  }

  /** A list ends behind the blank lines that follow it. @param {Token} token */
  #endOf({ map }) {
    let end = map?.[1] ?? 0;
    while (end > 0 && (this.#lines[end - 1] ?? '').trim() === '') end -= 1;
    return end;
  }

  /** The blanks before a paragraph, of which the tokenizer says nothing. @param {Token} token @param {Inline[]} inside */
  #indented({ level, map }, inside) {
    const [indent = ''] = /^\s+/.exec(level === 0 ? (this.#lines[map?.[0] ?? 0] ?? '') : '') ?? [];
    return indent === '' ? inside : [/** @type {Text} */ ({ kind: 'text', text: indent }), ...inside];
  }
}

/** @param {Token[]} tokens @returns {Inline[]} */
function inlinesOf(tokens) {
  /** @type {Inline[][]} what is open, the innermost last */
  const open = [[]];
  for (const token of tokens) {
    const inside = open.at(-1) ?? [];
    if (token.nesting > 0) {
      /** @type {Inline[]} */
      const within = [];
      inside.push(markOf(token, within));
      open.push(within);
    } else if (token.nesting < 0) open.pop();
    else if (token.type === 'code_inline') inside.push({ kind: 'code', text: token.content });
    else if (token.type === 'address') inside.push({ kind: 'address', text: token.content });
    else addText(inside, token.type === 'hardbreak' ? '\\\n' : token.content);
  }
  return open[0];
}

/** @param {Token} token @param {Inline[]} inside @returns {Link | Marked} */
function markOf(token, inside) {
  if (token.tag === 'a') return { kind: 'link', href: token.attrGet('href') ?? '', inside };
  return { kind: /** @type {'strong' | 'em' | 's'} */ (token.tag), inside };
}

/** @param {Inline[]} inside @param {Inline[]} more */
function addAll(inside, more) {
  for (const one of more) {
    if (one.kind === 'text') addText(inside, one.text);
    else inside.push(one);
  }
}

/** @param {Inline[]} inside @param {string} text */
function addText(inside, text) {
  const last = inside.at(-1);
  if (last?.kind === 'text') last.text += text;
  else if (text !== '') inside.push({ kind: 'text', text });
}
