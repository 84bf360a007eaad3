// Joining a room with its id and password, or with an invitation. Shows the price before it is paid.

import { home } from '../app.js';
import { field, form, setAction } from '../components/form.js';
import { orToast, showToast } from '../components/toast.js';
import { el, fill } from '../dom.js';
import { invitation } from '../invitation.js';
import { invitationToken, roomPath, router } from '../router.js';
import { Refused } from '../server/errors.js';
import { View } from '../view.js';
import { price, receipt } from '../wording/price.js';

/** @import { Price, Receipt } from '../types.d.ts' */

customElements.define(
  'hex-join',
  class extends View {
    #words = el('p', { class: 'price', 'aria-live': 'polite' });
    /** @type {Price | null} of the room that is named, if the server knows it */
    #ofRoom = null;
    #roomId = '';
    /** @type {HTMLFormElement | null} */
    #form = null;

    enter() {
      this.listen(home().account, 'change', () => this.#follow());
      this.#show(invitation.token ? 'invitation' : 'password');
    }

    /** @param {'invitation' | 'password'} way */
    #show(way) {
      this.#ofRoom = null;
      this.#roomId = '';
      this.#form = way === 'invitation' ? this.#byInvitation() : this.#byPassword();
      fill(
        this,
        el(
          'div',
          { class: 'page narrow' },
          el('h1', {}, 'Join a room'),
          el(
            'div',
            { class: 'choice', role: 'group', 'aria-label': 'How to join' },
            this.#tab(way, 'password', 'Id and password'),
            this.#tab(way, 'invitation', 'Invitation'),
          ),
          this.#form,
        ),
      );
      this.#namePrice();
    }

    /**
     * @param {string} chosen
     * @param {'invitation' | 'password'} way
     * @param {string} words
     */
    #tab(chosen, way, words) {
      const turn = () => {
        this.#show(way);
        /** @type {HTMLElement} */ (this.querySelector(`[data-way="${way}"]`)).focus();
      };
      return el(
        'button',
        { type: 'button', 'data-way': way, 'aria-pressed': String(chosen === way), onclick: turn },
        words,
      );
    }

    #byPassword() {
      const fieldOf = { room_not_found: 'roomId', wrong_room_password: 'password' };
      const roomId = field('roomId', 'Room id', {
        required: true,
        spellcheck: 'false',
        hint: 'Everybody in the room can see it under “Members”.',
      });
      roomId.addEventListener('change', ({ target }) =>
        orToast(this.#lookUp(/** @type {HTMLInputElement} */ (target).value)),
      );
      const join = (/** @type {Record<string, string>} */ { roomId, password }) =>
        this.#pay({
          lookUp: () => this.#lookUp(roomId),
          join: () => home().rooms.join({ roomId: roomId.trim(), password }),
        });
      return form(
        { action: 'Join', fieldOf, onsubmit: join },
        roomId,
        field('password', 'Room password', { shared: true, required: true }),
        this.#words,
      );
    }

    #byInvitation() {
      const fieldOf = {
        invitation_invalid: 'invitation',
        invitation_expired: 'invitation',
        invitation_used: 'invitation',
        invitation_revoked: 'invitation',
      };
      const join = async (/** @type {Record<string, string>} */ { invitation: text }) => {
        // A text that is not a token is treated like an unknown invitation.
        const token = invitationToken(text) ?? 'none';
        await this.#pay({
          join: () => home().rooms.join({ invitationToken: token }),
          done: invitation.forget,
        });
      };
      const value = invitation.token ?? '';
      return form(
        { action: 'Join', fieldOf, onsubmit: join },
        field('invitation', 'Invitation link', {
          value,
          required: true,
          spellcheck: 'false',
          hint: 'It replaces the password and works only once, only for you.',
        }),
        this.#words,
      );
    }

    /**
     * Asks what this room costs.
     * @param {string} roomId
     */
    async #lookUp(roomId) {
      this.#roomId = roomId.trim();
      const ofRoom = await priceOf(this.#roomId);
      // Another room may have been named since.
      if (this.#roomId === roomId.trim()) this.#ofRoom = ofRoom;
      this.#namePrice();
    }

    /** What the account is now may change the price of the room too. */
    #follow() {
      this.#namePrice();
      if (this.#ofRoom) orToast(this.#lookUp(this.#roomId));
    }

    get #price() {
      return this.#ofRoom ?? home().account.now.nextJoin;
    }

    #namePrice() {
      const { known } = home().account;
      if (!known || !this.#form) return;
      const { words, action } = price(this.#price, known.availCoins);
      this.#words.textContent = words;
      setAction(this.#form, action);
    }

    /**
     * Joins for the price shown, or less: if it has risen meanwhile, the new one is shown first.
     * @param {object} order
     * @param {() => Promise<Receipt>} order.join
     * @param {() => Promise<void>} [order.lookUp] shows the current price of the room
     * @param {() => void} [order.done]
     */
    async #pay({ join, lookUp, done }) {
      const { fee } = this.#price;
      await Promise.all([home().account.load(), lookUp?.()]);
      if (this.#price.fee > fee) return showToast('The price has changed. Check it again before you join.');
      const paid = await join();
      done?.();
      await home().account.load();
      showToast(receipt(paid));
      router.go(roomPath(paid.roomId), { replace: true });
    }
  },
);

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
