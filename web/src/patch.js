// Redraws by changing what is there. An element that stays keeps its focus, its selection, and the press that began on
// it, which would be no click if another one were in its place when it ends.
//
// What is drawn anew is made as always, by `el`, and then compared: so a listener must not refer to the new element,
// which may never be in the page. Custom elements draw themselves, and are not looked into.

import { drawnWith, dress, nodes } from './dom.js';

/** @import { Child } from './dom.js' */

/**
 * Shows these children. One that is like an earlier one, in kind and `key`, only changes that one; a node that is there
 * already stays as it is.
 * @param {Element} parent
 * @param {...Child} children
 */
export function patch(parent, ...children) {
  keepFocus(parent, () => arrange(parent, asNodes(nodes(children))));
}

/**
 * A list whose rows are drawn again only when what they show has changed.
 * @template {{key: string}} Item
 */
export class KeyedList {
  /** @type {Map<string, {item: Item, element: HTMLElement, shown: string}>} in their order */
  #rows = new Map();
  #parent;
  #draw;
  #look;

  /**
   * @param {Element} parent
   * @param {object} how
   * @param {(item: Item) => HTMLElement} how.draw a new row, with the `key` of its item
   * @param {(item: Item) => string} how.look everything that the row depends on
   */
  constructor(parent, { draw, look }) {
    this.#parent = parent;
    this.#draw = draw;
    this.#look = look;
  }

  /** @param {Item[]} items */
  show(items) {
    const before = this.#rows;
    this.#rows = new Map(items.map((item) => [item.key, this.#row(item, before.get(item.key))]));
    const elements = Array.from(this.#rows.values(), ({ element }) => element);
    keepFocus(this.#parent, () => arrange(this.#parent, elements));
  }

  /** Draws one row again, if it is there. @param {string} key */
  redraw(key) {
    const row = this.#rows.get(key);
    if (row) this.#rows.set(key, this.#row(row.item, row));
  }

  /** @param {string} key */
  element(key) {
    return this.#rows.get(key)?.element;
  }

  /** The rows in their order. */
  get rows() {
    return [...this.#rows.values()];
  }

  /**
   * @param {Item} item
   * @param {{element: HTMLElement, shown: string}} [before]
   */
  #row(item, before) {
    const shown = this.#look(item);
    if (!before) return { item, element: this.#draw(item), shown };
    const { element } = before;
    if (before.shown !== shown) keepFocus(element, () => patchNode(element, this.#draw(item)));
    return { item, element, shown };
  }
}

/**
 * @param {Element} parent
 * @param {Node[]} wanted
 */
function arrange(parent, wanted) {
  const given = new Set(wanted);
  /** @type {Map<string, Node[]>} earlier children that may stand for a new one, by kind */
  const spare = new Map();
  for (const child of parent.childNodes) {
    if (given.has(child)) continue;
    const kind = kindOf(child);
    spare.set(kind, [...(spare.get(kind) ?? []), child]);
  }
  const shown = wanted.map((node) => {
    const before = node.parentNode === parent ? undefined : spare.get(kindOf(node))?.shift();
    if (!before) return node;
    patchNode(before, node);
    return before;
  });
  for (const children of spare.values()) for (const child of children) parent.removeChild(child);
  const staying = unmoved(parent, shown);
  let next = null;
  for (const node of shown.toReversed()) {
    if (!staying.has(node)) move(parent, node, next);
    next = node;
  }
}

/**
 * The most of these nodes that are there in this order already: one row that changes its place must not move all others.
 * @param {Element} parent
 * @param {Node[]} shown
 */
function unmoved(parent, shown) {
  /** @type {Map<Node, number>} */
  const places = new Map(Array.from(parent.childNodes, (node, place) => [node, place]));
  /** @typedef {{node: Node, place: number, before: End | undefined}} End */
  /** @type {End[]} for each length, the sequence whose last place is smallest */
  const ends = [];
  for (const node of shown) {
    const place = places.get(node);
    if (place === undefined) continue;
    const length = ends.findLastIndex((end) => end.place < place) + 1;
    ends[length] = { node, place, before: ends[length - 1] };
  }
  /** @type {Set<Node>} */
  const longest = new Set();
  for (let end = ends.at(-1); end; end = end.before) longest.add(end.node);
  return longest;
}

/**
 * Makes a node what another one of its kind is.
 * @param {Node} node
 * @param {Node} wanted
 */
function patchNode(node, wanted) {
  if (node instanceof CharacterData && wanted instanceof CharacterData) {
    if (node.data !== wanted.data) node.data = wanted.data;
  } else if (node instanceof Element && wanted instanceof Element) {
    dress(node, drawnWith(wanted));
    if (!node.localName.includes('-')) arrange(node, [...wanted.childNodes]);
  }
}

/** @param {Node} node */
function kindOf(node) {
  const key = node instanceof Element ? drawnWith(node).key : undefined;
  return key === undefined ? node.nodeName : `${node.nodeName} ${key}`;
}

/** @param {(Node | string)[]} children */
function asNodes(children) {
  return children.map((child) => (typeof child === 'string' ? document.createTextNode(child) : child));
}

/**
 * Where the browser can, without the node losing its focus.
 * @param {any} parent
 * @param {Node} node
 * @param {Node | null} place
 */
function move(parent, node, place) {
  const isMove = parent.isConnected && node.isConnected && 'moveBefore' in parent;
  parent[isMove ? 'moveBefore' : 'insertBefore'](node, place);
}

/**
 * If what had the focus has gone, what surrounds it is nearest to where the reader was.
 * @param {Element} parent
 * @param {() => void} change
 */
function keepFocus(parent, change) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const isInside = focused !== null && parent.contains(focused);
  change();
  if (!isInside || focused === document.activeElement) return;
  const near = parent.closest('[tabindex]') ?? document.querySelector('main');
  const next = focused.isConnected ? focused : /** @type {HTMLElement | null} */ (near);
  next?.focus({ preventScroll: true });
}
