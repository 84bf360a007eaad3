// The state of the connection; shows nothing while it is open.

import { home, storage } from '../app.js';
import { el } from '../dom.js';
import { patch } from '../patch.js';
import { View } from '../view.js';

const WORDS = {
  off: '',
  on: '',
  connecting: 'Connecting…',
  polling: 'Live connections are blocked here, so messages arrive every few seconds.',
  waiting: 'Offline. Your messages will be sent when the connection is back.',
  refused: '',
};

/** Where the browser stores nothing for this page. */
const STAY = 'Keep this page open until then.';

/** A connection is usually open before anybody could read “Connecting…”. */
const PATIENCE_MS = 400;

customElements.define(
  'hex-connection',
  class extends View {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #soon;

    enter() {
      this.setAttribute('role', 'status');
      this.listen(home().connection, 'state', () => this.#changed());
      this.#changed();
    }

    leave() {
      clearTimeout(this.#soon);
    }

    #changed() {
      clearTimeout(this.#soon);
      const { state } = home().connection;
      // Reconnecting is tried again and again; showing that each time would be restless.
      if (state === 'connecting' && this.dataset.state === 'waiting') return;
      if (state === 'connecting') this.#soon = setTimeout(() => this.#show(), PATIENCE_MS);
      else this.#show();
    }

    #show() {
      const { connection } = home();
      const { state, refusal } = connection;
      // Drawn again after each attempt, the button would lose the focus.
      if (state === 'waiting' && this.dataset.state === state) return;
      this.dataset.state = state;
      const button = (/** @type {string} */ action, /** @type {() => void} */ onclick) =>
        el('button', { type: 'button', class: 'button quiet small', key: action, onclick }, action);
      const words = refusal ?? WORDS[state];
      patch(
        this,
        state === 'waiting' && !storage.isPersistent ? `${words} ${STAY}` : words,
        state === 'waiting' && button('Try now', () => connection.retryNow()),
        state === 'refused' && button('Try again', () => connection.start()),
      );
    }
  },
);
