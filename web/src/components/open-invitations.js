// The invitations that the account was told of, and what using each would cost.

import { home } from '../app.js';
import { el } from '../dom.js';
import { patch } from '../patch.js';
import { roomPath } from '../router.js';
import { problemOf } from '../server/errors.js';
import { Turns } from '../state/requests.js';
import { today } from '../today.js';
import { View } from '../view.js';
import { feeOf } from '../wording/price.js';
import { sentence } from '../wording/refusals.js';
import { moment, until } from '../wording/time.js';

/** @import { Invitation } from '../types.d.ts' */

customElements.define(
  'hex-open-invitations',
  class extends View {
    /** @type {Map<string, string>} by room, what joining it costs, or why it cannot be joined */
    #fees = new Map();
    #turns = new Turns();

    enter() {
      const { account, invitations } = home();
      for (const source of [account, invitations]) this.listen(source, 'change', () => this.#ask());
      this.listen(today, 'change', () => this.draw());
      this.draw();
      this.#ask();
    }

    draw() {
      const { open } = home().invitations;
      patch(
        this,
        open.length > 0 &&
          el(
            'section',
            { class: 'section', 'aria-label': 'Your invitations' },
            el('h2', {}, 'Your invitations'),
            el(
              'ul',
              { class: 'list' },
              open.map((invitation) => this.#row(invitation)),
            ),
            el(
              'p',
              { class: 'hint' },
              'Each room’s owner has a link for you, which replaces the password. Open it, or paste it below. If you know the password, you need no link.',
            ),
          ),
      );
    }

    /** @param {Invitation} invitation */
    #row({ roomId, createdAt, expiresAt }) {
      const now = new Date();
      const name = `Invitation of ${moment(new Date(createdAt), now)}`;
      const details = [`valid for ${until(new Date(expiresAt), now)}`, this.#fees.get(roomId)];
      return el(
        'li',
        { class: 'list-row', key: roomId },
        el('span', { class: 'person-name' }, name, el('small', {}, details.filter(Boolean).join(' · '))),
        el(
          'a',
          { class: 'button small', href: roomPath(roomId), 'aria-label': `Join by password: ${name}` },
          'Join by password',
        ),
      );
    }

    async #ask() {
      const { api, invitations } = home();
      const isNews = this.#turns.take();
      const ask = async (/** @type {Invitation} */ { roomId }) => {
        const fee = await api.rooms.price(roomId).then(feeOf, (error) => sentence(problemOf(error)));
        return /** @type {const} */ ([roomId, fee]);
      };
      const fees = await Promise.all(invitations.open.map(ask));
      if (!isNews()) return;
      this.#fees = new Map(fees);
      if (this.isConnected) this.draw();
    }
  },
);
