// A room's timeline on screen: it follows the newest messages while scrolled to the end, keeps its position
// otherwise, and loads more when it is scrolled near an edge.

import { home } from '../app.js';
import { el, fill, reconcile } from '../dom.js';
import { load } from '../on-demand.js';
import { rows } from '../room/rows.js';
import { today } from '../today.js';
import { View } from '../view.js';
import { seenBy } from '../wording/names.js';
import { number } from '../wording/numbers.js';
import { actionsOf, drawRow, renderKey } from './message-row.js';
import { orToast } from './toast.js';

/** @import { Message } from '../types.d.ts' */
/** @import { RoomState } from '../state/room.js' */

/** How near the end still counts as the end, in pixels. */
const AT_END = 48;
/** How far ahead of the reader history is loaded, in pixels. */
const REACH = 1_000;

/**
 * Fires `edit` with a message as `detail` when its author wants to change it, and `rewrite` with an unsent one that
 * the server refuses as it is.
 */
export class MessageList extends View {
  /** @type {RoomState} */
  room;
  #list = el('ol', { class: 'messages', 'aria-label': 'Messages' });
  #start = el('p', { class: 'beginning' });
  #jump = el('button', { type: 'button', class: 'jump', hidden: true });
  #scroller = el('div', { class: 'scroller' }, this.#start, this.#list);
  /** @type {Map<string, {element: HTMLElement, shown: string}>} */
  #kept = new Map();
  #isAtEnd = true;
  /** Where the list stood when it was last looked at. */
  #scrollTop = 0;
  /** Whether the newest message is in the list, and not only in the timeline. */
  #showsNewest = false;
  #isPlaced = false;
  /** @type {number | null} where reading had stopped when the room was opened */
  #readSeq;

  /** @param {RoomState} room */
  constructor(room) {
    super();
    this.room = room;
    this.#readSeq = room.unread > 0 ? room.readSeq : null;
    this.append(this.#scroller, this.#jump);
  }

  enter() {
    const { rooms, outbox, people, connection } = home();
    const ofThisRoom = (/** @type {CustomEvent} */ { detail }) =>
      detail === this.room.roomId && this.drawSoon();
    this.listen(rooms, 'room', ofThisRoom);
    this.listen(outbox, 'change', ofThisRoom);
    this.listen(people, 'change', () => this.drawSoon());
    this.listen(today, 'change', () => this.drawSoon());
    this.listen(connection, 'state', () => this.drawSoon());
    this.listen(document, 'visibilitychange', () => this.#markRead());
    this.listen(this.#scroller, 'scroll', () => this.#scrolled());
    this.listen(this.#list, 'keydown', (event) => this.#walk(event));
    this.listen(this.#list, 'focusin', (event) => this.#rove(event.target.closest('.message')));
    for (const sign of ['focusin', 'pointerover']) {
      this.listen(this.#list, sign, (event) => this.#offer(event.target.closest('.message')));
    }
    this.listen(this.#jump, 'click', () => this.toEnd());
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(this.#scroller);
    sizes.observe(this.#list);
    this.signal.addEventListener('abort', () => sizes.disconnect());
    this.draw();
  }

  /** Shows the newest messages. */
  async toEnd() {
    if (this.room.timeline.hasNewer) await orToast(home().rooms.openTimeline(this.room));
    this.#notice();
    this.#isAtEnd = true;
    this.draw();
  }

  /** The newest message of one's own that can be edited. */
  get lastOwn() {
    const { me } = home();
    return this.room.timeline.messages().findLast(({ senderId, deleted }) => senderId === me && !deleted);
  }

  draw() {
    const { me, outbox } = home();
    const { timeline } = this.room;
    if (!timeline.isOpen) return fill(this.#start, 'Loading…');
    this.#notice();
    const anchor = this.#isAtEnd ? null : this.#anchor();
    const unsent = timeline.hasNewer ? [] : outbox.of(this.room.roomId);
    const laidOut = rows(timeline.items, unsent, { me, readSeq: this.#readSeq, now: new Date() });
    const view = this.#view();
    reconcile(
      this.#list,
      laidOut,
      this.#kept,
      (row) => drawRow(row, view),
      (row) => renderKey(row, view),
    );
    this.#showsNewest = !timeline.hasNewer;
    this.#start.textContent = this.#beginning();
    this.#keepOneInReach();
    this.#place(anchor);
    this.#showJump();
    this.#load();
    this.#markRead();
  }

  #beginning() {
    const { timeline, isOwn } = this.room;
    if (timeline.hasOlder) return 'Loading earlier messages…';
    if (timeline.items.length > 0) return 'This is the beginning of the room.';
    const nothing = 'There are no messages yet.';
    return isOwn ? `${nothing} Give others the room’s id and password, or invite them.` : nothing;
  }

  /** @returns {import('./message-row.js').RowView} */
  #view() {
    const { rooms, outbox, connection, people } = home();
    const { room, lastOwn } = this;
    const readers = room.others.filter(({ readSeq }) => lastOwn && readSeq >= lastOwn.seq);
    return {
      isOwner: room.isOwn,
      isOnline: connection.isUp,
      lastOwn: lastOwn?.messageId ?? null,
      receipt: room.members
        ? seenBy(
            readers.map(({ userId }) => people.label(userId)),
            room.others.length,
          )
        : '',
      edit: (message) => this.dispatchEvent(new CustomEvent('edit', { detail: message })),
      remove: (message) => orToast(askToDelete(message, () => rooms.delete(room.roomId, message.messageId))),
      rewrite: (unsent) => this.dispatchEvent(new CustomEvent('rewrite', { detail: unsent })),
      retry: ({ clientMessageId }) => outbox.retry(clientMessageId),
      discard: ({ clientMessageId }) => outbox.remove(clientMessageId),
    };
  }

  /** @param {{key: string, bottom: number} | null} anchor what must keep its position, or null for the end */
  #place(anchor) {
    const unread = this.#isPlaced ? null : this.#list.querySelector('.divider.new');
    this.#isPlaced = true;
    if (unread) {
      unread.scrollIntoView({ block: 'center' });
      this.#isAtEnd = this.#distanceToEnd() < AT_END;
    } else if (anchor) {
      const row = this.#kept.get(anchor.key)?.element;
      if (row) this.#scroller.scrollTop += row.getBoundingClientRect().bottom - anchor.bottom;
    } else this.#scrollToEnd();
  }

  /** The key of the first visible message or event; its element may be drawn again. */
  #anchor() {
    const { top } = this.#scroller.getBoundingClientRect();
    for (const [key, { element }] of this.#kept) {
      const at = element.getBoundingClientRect();
      // A divider may move between other rows. What is above a message in its row may go when an older page joins it,
      // so its end counts.
      if (at.bottom > top && !element.matches('.divider')) return { key, bottom: at.bottom };
    }
    return null;
  }

  /** Only scrolling leaves the end, not new messages; scroll events come late, so the position is compared. */
  #notice() {
    const { scrollTop } = this.#scroller;
    if (scrollTop === this.#scrollTop) return;
    this.#scrollTop = scrollTop;
    this.#isAtEnd = this.#showsNewest && this.#distanceToEnd() < AT_END;
  }

  #resized() {
    this.#notice();
    if (this.#isAtEnd) this.#scrollToEnd();
  }

  #scrolled() {
    this.#notice();
    this.#showJump();
    this.#load();
    this.#markRead();
  }

  /** Without a connection nothing can be loaded; this is drawn again when it is back. */
  #load() {
    const { rooms, connection } = home();
    if (!connection.isUp) return;
    const { timeline } = this.room;
    if (timeline.hasOlder && this.#scroller.scrollTop < REACH) orToast(rooms.loadOlder(this.room));
    else if (timeline.hasNewer && this.#distanceToEnd() < REACH) orToast(rooms.loadNewer(this.room));
  }

  #markRead() {
    if (this.#isAtEnd && this.room.timeline.isOpen && !document.hidden) home().rooms.markRead(this.room);
  }

  #distanceToEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  #scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#scrollTop = this.#scroller.scrollTop;
  }

  #showJump() {
    const { unread } = this.room;
    this.#jump.hidden = this.#isAtEnd;
    this.#jump.textContent = unread > 0 ? `${number(unread)} new` : 'Jump to the newest';
  }

  /** @param {KeyboardEvent} event the arrow keys move between messages */
  #walk(event) {
    const step = { ArrowUp: 'previousElementSibling', ArrowDown: 'nextElementSibling' }[event.key];
    const from = /** @type {Element} */ (event.target).closest('.message');
    if (!step || !from) return;
    event.preventDefault();
    let row = from;
    do row = /** @type {any} */ (row)[step];
    while (row && !row.matches('.message'));
    /** @type {HTMLElement | null} */ (row)?.focus();
  }

  /** @param {HTMLElement | null} row the one message that the tab key reaches */
  #rove(row) {
    if (!row) return;
    for (const other of this.#list.querySelectorAll('.message[tabindex="0"]'))
      other.setAttribute('tabindex', '-1');
    row.tabIndex = 0;
  }

  /**
   * The actions are only beside the message that is pointed at or has the focus: beside all of them, they would be
   * most of the page.
   * @param {HTMLElement | null} row
   */
  #offer(row) {
    const message = this.room.timeline.find(row?.dataset.message ?? '');
    if (!row || !message || message.deleted || row.querySelector('.actions')) return;
    for (const offered of this.#list.querySelectorAll('.actions')) {
      if (!offered.parentElement?.contains(document.activeElement)) offered.remove();
    }
    row.querySelector('.bubble')?.after(actionsOf(message, this.#view()));
  }

  #keepOneInReach() {
    /** @type {NodeListOf<HTMLElement>} */
    const messages = this.#list.querySelectorAll('.message');
    const isAnyInReach = Array.from(messages).some((message) => message.tabIndex === 0);
    if (!isAnyInReach) this.#rove(messages[messages.length - 1] ?? null);
  }
}

customElements.define('hex-messages', MessageList);

/**
 * @param {Message} message
 * @param {() => Promise<unknown>} remove
 */
async function askToDelete({ body }, remove) {
  const { confirm } = await load('components/dialog.js');
  confirm({
    title: 'Delete this message?',
    words: 'It will be deleted for good, for everybody.',
    content: el('blockquote', { dir: 'auto' }, body ?? ''),
    action: 'Delete',
    onconfirm: remove,
  });
}
