// Joining a room with its id and password, or with an invitation.

import { home } from '../app.js';
import { field, form } from '../components/form.js';
import { JoinPrice } from '../components/join-price.js';
import { orToast } from '../components/toast.js';
import { el, fill } from '../dom.js';
import { invitation } from '../invitation.js';
import { invitationToken, roomIdOf } from '../router.js';
import { View } from '../view.js';
import '../components/open-invitations.js';

customElements.define(
  'hex-join',
  class extends View {
    enter() {
      this.#show(invitation.token || home().invitations.open.length > 0 ? 'invitation' : 'password');
    }

    /** @param {'invitation' | 'password'} way */
    #show(way) {
      fill(
        this,
        el(
          'div',
          { class: 'page narrow' },
          el('h1', {}, 'Join a room'),
          document.createElement('hex-open-invitations'),
          el(
            'div',
            { class: 'choice', role: 'group', 'aria-label': 'How to join' },
            this.#tab(way, 'password', 'Id and password'),
            this.#tab(way, 'invitation', 'Invitation'),
          ),
          way === 'invitation' ? byInvitation() : byPassword(),
        ),
      );
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
  },
);

function byPassword() {
  const price = new JoinPrice();
  const roomId = field('roomId', 'Room id', {
    required: true,
    spellcheck: 'false',
    hint: 'The room’s link will do too. Everybody in the room can see both under “Share”.',
  });
  const named = (/** @type {Event} */ { target }) => roomIdOf(/** @type {HTMLInputElement} */ (target).value);
  roomId.addEventListener('input', (event) => price.name(named(event)));
  roomId.addEventListener('change', (event) => orToast(price.lookUp(named(event))));
  return form(
    {
      action: 'Join',
      fieldOf: { room_not_found: 'roomId', wrong_room_password: 'password' },
      onsubmit: ({ roomId: text, password }) => {
        const roomId = roomIdOf(text);
        return price.pay(roomId, () => home().rooms.join({ roomId, password }));
      },
    },
    roomId,
    field('password', 'Room password', { shared: true, required: true }),
    price,
  );
}

function byInvitation() {
  const price = new JoinPrice();
  const fieldOf = {
    invitation_invalid: 'invitation',
    invitation_expired: 'invitation',
    invitation_used: 'invitation',
    invitation_revoked: 'invitation',
  };
  const join = async (/** @type {Record<string, string>} */ { invitation: text }) => {
    // A text that is not a token is treated like an unknown invitation.
    const token = invitationToken(text) ?? 'none';
    await price.pay('', async () => {
      const paid = await home().rooms.join({ invitationToken: token });
      invitation.forget();
      return paid;
    });
  };
  return form(
    { action: 'Join', fieldOf, onsubmit: join },
    field('invitation', 'Invitation link', {
      value: invitation.token ?? '',
      required: true,
      spellcheck: 'false',
      hint: 'It replaces the password and works only once, only for you.',
    }),
    price,
  );
}
