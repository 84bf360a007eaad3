// Elements made without markup: what a person typed is always text.

/**
 * @typedef {Node | string | number | false | null | undefined | Child[]} Child
 */

/**
 * Makes an element. Attributes that are true are set without a value, those that are false or absent are not set;
 * those that begin with `on` are listeners.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...nodes(children));
  return element;
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

/**
 * Shows a list of items, keeping the elements of those that were shown before, with their focus and state.
 * @template {{key: string}} Item
 * @param {Element} parent
 * @param {Item[]} items
 * @param {Map<string, {element: HTMLElement, shown: string}>} kept which belongs to the parent, in its order
 * @param {(item: Item, before: HTMLElement | undefined) => HTMLElement} draw the element of an item, new
 *   or the changed previous one
 * @param {(item: Item) => string} look everything that the element depends on; it is drawn when this changes
 */
export function reconcile(parent, items, kept, draw, look) {
  const keys = new Set(items.map((item) => item.key));
  for (const [key, { element }] of kept) {
    if (keys.has(key)) continue;
    element.remove();
    kept.delete(key);
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const before = kept.get(item.key);
    const shown = look(item);
    const element = before && before.shown === shown ? before.element : draw(item, before?.element);
    kept.delete(item.key);
    kept.set(item.key, { element, shown });
    if (before && before.element !== element) {
      const hadFocus = before.element.contains(document.activeElement);
      if (place === before.element) place = element;
      before.element.replaceWith(element);
      if (hadFocus) element.focus();
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
}

/** Closes all dialogs. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

/** The icons of this version. */
const ICONS = new URL('../images/icons.svg', import.meta.url).pathname;

/**
 * A decorative icon; its meaning must also be given in words.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}
