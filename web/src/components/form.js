// Forms with an error beside each wrong field, and one above the button for the whole form.

import { el, fill, icon } from '../dom.js';
import { patch } from '../patch.js';
import { problemOf } from '../server/errors.js';
import { sentence } from '../wording/refusals.js';

/** @import { Child } from '../dom.js' */
/** @import { Problem } from '../types.d.ts' */

let drawn = 0;

/**
 * A field with its label, a hint where one is needed, and room for what is wrong.
 * @param {string} name the field's name in the API
 * @param {string} label
 * @param {{hint?: Child, shared?: boolean} & Record<string, any>} [options] `hint`, whether it is a secret that people
 *   share, and the input's attributes
 */
export function field(name, label, { hint, shared = false, ...attributes } = {}) {
  drawn += 1;
  const id = `field-${drawn}`;
  const hintId = hint ? `${id}-hint` : null;
  const input = el('input', {
    id,
    name,
    type: 'text',
    dir: 'auto',
    autocomplete: 'off',
    class: 'input',
    'aria-describedby': [hintId, `${id}-error`].filter(Boolean).join(' '),
    ...(shared ? SHARED : {}),
    ...attributes,
  });
  return el(
    'div',
    { class: 'field', 'data-field': name },
    el('label', { for: id }, label),
    shared || attributes.type === 'password' ? withReveal(input, label) : input,
    hint && el('p', { id: hintId, class: 'hint' }, hint),
    el('p', { id: `${id}-error`, class: 'field-error' }),
  );
}

/**
 * A secret that people share is no login, and must not look like one: browsers fill the account's own password into
 * any password field, and offer to save what is typed there as the account's. So it is a text that is masked.
 */
const SHARED = {
  class: 'input masked',
  autocapitalize: 'none',
  autocorrect: 'off',
  spellcheck: 'false',
  'data-1p-ignore': true,
  'data-bwignore': true,
  'data-lpignore': 'true',
};

/**
 * Names the account in a form that asks for its password, for password managers.
 * @param {string} userId
 */
export function accountOf(userId) {
  return el('input', { autocomplete: 'username', value: userId, readonly: true, hidden: true });
}

/**
 * @param {HTMLInputElement} input
 * @param {string} label
 */
function withReveal(input, label) {
  const button = el('button', { type: 'button', class: 'reveal', 'aria-pressed': 'false' }, icon('eye'));
  button.setAttribute('aria-label', `Show ${label.toLowerCase()}`);
  const isShared = input.classList.contains('masked');
  button.addEventListener('click', () => {
    const isShown = button.getAttribute('aria-pressed') !== 'true';
    if (isShared) input.classList.toggle('masked', !isShown);
    else input.type = isShown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(isShown));
  });
  return el('div', { class: 'with-reveal' }, input, button);
}

/**
 * A form. A refusal that `onsubmit` throws is shown; meanwhile the form cannot be submitted again.
 * @param {object} options
 * @param {string} options.action what the button says
 * @param {(values: Record<string, string>, form: HTMLFormElement) => Promise<unknown>} options.onsubmit
 * @param {Record<string, string>} [options.fieldOf] codes of refusals that are about one field
 * @param {string} [options.kind] a class of the button, such as `danger`
 * @param {string} [options.label] names the form where there are several
 * @param {Child} [options.beside] what stands beside the button
 * @param {...Child} children fields and what is between them
 */
export function form({ action, onsubmit, fieldOf = {}, kind = 'primary', label, beside }, ...children) {
  const button = el('button', { type: 'submit', class: `button ${kind}` }, action);
  const trouble = el('p', { class: 'trouble', role: 'alert' });
  const element = el(
    'form',
    { novalidate: true, 'aria-label': label },
    ...children,
    trouble,
    el('div', { class: 'form-actions' }, button, beside),
  );
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.ariaDisabled === 'true') return;
    complain(element, null, fieldOf);
    conceal(element);
    setBusy(button, true);
    try {
      await onsubmit(valuesOf(element), element);
    } catch (error) {
      complain(element, { problem: problemOf(error) }, fieldOf);
    } finally {
      setBusy(button, false);
    }
  });
  element.addEventListener('input', ({ target }) => clearError(/** @type {Element} */ (target)));
  return element;
}

/** The browser might remember a visible password as plain text. @param {HTMLFormElement} element */
function conceal(element) {
  /** @type {NodeListOf<HTMLElement>} */
  const shown = element.querySelectorAll('.reveal[aria-pressed="true"]');
  for (const button of shown) button.click();
}

/**
 * Changes what a form's button says.
 * @param {HTMLFormElement} element
 * @param {string} action
 */
export function setAction(element, action) {
  const button = element.querySelector('[type="submit"]');
  if (button) patch(button, action);
}

/** @param {HTMLFormElement} element */
function valuesOf(element) {
  const values = [...new FormData(element)].map(([name, value]) => [name, String(value)]);
  return /** @type {Record<string, string>} */ (Object.fromEntries(values));
}

/**
 * A busy button keeps the focus and is announced as disabled.
 * @param {HTMLElement} button
 * @param {boolean} isBusy
 */
function setBusy(button, isBusy) {
  button.ariaDisabled = String(isBusy);
  button.classList.toggle('busy', isBusy);
}

/**
 * @param {HTMLFormElement} element
 * @param {{problem: Problem | null} | null} refusal null clears the previous errors
 * @param {Record<string, string>} fieldOf
 */
function complain(element, refusal, fieldOf) {
  for (const wrong of element.querySelectorAll('[aria-invalid]')) clearError(wrong);
  const trouble = element.querySelector('.trouble');
  if (trouble) trouble.textContent = '';
  if (!refusal) return;
  const { problem } = refusal;
  const ofField = problem && fieldOf[problem.code];
  const errors = ofField ? [{ field: ofField, message: sentence(problem) }] : (problem?.errors ?? []);
  const unplaced = errors.filter(({ field: name, message }) => !showError(element, name, message));
  const isPlaced = errors.length > 0 && unplaced.length === 0;
  const words = unplaced.length > 0 ? unplaced.map(({ message }) => message).join(' ') : sentence(problem);
  if (trouble && !(isPlaced && ofField)) trouble.textContent = words;
  /** @type {HTMLElement | null} */ (element.querySelector('[aria-invalid]'))?.focus();
}

/**
 * @param {HTMLFormElement} element
 * @param {string} name
 * @param {string} message
 */
function showError(element, name, message) {
  const place = element.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const input = place?.querySelector('.input');
  const error = place?.querySelector('.field-error');
  if (!input || !error) return false;
  input.setAttribute('aria-invalid', 'true');
  fill(error, icon('alert'), message);
  return true;
}

/** @param {Element} input */
function clearError(input) {
  input.removeAttribute('aria-invalid');
  input.closest('.field')?.querySelector('.field-error')?.replaceChildren();
}
