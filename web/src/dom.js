// Elements made without markup: what a person typed is always text.

/**
 * @typedef {Node | string | number | false | null | undefined | Child[]} Child
 */

/** What each element was drawn with last. @type {WeakMap<Element, Record<string, any>>} */
const drawn = new WeakMap();

/**
 * Makes an element. Attributes that are true are set without a value, those that are false or absent are not set;
 * those that begin with `on` are listeners. A `key` tells it from others of its kind where it is drawn again (`patch`).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, attributes);
  element.append(...nodes(children));
  return element;
}

/**
 * Gives an element these attributes and listeners in place of those it was drawn with before. What else it has is left
 * alone, such as a tab index that follows the focus.
 * @param {Element} element
 * @param {Record<string, any>} attributes
 */
export function dress(element, attributes) {
  const before = drawnWith(element);
  drawn.set(element, attributes);
  for (const name of new Set([...Object.keys(before), ...Object.keys(attributes)])) {
    if (name === 'key' || before[name] === attributes[name]) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), dispatch);
    else setAttribute(element, name, attributes[name]);
  }
}

/** @param {Element} element @returns {Record<string, any>} */
export function drawnWith(element) {
  return drawn.get(element) ?? {};
}

/** Calls the listener that the element was drawn with last. @param {Event} event */
function dispatch(event) {
  drawnWith(/** @type {Element} */ (event.currentTarget))[`on${event.type}`]?.(event);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/**
 * A list of children without the empty ones.
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
export function nodes(children) {
  return children.flatMap((child) => {
    if (child === false || child === null || child === undefined) return [];
    if (Array.isArray(child)) return nodes(child);
    return [typeof child === 'number' ? String(child) : child];
  });
}

/**
 * Replaces all children.
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
}

/** Closes all dialogs. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

const SVG = 'http://www.w3.org/2000/svg';

/** The icons of this version. */
const ICONS = new URL('../images/icons.svg', import.meta.url).pathname;

/**
 * A decorative icon; its meaning must also be given in words.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  dress(svg, { class: 'icon', 'aria-hidden': 'true' });
  const use = document.createElementNS(SVG, 'use');
  dress(use, { href: `${ICONS}#${name}` });
  svg.append(use);
  return svg;
}
