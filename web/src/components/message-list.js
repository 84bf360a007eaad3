// A room's timeline on screen: it follows the newest messages while scrolled to the end, keeps its position
// otherwise, and loads more when it is scrolled near an edge. What is unread is never scrolled away by itself.

import { home } from '../app.js';
import { followAttention, isLookedAt } from '../attention.js';
import { el } from '../dom.js';
import { load } from '../on-demand.js';
import { KeyedList, patch } from '../patch.js';
import { afterFirstScreen } from '../prefetch.js';
import { Reading } from '../room/reading.js';
import { isFromOthers, rows, seqOf } from '../room/rows.js';
import { today } from '../today.js';
import { View } from '../view.js';
import { emptyRoom, seenBy } from '../wording/names.js';
import { number } from '../wording/numbers.js';
import { ExtrasLoader } from './extras-loader.js';
import { drawRow, renderKey } from './message-row.js';
import { followPress } from './press.js';
import { RovingFocus } from './roving-focus.js';
import { orToast } from './toast.js';
import { Viewport } from './viewport.js';

/** @import { Row } from '../room/rows.js' */
/** @import { RoomState } from '../state/room.js' */
/** @import { Message, MessageRef } from '../types.d.ts' */
/** @import { RowView } from './message-row.js' */
/** @import { OfferedActions } from './offered-actions.js' */

/** How near the end still counts as the end, in pixels. */
const AT_END = 48;
/** How far ahead of the reader history is loaded, in pixels. */
const REACH = 1_000;
/** How long a message stays marked to which somebody went. */
const MARKED_MS = 3_000;
/** How many pixels to leave above the first unread message, for its divider and the last lines already read. */
const CONTEXT = 96;

/** @typedef {'first' | 'end' | {messageId: string}} Target */

/**
 * Fires `reply` with a message as `detail`, `edit` with one that its author wants to change, and `rewrite` with an unsent one that
 * the server refuses as it is.
 */
export class MessageList extends View {
  /** @type {RoomState} */
  room;
  #list = el('ol', { class: 'messages', 'aria-label': 'Messages' });
  #start = el('p', { class: 'beginning' });
  #jumps = el('div', { class: 'jumps' });
  #scroller = el('div', { class: 'scroller' }, this.#start, this.#list);
  #viewport = new Viewport(this.#scroller);
  #focus = new RovingFocus(this.#list, '.message');
  /** @type {KeyedList<Row>} */
  #rows = new KeyedList(this.#list, {
    draw: (row) => drawRow(row, this.#view),
    look: (row) => renderKey(row, this.#view),
  });
  /** @type {RowView} */
  #view;
  /** @type {OfferedActions | undefined} */
  #actions;
  #extras;
  #isAtEnd = true;
  /** While a pointer is down, nothing may move out from under it. */
  #isPressed = false;
  /** Where the list stood when it was last looked at. */
  #scrollTop = 0;
  /** The first and the last item in the list, and not only in the timeline. @type {unknown[]} */
  #drawn = [];
  /** Whether the newest message is in the list, and not only in the timeline. */
  #showsNewest = false;
  /** How far the log was known when the list was drawn. */
  #drawnUpTo = 0;
  /** @type {Target | null} where to scroll as soon as it is loaded */
  #target = null;
  /** @type {Reading} */
  #reading;
  #timeline;

  /** @param {RoomState} room */
  constructor(room) {
    super();
    this.room = room;
    this.#extras = new ExtrasLoader(room, () => this.#offerActions());
    this.#view = this.#viewNow();
    this.#timeline = room.timeline;
    this.#reading = this.#begin();
    this.append(this.#scroller, this.#jumps);
  }

  enter() {
    const { rooms, outbox, people, connection } = home();
    const ofThisRoom = (/** @type {CustomEvent} */ { detail }) =>
      detail === this.room.roomId && this.drawSoon();
    this.listen(rooms, 'room', ofThisRoom);
    this.listen(outbox, 'change', ofThisRoom);
    this.listen(people, 'change', () => this.drawSoon());
    this.listen(today, 'change', () => this.drawSoon());
    this.listen(connection, 'state', () => this.#reconnected());
    this.listen(rooms, 'sought', () => this.#seek());
    followAttention(this, () => this.#look());
    this.listen(this.#scroller, 'scroll', () => this.#scrolled());
    followPress(this, this.#list, (isPressed) => {
      this.#isPressed = isPressed;
      if (!isPressed) this.drawSoon();
    });
    this.listen(this.#list, 'keydown', (event) => this.#focus.walk(event) || this.#actions?.act(event));
    this.listen(this.#list, 'focusin', (event) => this.#focus.move(event.target.closest('.message')));
    for (const sign of ['focusin', 'pointerover']) this.listen(this.#list, sign, () => this.#extras.load());
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(this.#scroller);
    sizes.observe(this.#list);
    this.signal.addEventListener('abort', () => sizes.disconnect());
    afterFirstScreen.then(() => this.#extras.load());
    this.#offerActions();
    this.#open();
    this.draw();
    this.#seek();
  }

  /** Shows the newest messages. */
  async toEnd() {
    if (this.room.timeline.hasNewer) await orToast(home().rooms.history.open(this.room));
    if (!this.room.timeline.hasNewer) this.#goTo('end');
  }

  /** Shows the first message that is unread or was passed over. */
  async toFirst() {
    const { room } = this;
    const isThere = () => this.#reading.first === null || room.timeline.continues(this.#reading.first.after);
    if (!isThere()) await orToast(home().rooms.history.open(room, this.#reading.first?.after));
    if (isThere()) this.#goTo('first');
  }

  /** Shows the message to which somebody goes from elsewhere. */
  #seek() {
    const { sought } = this.room;
    this.room.sought = null;
    if (sought) this.show(sought);
  }

  /** Shows a message among those around it, and marks it for a while. @param {MessageRef} place */
  async show({ messageId, seq }) {
    const { room } = this;
    const isThere = () => room.timeline.find(messageId) !== undefined;
    if (!isThere()) await orToast(home().rooms.history.open(room, seq));
    if (isThere()) this.#goTo({ messageId });
  }

  /** @param {HTMLElement} row */
  #mark(row) {
    row.dataset.marked = '';
    setTimeout(() => delete row.dataset.marked, MARKED_MS);
    // On a touch screen the focus would bring the message's actions.
    if (matchMedia('(pointer: fine)').matches) row.focus({ preventScroll: true });
  }

  /** The newest message of one's own that can be edited. */
  get lastOwn() {
    const { me } = home();
    return this.room.timeline.messages().findLast(({ senderId, deleted }) => senderId === me && !deleted);
  }

  draw() {
    const { me, outbox } = home();
    const { room } = this;
    const { timeline, roomId } = room;
    // Rows that are there already stay meanwhile.
    const isReady = this.#extras.isReady || this.#rows.rows.length > 0;
    if (!timeline.isOpen || !isReady) return patch(this.#start, 'Loading…');
    if (timeline !== this.#timeline) {
      this.#timeline = timeline;
      this.#reading = this.#begin();
    }
    this.#notice();
    const anchor = this.#anchor();
    const { divider } = this.#reading;
    const readSeq = divider !== null && timeline.continues(divider) ? divider : null;
    const unsent = timeline.hasNewer ? [] : outbox.of(roomId);
    this.#view = this.#viewNow();
    this.#rows.show(rows(timeline.items, unsent, { me, readSeq, now: new Date() }));
    this.#drawn = [timeline.items[0], timeline.items.at(-1)];
    this.#showsNewest = !timeline.hasNewer;
    this.#drawnUpTo = room.log.seq;
    patch(this.#start, this.#beginning());
    this.#focus.keepInReach();
    this.#place(anchor);
    this.#look();
    this.#load();
  }

  #beginning() {
    const { timeline, others } = this.room;
    if (timeline.hasOlder) return 'Loading earlier messages…';
    if (timeline.items.length > 0) return 'This is the beginning of the room.';
    const { people } = home();
    return emptyRoom(others.map(({ userId }) => people.label(userId)));
  }

  /** @returns {RowView} */
  #viewNow() {
    const { rooms, outbox, connection, people } = home();
    const { room, lastOwn } = this;
    const readers = room.others.filter(({ readSeq }) => lastOwn && readSeq >= lastOwn.seq);
    return {
      isOwner: room.isOwn,
      isOnline: connection.isUp,
      extras: this.#extras.extras,
      isOffered: (key) => this.#actions?.includes(key) ?? false,
      lastOwn: lastOwn?.messageId ?? null,
      receipt: room.members
        ? seenBy(
            readers.map(({ userId }) => people.label(userId)),
            room.others.length,
          )
        : '',
      react: (message) => orToast(this.#react(message)),
      reply: (message) => this.dispatchEvent(new CustomEvent('reply', { detail: message })),
      show: (place) => this.show(place),
      edit: (message) => this.dispatchEvent(new CustomEvent('edit', { detail: message })),
      remove: async (message) => {
        const actions = await orToast(load('components/message-actions.js'));
        actions?.askToDelete(message, () => rooms.delete(room.roomId, message.messageId));
      },
      rewrite: (unsent) => this.dispatchEvent(new CustomEvent('rewrite', { detail: unsent })),
      retry: ({ clientMessageId }) => outbox.retry(clientMessageId),
      discard: ({ clientMessageId }) => outbox.remove(clientMessageId),
    };
  }

  /** A visit to the room, or to its new log, begins at the first unread message. */
  #begin() {
    const { room } = this;
    this.#target = room.unreadAfter === null ? 'end' : 'first';
    return new Reading(room, (seq) => home().rooms.markRead(room, seq));
  }

  /** Loads the messages to begin with, unless they are there. */
  #open() {
    const { room } = this;
    const { timeline, unreadAfter } = room;
    const isThere =
      unreadAfter === null ? timeline.isOpen && !timeline.hasNewer : timeline.continues(unreadAfter);
    if (!isThere) orToast(home().rooms.history.open(room, unreadAfter));
  }

  #reconnected() {
    this.#extras.retry();
    if (home().connection.isUp && (this.#target || !this.room.timeline.isOpen)) this.#open();
    this.drawSoon();
  }

  /** @param {Target} target */
  #goTo(target) {
    this.#target = target;
    if (this.isConnected) this.draw();
  }

  /** @param {{key: string, end: number} | null} anchor what must keep its position */
  #place(anchor) {
    if (this.#target) this.#scrollToTarget(this.#target);
    else if (this.#isAtEnd && !this.#isPressed) this.#follow();
    else this.#restore(anchor);
    this.#scrollTop = this.#viewport.top;
  }

  /** @param {Target} target */
  #scrollToTarget(target) {
    const { timeline } = this.room;
    const { first } = this.#reading;
    const isLoading =
      (target === 'first' && first && !timeline.continues(first.after)) ||
      (target === 'end' && timeline.hasNewer);
    const isGivenUp = isLoading && !home().rooms.history.isOpening(this.room);
    if (isLoading && !isGivenUp) return;
    this.#target = null;
    if (isGivenUp) return;
    const row =
      target === 'first' ? this.#firstUnread() : target !== 'end' && this.#rows.element(target.messageId);
    this.#viewport.top = row ? this.#topFor(row) : this.#viewport.end;
    if (row && target !== 'first') this.#mark(row);
    this.#isAtEnd = this.#showsNewest && this.#viewport.distanceToEnd < AT_END;
  }

  /** Scrolls to the end, but never past the first unread message. */
  #follow() {
    const { room } = this;
    const first = room.unread > 0 && this.#firstUnread();
    const { top, end } = this.#viewport;
    const isPushedOut = room.unreadAfter !== null && !room.timeline.continues(room.unreadAfter);
    if (isPushedOut && home().connection.isUp) {
      this.#target = 'first';
      return this.#open();
    }
    this.#viewport.top = first ? Math.max(top, this.#topFor(first)) : end;
    this.#isAtEnd = this.#viewport.distanceToEnd < AT_END;
  }

  /** Where to scroll to, so that a row comes below a little of what is before it. @param {HTMLElement} row */
  #topFor(row) {
    return this.#viewport.top + this.#viewport.offsetOf(row) - CONTEXT;
  }

  /**
   * The first visible message or event; a divider may move between other rows. The sender above a
   * message may go when an older page joins it, so its bottom edge counts.
   */
  #anchor() {
    const row = this.#rows.rows.find(
      ({ element }) => this.#viewport.isBelowTop(element) && !element.matches('.divider'),
    );
    return row ? { key: row.item.key, end: this.#viewport.endOf(row.element) } : null;
  }

  /** @param {{key: string, end: number} | null} anchor */
  #restore(anchor) {
    const row = anchor && this.#rows.element(anchor.key);
    if (row) this.#viewport.top += this.#viewport.endOf(row) - anchor.end;
  }

  /** Only scrolling leaves the end, not new messages; scroll events come late, so the position is compared. */
  #notice() {
    const { top, distanceToEnd } = this.#viewport;
    if (top === this.#scrollTop) return;
    this.#scrollTop = top;
    this.#isAtEnd = this.#showsNewest && distanceToEnd < AT_END;
  }

  #resized() {
    this.#notice();
    if (this.#isAtEnd && !this.#target) this.#place(null);
    this.#look();
    this.#load();
  }

  #scrolled() {
    this.#notice();
    this.#look();
    this.#load();
  }

  /**
   * Without a connection nothing can be loaded; this is drawn again when it is back, and also when what has been loaded
   * is not drawn yet.
   */
  #load() {
    const { rooms, connection } = home();
    if (!connection.isUp) return;
    const { timeline } = this.room;
    const { items } = timeline;
    if (this.#drawn[0] !== items[0] || this.#drawn[1] !== items.at(-1)) return;
    if (timeline.hasOlder && this.#viewport.top < REACH) orToast(rooms.history.loadOlder(this.room));
    else if (timeline.hasNewer && this.#viewport.distanceToEnd < REACH)
      orToast(rooms.history.loadNewer(this.room));
  }

  /** What is on the screen has been read, if somebody is looking. */
  #look() {
    if (!this.room.timeline.isOpen || this.#target) return;
    const divider = this.#rows.element('new');
    const sight = {
      isLookedAt: isLookedAt(),
      upTo: this.#upTo(),
      showsDivider: divider !== undefined && this.#viewport.shows(divider),
    };
    if (this.#reading.look(sight)) this.draw();
    this.#showJumps();
  }

  /** The last event on the screen, or before it. A message counts once its last line can be seen. */
  #upTo() {
    const logged = this.#rows.rows.filter(({ item }) => seqOf(item) > 0);
    const last = logged.findLast(({ element }) => this.#viewport.isAboveEnd(element));
    if (this.#showsNewest && last === logged.at(-1)) return this.#drawnUpTo;
    return last ? seqOf(last.item) : 0;
  }

  /** The row of the first message that is unread or was passed over, if it is loaded. */
  #firstUnread() {
    const { first } = this.#reading;
    if (!first || !this.room.timeline.continues(first.after)) return undefined;
    const { me } = home();
    return this.#rows.rows.find(
      ({ item }) => item.kind === 'message' && seqOf(item) > first.after && isFromOthers(item.message, me),
    )?.element;
  }

  #showJumps() {
    const { first } = this.#reading;
    const { unread } = this.room;
    const row = this.#firstUnread();
    const isFar = first && !(row && this.#viewport.isNear(row));
    patch(
      this.#jumps,
      isFar && jump('first', `First of ${number(first.count)} unread`, () => this.toFirst()),
      (!this.#isAtEnd || (unread > 0 && isLookedAt())) &&
        jump('end', unread > 0 ? `${number(unread)} new` : 'Jump to the newest', () => this.toEnd()),
    );
  }

  /** What can be done with messages comes with what else is drawn of them. */
  #offerActions() {
    if (!this.isConnected) return;
    this.#view = this.#viewNow();
    this.#actions = this.#extras.extras?.offerActions(this, this.#list, {
      find: (key) => this.room.timeline.find(key),
      redraw: (key) => this.#rows.redraw(key),
      look: () => this.#view,
    });
    this.drawSoon();
  }

  /** @param {Message} message */
  async #react(message) {
    const { offerReactions } = await load('components/reacting.js');
    const row = this.#rows.element(message.messageId);
    if (row?.isConnected) offerReactions(this.room, message, row);
  }
}

customElements.define('hex-messages', MessageList);

/**
 * @param {string} key
 * @param {string} words
 * @param {() => void} onclick
 */
function jump(key, words, onclick) {
  return el('button', { type: 'button', class: 'jump', key, onclick }, words);
}
