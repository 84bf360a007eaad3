// What joining costs, as part of a form that joins: it is shown before it is paid.

import { home } from '../app.js';
import { el } from '../dom.js';
import { roomPath, router } from '../router.js';
import { attempt, Refused } from '../server/errors.js';
import { Turns } from '../state/requests.js';
import { View } from '../view.js';
import { price, receipt } from '../wording/price.js';
import { setAction } from './form.js';
import { orToast, showToast } from './toast.js';

/** @import { Price, Receipt } from '../types.d.ts' */

export class JoinPrice extends View {
  #words = el('p', { class: 'price', 'aria-live': 'polite' });
  #roomId;
  /** @type {Price | null} of the room that is named, if the server knows it */
  #ofRoom;
  #turns = new Turns();

  /** @param {{roomId: string, price: Price}} [room] */
  constructor(room) {
    super();
    this.#roomId = room?.roomId ?? '';
    this.#ofRoom = room?.price ?? null;
  }

  enter() {
    this.append(this.#words);
    this.listen(home().account, 'change', () => this.#follow());
    this.draw();
  }

  draw() {
    const { known } = home().account;
    const form = this.closest('form');
    if (!known || !form) return;
    const { words, action } = price(this.#price, known.availCoins);
    this.#words.textContent = words;
    setAction(form, action);
  }

  /**
   * A room is named. If it is another, what is known so far is not its price.
   * @param {string} roomId
   */
  name(roomId) {
    if (roomId === this.#roomId) return;
    this.#roomId = roomId;
    this.#ofRoom = null;
    this.draw();
  }

  /**
   * Asks what this room costs.
   * @param {string} roomId
   */
  async lookUp(roomId) {
    this.name(roomId);
    const isNews = this.#turns.take();
    const ofRoom = await priceOf(roomId);
    if (roomId !== this.#roomId || !isNews()) return;
    this.#ofRoom = ofRoom;
    this.draw();
  }

  /**
   * Joins for the price shown, or less: if it has risen meanwhile, the new one is shown first.
   * @param {string} roomId the room that is named, or nothing
   * @param {() => Promise<Receipt>} join
   */
  async pay(roomId, join) {
    const { fee } = this.#price;
    await Promise.all([home().account.load(), this.lookUp(roomId)]);
    if (this.#price.fee > fee) return showToast('The price has changed. Check it again before you join.');
    const paid = await join();
    await attempt(home().account.load());
    showToast(receipt(paid));
    router.go(roomPath(paid.roomId), { replace: true });
  }

  /** What the account is now may change the price of the room too. */
  #follow() {
    this.draw();
    if (this.#ofRoom) orToast(this.lookUp(this.#roomId));
  }

  get #price() {
    return this.#ofRoom ?? home().account.now.nextJoin;
  }
}

customElements.define('hex-join-price', JoinPrice);

/**
 * What a room costs, unless it cannot be joined at all, which joining says.
 * @param {string} roomId
 */
async function priceOf(roomId) {
  if (roomId === '') return null;
  try {
    return await home().api.rooms.price(roomId);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
