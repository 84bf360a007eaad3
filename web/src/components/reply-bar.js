// Says above the composer what the message being written replies to.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { patch } from '../patch.js';
import { originalOf } from '../state/originals.js';
import { View } from '../view.js';
import { quoted, quoteFrom } from './quote.js';

/** @import { RoomState } from '../state/room.js' */

/** Fires `cancel` when it shall be no reply. */
export class ReplyBar extends View {
  #room;
  #messageId;

  /** @param {RoomState} room @param {string} messageId */
  constructor(room, messageId) {
    super();
    this.#room = room;
    this.#messageId = messageId;
  }

  enter() {
    const { rooms, people } = home();
    this.listen(rooms, 'room', ({ detail }) => detail === this.#room.roomId && this.drawSoon());
    this.listen(people, 'change', () => this.drawSoon());
    this.draw();
  }

  draw() {
    const original = originalOf(this.#room, home().api.messages, this.#messageId);
    patch(
      this,
      icon('reply'),
      el('p', { class: 'quote' }, quoted(quoteFrom(original))),
      el(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': 'Cancel the reply',
          title: 'Cancel the reply (Esc)',
          onclick: () => this.dispatchEvent(new Event('cancel')),
        },
        icon('close'),
      ),
    );
  }
}

customElements.define('hex-reply-bar', ReplyBar);
