// The balance, and every transfer that led to it.

import { home } from '../app.js';
import { orToast } from '../components/toast.js';
import { el, icon } from '../dom.js';
import { patch } from '../patch.js';
import { roomPath } from '../router.js';
import { Turns } from '../state/requests.js';
import { today } from '../today.js';
import { View } from '../view.js';
import { coins, signed } from '../wording/coins.js';
import { number } from '../wording/numbers.js';
import { standing } from '../wording/price.js';
import { moment } from '../wording/time.js';

/** @import { Transfer } from '../types.d.ts' */

const REASONS = { registration: 'Starting coins', grant: 'Granted by an admin', join_fee: 'Joined' };

customElements.define(
  'hex-coins',
  class extends View {
    /** @type {Transfer[] | null} */
    #transfers = null;
    /** @type {string | undefined} */
    #cursor;
    #balance = Number.NaN;
    #turns = new Turns();

    enter() {
      this.listen(home().account, 'change', () => this.#follow());
      this.listen(home().rooms, 'list', () => this.drawSoon());
      this.listen(today, 'change', () => this.draw());
      this.#follow();
    }

    /** The balance may have changed, and then there is another transfer. */
    #follow() {
      const { known } = home().account;
      if (known && known.availCoins !== this.#balance) {
        this.#balance = known.availCoins;
        orToast(this.#load());
      }
      this.draw();
    }

    async #load() {
      const isNews = this.#turns.take();
      const page = await home().api.me.transfers();
      if (!isNews()) return;
      this.#transfers = page.items;
      this.#cursor = page.nextCursor;
      this.draw();
    }

    async #more() {
      const page = await home().api.me.transfers(this.#cursor);
      this.#transfers = [...(this.#transfers ?? []), ...page.items];
      this.#cursor = page.nextCursor;
      this.draw();
    }

    draw() {
      const { known } = home().account;
      if (!known) return;
      patch(
        this,
        el(
          'div',
          { class: 'page' },
          el('h1', {}, 'Coins'),
          el('p', { class: 'balance' }, icon('coin'), el('strong', {}, coins(known.availCoins))),
          el('p', { class: 'lead' }, standing(known.nextJoin)),
          this.#transfers === null
            ? el('p', { class: 'loading', key: 'loading' }, 'Loading…')
            : list(this.#transfers),
          this.#cursor &&
            el(
              'button',
              { type: 'button', class: 'button', onclick: () => orToast(this.#more()) },
              'Show earlier transfers',
            ),
        ),
      );
    }
  },
);

/** @param {Transfer[]} transfers */
function list(transfers) {
  if (transfers.length === 0) {
    return el(
      'div',
      { class: 'blank small' },
      icon('coin'),
      el('h2', {}, 'No transfers yet'),
      el('p', {}, 'The coins you receive and spend are listed here.'),
    );
  }
  const cell = (/** @type {string} */ words, kind = '') => el('td', { class: kind }, words);
  return el(
    'table',
    { class: 'ledger' },
    el('caption', { class: 'unseen' }, 'Your transfers, newest first'),
    el(
      'thead',
      {},
      el('tr', {}, ...['What', 'Coins', 'Balance'].map((words) => el('th', { scope: 'col' }, words))),
    ),
    el(
      'tbody',
      {},
      transfers.map(({ transferId, amount, balance, reason, roomId, at }) =>
        el(
          'tr',
          { key: transferId },
          el('td', {}, what(reason, roomId), el('time', { datetime: at }, moment(new Date(at), new Date()))),
          cell(signed(amount), amount < 0 ? 'number' : 'number gained'),
          cell(number(balance), 'number'),
        ),
      ),
    ),
  );
}

/**
 * What a transfer was for. A room's address leads to it, also after one has left it.
 * @param {Transfer['reason']} reason
 * @param {string} [roomId]
 */
function what(reason, roomId) {
  const words = REASONS[reason] ?? reason;
  if (!roomId) return words;
  const name = home().rooms.all.get(roomId)?.about.name ?? 'a room you have left';
  return [`${words} `, el('a', { href: roomPath(roomId) }, el('bdi', {}, name))];
}
