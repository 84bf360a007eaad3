// One's own account, this browser, and the devices that are signed in.

import { home, session, storage } from '../app.js';
import { confirm } from '../components/dialog.js';
import { accountOf, field, form } from '../components/form.js';
import { secondFactor } from '../components/second-factor.js';
import { orToast, showToast } from '../components/toast.js';
import { el, fill } from '../dom.js';
import { notifications } from '../notifications.js';
import { patch } from '../patch.js';
import { open } from '../server/api.js';
import { problemOf } from '../server/errors.js';
import { Turns } from '../state/requests.js';
import { today } from '../today.js';
import { View } from '../view.js';
import { deviceNames } from '../wording/devices.js';
import { date, moment } from '../wording/time.js';

/** @import { Account, DeviceSession } from '../types.d.ts' */

/** How long the server may take to answer a sign-out. */
const SIGN_OUT_WITHIN_MS = 3_000;

customElements.define(
  'hex-settings',
  class extends View {
    async enter() {
      const { account } = home();
      fill(
        this,
        el('div', { class: 'page' }, el('h1', {}, 'Settings'), el('p', { class: 'loading' }, 'Loading…')),
      );
      const known = account.known ?? (await orToast(account.load()));
      if (!known || !this.isConnected) return;
      fill(
        this,
        el(
          'div',
          { class: 'page' },
          el('h1', {}, 'Settings'),
          profile(known),
          appearance(this.signal),
          messages(),
          devices(this.signal),
          password(known.userId),
          section('Two-factor sign-in', secondFactor()),
          deletion(known.userId),
        ),
      );
    }
  },
);

/**
 * @param {string} title
 * @param {...(Node | string | false)} children
 */
function section(title, ...children) {
  return el('section', { class: 'section' }, el('h2', {}, title), ...children);
}

/** @param {Account} account */
function profile({ userId, name, phone, prime, primeUntil, memberSince }) {
  const membership = prime
    ? `Prime member${primeUntil ? ` until ${date(new Date(primeUntil))}` : ''}`
    : 'Free member';
  const save = async (/** @type {Record<string, string>} */ changes) => {
    home().account.set(await home().api.me.update(changes));
    showToast('Saved.');
  };
  return section(
    'You',
    el('p', { class: 'hint' }, `${userId} · ${membership} · member since ${date(new Date(memberSince))}`),
    form(
      { action: 'Save', onsubmit: save, label: 'Name and phone' },
      field('name', 'Name', { value: name, autocomplete: 'name', required: true }),
      field('phone', 'Phone', { value: phone, type: 'tel', autocomplete: 'tel', required: true }),
    ),
  );
}

/** @param {AbortSignal} left */
function appearance(left) {
  const { dataset } = document.documentElement;
  const choose = (/** @type {string} */ theme) => {
    dataset.theme = theme;
    storage.setItem('hexroom.theme', theme);
  };
  const option = (/** @type {string} */ theme, /** @type {string} */ words) =>
    el(
      'label',
      {},
      el('input', {
        type: 'radio',
        class: 'unseen',
        name: 'theme',
        value: theme,
        checked: dataset.theme === theme,
        onchange: () => choose(theme),
      }),
      el('span', {}, words),
    );
  // Another tab may choose too.
  const follow = () => {
    const chosen = document.querySelector(`[name="theme"][value="${dataset.theme}"]`);
    /** @type {HTMLInputElement} */ (chosen).checked = true;
  };
  addEventListener('storage', follow, { signal: left });
  return section(
    'Appearance',
    el(
      'div',
      { class: 'choice', role: 'radiogroup', 'aria-label': 'Appearance' },
      option('system', 'Same as system'),
      option('light', 'Light'),
      option('dark', 'Dark'),
    ),
  );
}

function messages() {
  const WORDS = {
    unavailable: 'This browser shows no notifications.',
    insecure: 'Browsers show notifications only of pages with a secure address (https).',
    denied: 'Your browser blocks notifications from this page. You can change that in its settings.',
    off: 'Get notified of new messages while you are not looking at this page.',
    on: 'You are notified of new messages while you are not looking at this page.',
  };
  const hint = el('p', { class: 'hint' });
  const button = el('button', { type: 'button', class: 'button' });
  const show = () => {
    const { state } = notifications;
    hint.textContent = WORDS[state];
    button.hidden = state !== 'on' && state !== 'off';
    button.textContent = state === 'on' ? 'Turn notifications off' : 'Turn notifications on';
  };
  button.addEventListener('click', async () => {
    if (notifications.state === 'on') notifications.turnOff();
    else await notifications.turnOn();
    show();
  });
  show();
  return section('Notifications', hint, button);
}

/** @param {AbortSignal} left */
function devices(left) {
  const list = el('ul', { class: 'list' });
  const turns = new Turns();
  const load = async () => {
    const isNews = turns.take();
    const sessions = await home().api.sessions.list();
    if (!isNews()) return;
    const names = deviceNames(sessions.map(({ deviceId }) => deviceId));
    patch(
      list,
      sessions.map((one) => device(one, names.get(one.deviceId) ?? one.deviceId, load)),
    );
  };
  orToast(load());
  today.addEventListener('change', () => orToast(load()), { signal: left });
  return section(
    'Devices',
    el(
      'p',
      { class: 'hint' },
      'These devices are signed in to your account. If you do not recognise one, sign it out and change your password.',
    ),
    list,
    el('button', { type: 'button', class: 'button', onclick: signOut }, 'Sign out here'),
  );
}

/**
 * @param {DeviceSession} one
 * @param {string} name
 * @param {() => Promise<void>} reload
 */
function device({ deviceId, createdAt, lastSeenAt, current }, name, reload) {
  const now = new Date();
  const seen = current ? 'This browser' : `Last seen ${moment(new Date(lastSeenAt), now)}`;
  const end = () => orToast(home().api.sessions.end(deviceId).then(reload));
  return el(
    'li',
    { class: 'list-row', key: deviceId },
    el(
      'span',
      { class: 'person-name' },
      el('bdi', { title: deviceId }, name),
      el('small', {}, `${seen} · since ${moment(new Date(createdAt), now)}`),
    ),
    !current &&
      el(
        'button',
        { type: 'button', class: 'button quiet small', 'aria-label': `Sign out ${name}`, onclick: end },
        'Sign out',
      ),
  );
}

/**
 * Ends the session in this browser, whether or not the server answers, and before it is told: its answer to open
 * sockets would look in the other tabs as if somebody else had ended it.
 */
async function signOut() {
  const token = await within(SIGN_OUT_WITHIN_MS, session.token());
  session.end();
  if (token) await within(SIGN_OUT_WITHIN_MS, open.logout(token));
}

/**
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T | undefined>} undefined if it fails or takes longer
 */
async function within(ms, work) {
  try {
    return await Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms))]);
  } catch (error) {
    problemOf(error);
  }
}

/** @param {string} userId */
function password(userId) {
  const change = async (/** @type {any} */ values, /** @type {HTMLFormElement} */ element) => {
    await home().api.me.changePassword(values);
    element.reset();
    showToast('Your password has been changed, and all your other devices have been signed out.');
  };
  return section(
    'Password',
    form(
      {
        action: 'Change password',
        onsubmit: change,
        fieldOf: { invalid_credentials: 'currentPassword' },
        label: 'Change password',
      },
      accountOf(userId),
      field('currentPassword', 'Current password', {
        type: 'password',
        autocomplete: 'current-password',
        required: true,
      }),
      field('newPassword', 'New password', {
        type: 'password',
        autocomplete: 'new-password',
        required: true,
        hint: 'At least 8 characters. Your other devices will be signed out.',
      }),
    ),
  );
}

/** @param {string} userId */
function deletion(userId) {
  const deleteAccount = () =>
    confirm({
      title: 'Delete your account',
      words:
        'Your name, phone number, friendships and seats will be deleted for good, and nobody can ever use your user id again. Your messages stay in their rooms under your user id.',
      action: 'Delete for good',
      content: [
        accountOf(userId),
        field('password', 'Password', {
          type: 'password',
          autocomplete: 'current-password',
          required: true,
        }),
      ],
      fieldOf: { invalid_credentials: 'password' },
      onconfirm: async ({ password }) => {
        await home().api.me.deleteAccount(password);
        session.end();
      },
    });
  return section(
    'More',
    el('p', {}, el('a', { href: '/shortcuts' }, 'Keyboard shortcuts')),
    el('p', {}, el('a', { href: '/api/docs/' }, 'API documentation')),
    el('button', { type: 'button', class: 'button danger', onclick: deleteAccount }, 'Delete your account'),
  );
}
