// What a room's owner sees while nobody else is there and nothing has been said: how to let others in.

import { home } from '../app.js';
import { el, fill, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { View } from '../view.js';
import { passwordOf, shared } from './share.js';
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
    const { passwords, rooms } = home();
    this.listen(rooms, 'room', ({ detail }) => detail === this.#room.roomId && this.draw());
    this.listen(passwords, 'change', () => this.draw());
    this.draw();
  }

  draw() {
    const { isOwn, others, members, timeline } = this.#room;
    const isEmpty = isOwn && members !== null && others.length === 0 && timeline.messages().length === 0;
    const wanted = isEmpty ? `empty ${passwordOf(this.#room)}` : '';
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    fill(this, isEmpty && this.#offer());
  }

  #offer() {
    const room = this.#room;
    return el(
      'section',
      { class: 'empty-room', 'aria-label': 'Let others in' },
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
        action('share', 'QR code', async () => (await load('components/share.js')).openShare(room)),
        action('invite', 'Invite friends', async () =>
          (await load('components/invitations.js')).openInvitations(room),
        ),
      ),
    );
  }
}

customElements.define('hex-empty-room', EmptyRoom);

/**
 * @param {string} picture
 * @param {string} words
 * @param {() => Promise<void>} open
 */
function action(picture, words, open) {
  return el(
    'button',
    { type: 'button', class: 'button', onclick: () => orToast(open()) },
    icon(picture),
    words,
  );
}
