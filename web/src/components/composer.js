// The message composer. Its draft survives switching rooms and reloading.

import { home } from '../app.js';
import { el, fill, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { bodyOf, LONGEST, lengthOf } from '../room/body.js';
import { isOriginalGone } from '../room/outbox.js';
import { TYPING_EVERY_MS } from '../room/typing.js';
import { newClientMessageId } from '../server/device.js';
import { attempt } from '../server/errors.js';
import { View } from '../view.js';
import { number } from '../wording/numbers.js';
import { orToast, showToast } from './toast.js';

/** @import { Draft } from '../room/drafts.js' */
/** @import { Message, Unsent } from '../types.d.ts' */

/** From this length, the remaining characters are shown. */
const NEARLY = 3_600;

/** More than this is not a message that somebody would shorten, and browsers stall over a million characters. */
const MOST_AT_ONCE = 5 * LONGEST;

const MOST = `A message can have at most ${number(LONGEST)} characters.`;

/** Whether the browser itself lets a field grow with its text. */
const GROWS = CSS.supports('field-sizing', 'content');

/** Keyboards on a screen have one key for a new line, and none beside it that could be held. */
const hasTouchKeyboard = () => matchMedia('(pointer: coarse)').matches;

/** Fires `sent`, and `edit-last` to edit one's last message. */
export class Composer extends View {
  #roomId;
  /** @type {Draft} */
  #draft = { text: '' };
  /** When others were last told that somebody types here, or 0 if they do not. */
  #typingSentAt = 0;
  #rooms = home().rooms;
  #text = el('textarea', {
    class: 'input',
    rows: 1,
    dir: 'auto',
    'aria-label': 'Message',
    placeholder: 'Write a message',
    autocomplete: 'off',
    'aria-describedby': 'composer-left',
  });
  /** What is offered behind a sign, once it was typed. @type {Map<string, import('./suggestions.js').Suggestions>} */
  #offers = new Map();
  #replying = el('div', { class: 'replying' });
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
      this.#replying,
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
    this.#text.enterKeyHint = hasTouchKeyboard() ? 'enter' : 'send';
    this.listen(this.#text, 'beforeinput', (event) => this.#refuseTooMuch(event));
    this.listen(this.#text, 'input', () => this.#typed());
    this.listen(this.#text, 'keydown', (event) => this.#pressed(event));
    this.listen(
      home().connection,
      'state',
      () => this.#replying.querySelector('.editing') && attempt(this.#showReply()),
    );
    const width = new ResizeObserver(() => this.#grow());
    width.observe(this);
    this.signal.addEventListener('abort', () => width.disconnect());
  }

  leave() {
    this.#tellTyping(false);
  }

  focusText() {
    this.#text.focus();
  }

  /** @param {Message} message */
  edit(message) {
    this.#keep({ ...this.#draft, edit: { messageId: message.messageId, text: message.body ?? '' } });
    this.#show();
    this.#text.focus();
  }

  /** @param {Message} message */
  reply({ messageId, seq }) {
    if (this.#draft.edit) return showToast('Finish or cancel your edit before you reply.', 'trouble');
    this.#keep({ text: this.#draft.text, replyTo: { messageId, seq } });
    this.#show();
    this.#text.focus();
  }

  /**
   * Takes a text back to be changed, before anything that has been written since. It is no reply any more if what it
   * replied to is gone.
   * @param {Unsent} unsent
   */
  rewrite({ body, replyTo, problem }) {
    const { text } = this.#draft;
    const isReply = replyTo && !isOriginalGone({ replyTo, problem });
    this.#keep({
      ...this.#draft,
      text: text === '' ? body : `${body}\n${text}`,
      ...(isReply && { replyTo }),
    });
    this.#show();
    this.#text.focus();
  }

  #stopReplying() {
    const { replyTo: _, ...draft } = this.#draft;
    this.#keep(draft);
    this.#show();
    this.#text.focus();
  }

  #stopEditing() {
    const { edit: _, ...draft } = this.#draft;
    this.#keep(draft);
    this.#show();
    this.#text.focus();
  }

  #show() {
    const { text, edit } = this.#draft;
    this.#editing.hidden = edit === undefined;
    this.#text.value = edit?.text ?? text;
    this.#measure();
    attempt(this.#showReply());
  }

  /** Says at least that it is a reply until it can be said to what. */
  async #showReply() {
    const { replyTo, edit } = this.#draft;
    const isReply = replyTo && !edit;
    fill(this.#replying, isReply && el('p', { class: 'editing' }, icon('reply'), 'Replying to a message'));
    if (!isReply) return;
    // The message itself will need what it is drawn with also while nothing can be loaded.
    const [{ ReplyBar }] = await Promise.all([
      load('components/reply-bar.js'),
      load('components/message-extras.js'),
    ]);
    const room = this.#rooms.all.get(this.#roomId);
    if (!room || this.#draft.replyTo !== replyTo || this.#draft.edit) return;
    const bar = new ReplyBar(room, replyTo.messageId);
    bar.addEventListener('cancel', () => this.#stopReplying());
    fill(this.#replying, bar);
  }

  /** @param {Draft} draft */
  #keep(draft) {
    this.#draft = draft;
    home().drafts.keep(this.#roomId, draft);
  }

  /** @param {string} sign */
  async #offer(sign) {
    const room = this.#rooms.all.get(this.#roomId);
    if (!room || this.#offers.has(sign) || !this.#text.value.includes(sign)) return;
    const list =
      sign === '@'
        ? new (await load('components/mention-list.js')).MentionList(room, this.#text)
        : await (await load('components/emoji-list.js')).emojiList(this.#text);
    if (this.#offers.has(sign)) return;
    this.#offers.set(sign, list);
    this.#text.before(list);
  }

  #typed() {
    for (const sign of '@:') attempt(this.#offer(sign));
    this.#measure();
    const { edit } = this.#draft;
    const text = this.#text.value;
    this.#keep({ ...this.#draft, ...(edit ? { edit: { ...edit, text } } : { text }) });
    if (!edit) this.#tellTyping(text.trim() !== '');
  }

  /** @param {boolean} isTyping */
  #tellTyping(isTyping) {
    const now = Date.now();
    if (isTyping ? now - this.#typingSentAt < TYPING_EVERY_MS : this.#typingSentAt === 0) return;
    this.#typingSentAt = isTyping ? now : 0;
    this.#rooms.sendTyping(this.#roomId, isTyping);
  }

  /** @param {InputEvent} event */
  #refuseTooMuch(event) {
    const { length } = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
    if (length <= MOST_AT_ONCE) return;
    event.preventDefault();
    showToast(`That is too much: about ${number(length)} characters. ${MOST}`, 'trouble');
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // The keys of an input method are its own. Safari ends the composition before the key that ends it, which has
    // this code then.
    if (event.isComposing || event.keyCode === 229) return;
    if ([...this.#offers.values()].some((list) => list.press(event))) return;
    const sends = event.ctrlKey || event.metaKey || !(event.shiftKey || hasTouchKeyboard());
    if (event.key === 'Enter' && sends) this.#submit(event);
    else if (event.key === 'Escape' && this.#draft.edit) this.#stopEditing();
    else if (event.key === 'Escape' && this.#draft.replyTo) this.#stopReplying();
    else if (event.key === 'ArrowUp' && this.#text.value === '') {
      event.preventDefault();
      this.dispatchEvent(new Event('edit-last'));
    }
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const body = bodyOf(this.#text.value);
    const length = lengthOf(body);
    if (length === 0) return;
    if (length > LONGEST) return showToast(`${MOST} This one has ${number(length)}.`, 'trouble');
    if (this.#draft.edit) this.#change(this.#draft.edit, body);
    else this.#send(body);
  }

  /** @param {string} body */
  #send(body) {
    home().outbox.add(newClientMessageId(Date.now()), this.#roomId, body, this.#draft.replyTo);
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
    this.#left.textContent = length < NEARLY ? '' : `${number(LONGEST - length)} left`;
    this.#left.classList.toggle('trouble', length > LONGEST);
    this.#grow();
  }

  /** Makes the field as high as its text, up to the limit of its style. */
  #grow() {
    if (GROWS) return;
    const { style } = this.#text;
    style.blockSize = '';
    const { scrollHeight, offsetHeight, clientHeight } = this.#text;
    style.blockSize = `${scrollHeight + offsetHeight - clientHeight}px`;
  }
}

customElements.define('hex-composer', Composer);
