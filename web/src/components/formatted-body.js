// Draws a message's formatting: elements made of what was read from its text, and never markup.

import { el } from '../dom.js';
import { load } from '../on-demand.js';
import { readFormatting } from '../room/formatting.js';
import { attempt } from '../server/errors.js';
import { elsewhere } from '../wording/links.js';
import { addressLink } from './address-link.js';

/** @import { Child } from '../dom.js' */
/** @import { Block, Fence, Inline } from '../room/formatting.js' */
/** @import { Modules } from '../modules.d.ts' */
/** @import { CodeNode } from '../vendor/lowlight.d.ts' */

/** @typedef {(text: string) => Child} Words draws a text, with the names of those whom it mentions */

/** The formatting of messages, with the colours of code as soon as they can be loaded. */
export class Formatting {
  /** @type {Modules['vendor/lowlight.js'] | null} */
  #highlighter = null;
  #changed;

  /** @param {() => void} changed called when code can be drawn in colours */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether code is drawn in colours. */
  get hasColours() {
    return this.#highlighter !== null;
  }

  /**
   * @param {string} text
   * @param {Words} words
   * @param {(address: string) => Child} address draws an address that stands in the text
   */
  bodyOf(text, words, address) {
    const blocks = readFormatting(text);
    const drawing = new Drawing(words, address, (fence) => this.#code(fence));
    const [only] = blocks;
    if (blocks.length === 1 && only.kind === 'paragraph')
      return el('p', { class: 'body', dir: 'auto' }, drawing.inlines(only.inside));
    return el('div', { class: 'body formatted', dir: 'auto' }, drawing.blocks(blocks));
  }

  /** @param {Fence} fence @returns {Child} */
  #code({ text, language }) {
    if (language === '') return text;
    if (!this.#highlighter) {
      attempt(this.#loadColours());
      return text;
    }
    if (!this.#highlighter.registered(language)) return text;
    return this.#highlighter.highlight(language, text).children.map(coloured);
  }

  async #loadColours() {
    const isFirst = !this.#highlighter;
    this.#highlighter = await load('vendor/lowlight.js');
    if (isFirst) this.#changed();
  }
}

/** @param {CodeNode} node @returns {Child} */
function coloured(node) {
  if (node.type === 'text') return node.value;
  return el('span', { class: node.properties.className.join(' ') }, node.children.map(coloured));
}

class Drawing {
  #words;
  #address;
  #code;

  /** @param {Words} words @param {(address: string) => Child} address @param {(fence: Fence) => Child} code */
  constructor(words, address, code) {
    this.#words = words;
    this.#address = address;
    this.#code = code;
  }

  /** @param {Block[]} blocks @returns {Child[]} */
  blocks(blocks) {
    return blocks.map((block) => this.#block(block));
  }

  /** @param {Block} block */
  #block(block) {
    switch (block.kind) {
      case 'paragraph':
        return el('p', { dir: 'auto' }, this.inlines(block.inside));
      case 'fence':
        // One that is wider than the message scrolls, by keyboard too.
        return el(
          'pre',
          { dir: 'ltr', tabindex: 0, role: 'group', 'aria-label': 'Code' },
          el('code', {}, this.#code(block)),
        );
      case 'quote':
        return el('blockquote', {}, this.blocks(block.inside));
      case 'list':
        return el('ul', {}, this.blocks(block.inside));
      case 'numbered':
        return el('ol', { start: block.start }, this.blocks(block.inside));
      case 'item':
        return el('li', {}, this.blocks(block.inside));
    }
  }

  /** @param {Inline[]} inlines @param {boolean} [isInLink] @returns {Child[]} */
  inlines(inlines, isInLink = false) {
    return inlines.map((inline) => this.#inline(inline, isInLink));
  }

  /** @param {Inline} inline @param {boolean} isInLink @returns {Child} */
  #inline(inline, isInLink) {
    switch (inline.kind) {
      case 'text':
        return this.#words(inline.text);
      case 'address':
        return isInLink ? inline.text : this.#address(inline.text);
      case 'code':
        return el('code', { dir: 'ltr' }, inline.text);
      case 'link':
        return this.#link(inline.href, inline.inside);
      default:
        return el(inline.kind, {}, this.inlines(inline.inside, isInLink));
    }
  }

  /** A link says where it leads if its words look as if it led elsewhere. @param {string} href @param {Inline[]} inside */
  #link(href, inside) {
    const host = elsewhere(wordsOf(inside), href);
    const shown = el('bdi', {}, this.inlines(inside, true));
    return addressLink(href, shown, host && el('span', { class: 'leads-to' }, ` (${host})`));
  }
}

/** @param {Inline[]} inlines @returns {string} */
function wordsOf(inlines) {
  return inlines.map((one) => ('inside' in one ? wordsOf(one.inside) : one.text)).join('');
}
