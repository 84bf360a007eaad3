// The message composer. Its draft survives switching rooms and reloading.

import { home } from '../app.js';
import { el, icon } from '../dom.js';
import { TYPING_EVERY_MS } from '../room/typing.js';
import { newClientMessageId } from '../server/device.js';
import { View } from '../view.js';
import { orToast, showToast } from './toast.js';

/** @import { Draft } from '../room/drafts.js' */
/** @import { Message } from '../types.d.ts' */

const LONGEST = 4_000;
/** From this length, the remaining characters are shown. */
const NEARLY = 3_600;

/** Fires `sent`, and `edit-last` to edit one's last message. */
export class Composer extends View {
  #roomId;
  /** @type {Draft} */
  #draft = { text: '' };
  #typingSentAt = 0;
  #text = el('textarea', {
    class: 'input',
    rows: 1,
    dir: 'auto',
    'aria-label': 'Message',
    placeholder: 'Write a message',
    enterkeyhint: 'send',
    autocomplete: 'off',
    'aria-describedby': 'composer-left',
  });
  #left = el('span', { class: 'left', id: 'composer-left', role: 'status' });
  #editing = el(
    'p',
    { class: 'editing', hidden: true },
    icon('edit'),
    'Editing your message',
    el(
      'button',
      { type: 'button', class: 'button quiet small', onclick: () => this.#stopEditing() },
      'Cancel',
    ),
  );

  /** @param {string} roomId */
  constructor(roomId) {
    super();
    this.#roomId = roomId;
    const send = el('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, icon('send'));
    this.append(
      this.#editing,
      el(
        'form',
        { class: 'composer', onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
        this.#text,
        this.#left,
        send,
      ),
    );
  }

  enter() {
    this.#draft = home().drafts.of(this.#roomId);
    this.#show();
    this.listen(this.#text, 'input', () => this.#typed());
    this.listen(this.#text, 'keydown', (event) => this.#pressed(event));
  }

  focusText() {
    this.#text.focus();
  }

  /** @param {Message} message */
  edit(message) {
    this.#keep({ text: this.#draft.text, edit: { messageId: message.messageId, text: message.body ?? '' } });
    this.#show();
    this.#text.focus();
  }

  #stopEditing() {
    this.#keep({ text: this.#draft.text });
    this.#show();
    this.#text.focus();
  }

  #show() {
    const { text, edit } = this.#draft;
    this.#editing.hidden = edit === undefined;
    this.#text.value = edit?.text ?? text;
    this.#measure();
  }

  /** @param {Draft} draft */
  #keep(draft) {
    this.#draft = draft;
    home().drafts.keep(this.#roomId, draft);
  }

  #typed() {
    this.#measure();
    const { edit } = this.#draft;
    const text = this.#text.value;
    this.#keep(edit ? { ...this.#draft, edit: { ...edit, text } } : { text });
    if (edit) return;
    const now = Date.now();
    if (this.#text.value.trim() === '' || now - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = now;
    home().rooms.sendTyping(this.#roomId);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) this.#submit(event);
    else if (event.key === 'Escape' && this.#draft.edit) this.#stopEditing();
    else if (event.key === 'ArrowUp' && this.#text.value === '') {
      event.preventDefault();
      this.dispatchEvent(new Event('edit-last'));
    }
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const body = this.#text.value.trim();
    const length = lengthOf(body);
    if (length === 0) return;
    if (length > LONGEST)
      return showToast(
        `A message can have at most ${LONGEST} characters; this one has ${length}.`,
        'trouble',
      );
    if (this.#draft.edit) this.#change(this.#draft.edit, body);
    else this.#send(body);
  }

  /** @param {string} body */
  #send(body) {
    home().outbox.add(newClientMessageId(Date.now()), this.#roomId, body);
    this.#keep({ text: '' });
    this.#show();
    this.#typingSentAt = 0;
    this.dispatchEvent(new Event('sent'));
  }

  /**
   * @param {{messageId: string}} message
   * @param {string} body
   */
  async #change({ messageId }, body) {
    if (await orToast(home().rooms.edit(this.#roomId, messageId, body))) this.#stopEditing();
  }

  #measure() {
    const length = lengthOf(this.#text.value);
    this.#left.textContent = length < NEARLY ? '' : `${LONGEST - length} left`;
    this.#left.classList.toggle('trouble', length > LONGEST);
    this.#text.style.setProperty('--lines', String(Math.min(8, this.#text.value.split('\n').length)));
  }
}

customElements.define('hex-composer', Composer);

/**
 * The length in characters, as the server counts it; a string's own length is in UTF-16 units.
 * @param {string} text
 */
function lengthOf(text) {
  return [...text].length;
}
