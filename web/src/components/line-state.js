// How the line to the server is: nothing is said while all is well.

import { home, storage } from '../app.js';
import { el, fill } from '../dom.js';
import { View } from '../view.js';

const WORDS = {
  off: '',
  on: '',
  connecting: 'Connecting…',
  waiting: 'Offline. Your messages will be sent when the connection is back.',
  refused: '',
};

/** Where the browser keeps nothing for this page. */
const STAY = 'Keep this page open until then.';

/** A connection is usually there before anybody has read that it is being made. */
const PATIENCE_MS = 400;

customElements.define(
  'hex-line',
  class extends View {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #soon;

    enter() {
      this.setAttribute('role', 'status');
      this.listen(home().connection, 'line', () => this.#changed());
      this.#changed();
    }

    leave() {
      clearTimeout(this.#soon);
    }

    #changed() {
      clearTimeout(this.#soon);
      const { line } = home().connection;
      // Coming back is tried again and again; it would be restless to say so each time.
      if (line === 'connecting' && this.dataset.line === 'waiting') return;
      if (line === 'connecting') this.#soon = setTimeout(() => this.#show(), PATIENCE_MS);
      else this.#show();
    }

    #show() {
      const { connection } = home();
      const { line, refusal } = connection;
      this.dataset.line = line;
      const again = el(
        'button',
        { type: 'button', class: 'button quiet small', onclick: () => connection.start() },
        'Try again',
      );
      const words = refusal ?? WORDS[line];
      fill(
        this,
        line === 'waiting' && !storage.isLasting ? `${words} ${STAY}` : words,
        line === 'refused' && again,
      );
    }
  },
);
