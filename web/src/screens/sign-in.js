// Signing in and signing up.

import { device, session, storage } from '../app.js';
import { brand } from '../components/brand.js';
import { field, form } from '../components/form.js';
import { showToast } from '../components/toast.js';
import { el } from '../dom.js';
import { passwordLink } from '../password-link.js';
import { router } from '../router.js';
import { open } from '../server/api.js';
import { Refused } from '../server/errors.js';

/** @param {{hint?: string, autofocus?: boolean}} options */
const userId = (options) =>
  field('userId', 'User id', {
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    ...options,
  });

const FORGETFUL =
  'Your browser does not store anything for this page, or has no space left. You can continue, but you will be signed out when you reload or close the page.';

/** What people sign in for, where it is not the client as a whole. */
const PURPOSES = {
  invitation: {
    signIn: 'You have been invited to a room. Sign in to take your seat.',
    signUp: 'You have been invited to a room. Create an account to take your seat.',
  },
  room: {
    signIn: 'Sign in to go on to the room.',
    signUp: 'Create an account to go on to the room.',
  },
};

/** @param {keyof typeof PURPOSES | null} purpose */
export function signIn(purpose) {
  const enter = async (/** @type {Record<string, string>} */ { userId, password }) => {
    try {
      session.begin(await open.login({ userId, password, deviceId: device }));
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'second_factor_required')) throw error;
      turn(screen, secondStep({ userId, password }, 'app', screen));
    }
  };
  const screen = page(
    'Sign in',
    purpose ? PURPOSES[purpose].signIn : 'Welcome back.',
    form(
      { action: 'Sign in', onsubmit: enter, fieldOf: { invalid_credentials: 'password' } },
      userId({ autofocus: true }),
      field('password', 'Password', { type: 'password', autocomplete: 'current-password', required: true }),
    ),
    el('p', { class: 'aside' }, 'New here? ', el('a', { href: '/sign-up' }, 'Create an account')),
  );
  return screen;
}

const CODES = {
  app: {
    label: 'Code',
    attributes: { inputmode: 'numeric', autocomplete: 'one-time-code' },
    hint: 'The six digits your authenticator app is showing now.',
    other: /** @type {const} */ ('recovery'),
    otherWords: 'Use a recovery code',
  },
  recovery: {
    label: 'Recovery code',
    attributes: { autocapitalize: 'none', spellcheck: 'false' },
    hint: 'One of the codes you were shown when you turned this on. Each works once.',
    other: /** @type {const} */ ('app'),
    otherWords: 'Use the authenticator app',
  },
};

/**
 * Asks for the second factor after the right password.
 * @param {{userId: string, password: string}} given
 * @param {keyof typeof CODES} kind
 * @param {HTMLElement} first the first step
 */
function secondStep(given, kind, first) {
  const { label, attributes, hint, other, otherWords } = CODES[kind];
  const action = (/** @type {string} */ words, /** @type {() => void} */ onclick) =>
    el('button', { type: 'button', class: 'button quiet small', onclick }, words);
  const otp = field('otp', label, { ...attributes, required: true, hint });
  const screen = page(
    'Confirm it is you',
    'Your account is protected by a second factor besides the password.',
    form(
      {
        action: 'Sign in',
        fieldOf: { second_factor_invalid: 'otp', second_factor_required: 'otp' },
        onsubmit: async ({ otp }) =>
          session.begin(await open.login({ ...given, otp: otp.trim(), deviceId: device })),
      },
      otp,
    ),
    el(
      'p',
      { class: 'aside' },
      action(otherWords, () => turn(screen, secondStep(given, other, first))),
      action('Back', () => turn(screen, first)),
    ),
  );
  return screen;
}

/**
 * @param {HTMLElement} from
 * @param {HTMLElement} to
 */
function turn(from, to) {
  from.replaceWith(to);
  to.querySelector('input')?.focus();
}

/** @param {keyof typeof PURPOSES | null} purpose */
export function signUp(purpose) {
  return page(
    'Create an account',
    purpose ? PURPOSES[purpose].signUp : 'Chat rooms with six seats.',
    form(
      { action: 'Create account', onsubmit: register, fieldOf: { user_id_taken: 'userId' } },
      field('name', 'Name', {
        autocomplete: 'name',
        autofocus: true,
        required: true,
        hint: 'This is what others see.',
      }),
      userId({ hint: '3 to 32 letters, digits, dots, dashes or underscores. It cannot be changed.' }),
      field('phone', 'Phone', {
        type: 'tel',
        autocomplete: 'tel',
        required: true,
        hint: 'With the country code, such as +49 151 2345678. Nobody else can see it.',
      }),
      field('password', 'Password', {
        type: 'password',
        autocomplete: 'new-password',
        required: true,
        hint: 'At least 8 characters.',
      }),
      field('availCoins', 'Starting coins', {
        inputmode: 'numeric',
        hint: 'Optional. You can pay with them for joining rooms.',
      }),
    ),
    el('p', { class: 'aside' }, 'Have an account? ', el('a', { href: '/sign-in' }, 'Sign in')),
  );
}

/** @param {string} token of a password link */
export function newPassword(token) {
  return page(
    'Choose a new password',
    'This link from an admin works once. You will then be signed out everywhere.',
    form(
      {
        action: 'Set password',
        onsubmit: async ({ newPassword }) => {
          await open.usePasswordLink({ token, newPassword });
          passwordLink.forget();
          // Somebody else may be signed in here; otherwise the server ends the session.
          if (session.userId) return location.assign('/');
          showToast('Your new password is set. Sign in with it.');
          router.go('/sign-in', { replace: true });
        },
      },
      field('newPassword', 'New password', {
        type: 'password',
        autofocus: true,
        autocomplete: 'new-password',
        required: true,
        hint: 'At least 8 characters.',
      }),
    ),
  );
}

/** @param {Record<string, string>} values */
async function register({ availCoins, ...values }) {
  const coins = availCoins.trim() === '' ? {} : { availCoins: asNumber(availCoins) };
  session.begin(await open.register({ ...values, ...coins, deviceId: device }));
}

/**
 * Text that is not a number is sent as it is, and the server says what is wrong with it.
 * @param {string} text
 */
function asNumber(text) {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/**
 * @param {string} title
 * @param {string} words
 * @param {...Node} children
 */
function page(title, words, ...children) {
  return el(
    'main',
    { id: 'main', tabindex: -1 },
    el(
      'div',
      { class: 'screen sign' },
      el(
        'div',
        { class: 'sign-card' },
        brand(),
        el('h1', {}, title),
        el('p', { class: 'lead' }, words),
        !storage.isPersistent && el('p', { class: 'hint' }, FORGETFUL),
        ...children,
      ),
      el('footer', { class: 'aside' }, el('a', { href: '/api/docs/', rel: 'noopener' }, 'API documentation')),
    ),
  );
}
