// The second factor: turning it on with an authenticator app, and off again.

import { home } from '../app.js';
import { el, fill, icon } from '../dom.js';
import { patch } from '../patch.js';
import { View } from '../view.js';
import { copy } from './clipboard.js';
import { confirm, openDialog } from './dialog.js';
import { accountOf, field, form } from './form.js';
import { qrCode } from './qr-code.js';
import { showToast } from './toast.js';

/** The current state, and the button that changes it. */
export function secondFactor() {
  return document.createElement('hex-second-factor');
}

customElements.define(
  'hex-second-factor',
  class extends View {
    enter() {
      this.listen(home().account, 'change', () => this.draw());
      this.draw();
    }

    draw() {
      const isOn = home().account.now.secondFactor;
      const words = isOn
        ? 'Signing in requires a code from your authenticator app as well as your password.'
        : 'Require a code from an authenticator app as well as your password. Then nobody can sign in who only knows your password.';
      patch(
        this,
        el('p', { class: 'hint' }, words),
        el(
          'button',
          { type: 'button', class: 'button', key: String(isOn), onclick: isOn ? turnOff : turnOn },
          isOn ? 'Turn off' : 'Turn on',
        ),
      );
    }
  },
);

function ownPassword() {
  return [
    accountOf(home().me),
    field('password', 'Password', { type: 'password', autocomplete: 'current-password', required: true }),
  ];
}

/** @param {boolean} secondFactor */
function become(secondFactor) {
  const { account } = home();
  account.set({ ...account.now, secondFactor });
}

function turnOff() {
  confirm({
    title: 'Turn off two-factor sign-in?',
    words: 'Your password alone will be enough to sign in. Your recovery codes will stop working.',
    action: 'Turn off',
    content: ownPassword(),
    fieldOf: { invalid_credentials: 'password' },
    onconfirm: async ({ password }) => {
      await home().api.me.liftSecondFactor(password);
      become(false);
      showToast('Two-factor sign-in is off.');
    },
  });
}

function turnOn() {
  const body = el('div');
  const begin = async (/** @type {Record<string, string>} */ { password }) => {
    const { secret, otpauthUrl } = await home().api.me.beginSecondFactor(password);
    show(scan(await qrCode(otpauthUrl, 'QR code of the key'), secret, otpauthUrl, confirmWith));
  };
  const confirmWith = async (/** @type {Record<string, string>} */ { otp }) => {
    const { recoveryCodes } = await home().api.me.confirmSecondFactor(otp.trim());
    become(true);
    show(recovery(recoveryCodes, () => dialog.close()));
  };
  const show = (/** @type {Node[]} */ step) => {
    fill(body, step);
    /** @type {HTMLElement | null} */ (body.querySelector('input, .primary'))?.focus();
  };
  const dialog = openDialog('Turn on two-factor sign-in', 'dialog', body);
  show([
    form(
      { action: 'Continue', onsubmit: begin, fieldOf: { invalid_credentials: 'password' } },
      el('p', {}, 'First confirm it is you.'),
      ...ownPassword(),
    ),
  ]);
}

/**
 * @param {SVGElement} picture
 * @param {string} secret
 * @param {string} otpauthUrl
 * @param {(values: Record<string, string>) => Promise<void>} onsubmit
 */
function scan(picture, secret, otpauthUrl, onsubmit) {
  return [
    el('p', {}, 'Scan this with your authenticator app, or type the key into it.'),
    picture,
    el('p', {}, 'Key ', el('code', { class: 'secret' }, secret.replace(/.{4}(?=.)/g, '$& '))),
    el('p', {}, el('a', { href: otpauthUrl }, 'Open an authenticator app on this device')),
    form(
      { action: 'Turn on', onsubmit, fieldOf: { second_factor_invalid: 'otp' } },
      field('otp', 'Code', {
        inputmode: 'numeric',
        autocomplete: 'one-time-code',
        required: true,
        hint: 'The six digits the app is showing now.',
      }),
    ),
  ];
}

/**
 * @param {string[]} codes
 * @param {() => void} done
 */
function recovery(codes, done) {
  const text = `${codes.join('\n')}\n`;
  // Unlike a blob's, this address holds nothing once the dialog is closed.
  const file = `data:text/plain,${encodeURIComponent(text)}`;
  return [
    el(
      'p',
      {},
      'Two-factor sign-in is on. You can use one of these codes to sign in without the app. Each works once. They will not be shown again, so keep them somewhere safe.',
    ),
    el(
      'ul',
      { class: 'codes', 'aria-label': 'Recovery codes' },
      codes.map((code) => el('li', {}, el('code', {}, code))),
    ),
    el(
      'div',
      { class: 'form-actions' },
      el(
        'button',
        { type: 'button', class: 'button', onclick: () => copy(text, 'Codes') },
        icon('copy'),
        'Copy',
      ),
      el('a', { class: 'button', href: file, download: 'hexroom-recovery-codes.txt' }, 'Download'),
      el('button', { type: 'button', class: 'button primary', onclick: done }, 'I have saved them'),
    ),
  ];
}
