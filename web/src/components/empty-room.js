// What a room's owner sees while nobody else is there and nothing has been said: how to let others in.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { patch } from '../patch.js';
import { View } from '../view.js';
import { openShare, passwordOf, shared } from './share.js';
import { orToast } from './toast.js';

/** @import { RoomState } from '../state/room.js' */

export class EmptyRoom extends View {
  #room;
  #shown = '';

  /** @param {RoomState} room */
  constructor(room) {
    super();
    this.#room = room;
  }

  enter() {
    const { outbox, passwords, rooms } = home();
    const ofThisRoom = (/** @type {CustomEvent} */ { detail }) => detail === this.#room.roomId && this.draw();
    this.listen(rooms, 'room', ofThisRoom);
    this.listen(outbox, 'change', ofThisRoom);
    this.listen(passwords, 'change', () => this.draw());
    this.draw();
  }

  draw() {
    const key = this.#isEmpty() ? `offer ${passwordOf(this.#room)}` : '';
    if (key === this.#shown) return;
    this.#shown = key;
    patch(this, key !== '' && this.#offer(key));
  }

  #isEmpty() {
    const { roomId, isOwn, others, members, timeline } = this.#room;
    const isAlone = isOwn && members !== null && others.length === 0;
    const isSilent = timeline.isOpen && !timeline.hasOlder && timeline.messages().length === 0;
    return isAlone && isSilent && home().outbox.of(roomId).length === 0;
  }

  /** @param {string} key */
  #offer(key) {
    const room = this.#room;
    return el(
      'section',
      { class: 'empty-room', key, 'aria-label': 'Let others in' },
      el('h2', {}, 'Let others in'),
      el(
        'p',
        {},
        `There are ${room.about.seats - 1} empty seats. Give the link and the password to those you want here.`,
      ),
      shared(room),
      el(
        'div',
        { class: 'form-actions' },
        action('share', 'QR code', () => openShare(room)),
        action('invite', 'Invite friends', () =>
          orToast(load('components/invitations.js').then((open) => open.openInvitations(room))),
        ),
      ),
    );
  }
}

customElements.define('hex-empty-room', EmptyRoom);

/**
 * @param {string} picture
 * @param {string} words
 * @param {() => unknown} onclick
 */
function action(picture, words, onclick) {
  return el('button', { type: 'button', class: 'button', onclick }, icon(picture), words);
}
