// A room: the conversation, the members and the composer.

import { home, storage } from '../app.js';
import { Composer } from '../components/composer.js';
import { MessageList } from '../components/message-list.js';
import { count } from '../components/room-link.js';
import { seatsOf } from '../components/seats.js';
import { orToast } from '../components/toast.js';
import { el, fill, icon, setAttribute } from '../dom.js';
import { load } from '../on-demand.js';
import { patch } from '../patch.js';
import { afterFirstScreen } from '../prefetch.js';
import { problemOf } from '../server/errors.js';
import { search } from '../shortcuts.js';
import { View } from '../view.js';
import { typing } from '../wording/names.js';

/** @import { RoomState } from '../state/room.js' */
/** @import { Problem } from '../types.d.ts' */

/** The storage key that is set while the members' panel is folded. */
const FOLDED = 'hexroom.members-folded';

/** Where the members have room beside the conversation. */
const isWide = matchMedia('(width >= 75rem)');

customElements.define(
  'hex-room',
  class extends View {
    /** @type {RoomState | undefined} */
    #room;
    #isExplained = false;
    #back = el('a', { class: 'icon-button back', href: '/' });
    #head = el('div', { class: 'room-title' });
    #searchButton = el(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': 'Search this room',
        title: 'Search this room (Ctrl+F)',
        onclick: () => search(this.roomId),
      },
      icon('search'),
    );
    #membersButton = el(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': 'Members',
        title: 'Members',
        onclick: () => (isWide.matches ? this.#fold() : orToast(this.#showMembers())),
      },
      icon('people'),
    );
    #side = el('aside', { class: 'members-side', 'aria-label': 'Members', id: 'members-side' });
    #typing = el('p', { class: 'typing' });
    #announced = el('div', { class: 'unseen', 'aria-live': 'polite' });

    get roomId() {
      return this.getAttribute('room-id') ?? '';
    }

    enter() {
      const { rooms, people } = home();
      this.listen(rooms, 'list', () => {
        this.#appear();
        this.drawSoon();
      });
      this.listen(rooms, 'room', ({ detail }) => detail === this.roomId && this.drawSoon());
      this.listen(people, 'change', () => this.drawSoon());
      this.listen(rooms, 'message', ({ detail }) => this.#announce(detail));
      this.listen(rooms, 'lost', ({ detail }) => this.#leave(detail));
      fill(this, el('p', { class: 'loading' }, 'Loading…'));
      this.#appear();
    }

    /** Shows the room once it is known that the account is in it, and why it is not shown once that is known. */
    #appear() {
      const { rooms } = home();
      const room = rooms.all.get(this.roomId);
      if (this.#room) return;
      if (room) this.#open(room);
      else if (rooms.isLoaded && !this.#isExplained) this.#explain();
    }

    /** @param {RoomState} room */
    #open(room) {
      const { rooms } = home();
      const hadFocus = this.contains(document.activeElement);
      this.#room = room;
      fill(this.#side, el('h2', {}, 'Members'));
      const list = new MessageList(room);
      const composer = new Composer(room.roomId);
      list.addEventListener('reply', (event) => composer.reply(/** @type {CustomEvent} */ (event).detail));
      list.addEventListener('edit', (event) => composer.edit(/** @type {CustomEvent} */ (event).detail));
      list.addEventListener('rewrite', (event) => {
        const unsent = /** @type {CustomEvent} */ (event).detail;
        composer.rewrite(unsent);
        home().outbox.remove(unsent.clientMessageId);
      });
      composer.addEventListener('edit-last', () => list.lastOwn && composer.edit(list.lastOwn));
      composer.addEventListener('sent', () => list.toEnd());
      fill(
        this,
        el(
          'section',
          { class: 'talk', 'aria-label': 'Conversation' },
          el(
            'header',
            { class: 'room-head' },
            this.#back,
            this.#head,
            this.#searchButton,
            this.#membersButton,
          ),
          document.createElement('hex-connection'),
          list,
          this.#typing,
          composer,
          this.#announced,
        ),
        this.#side,
      );
      orToast(this.#fillSide());
      if (room.isOwn && room.about.seatsTaken === 1) orToast(this.#offerToShare(room, list));
      this.listen(home().connection, 'state', () => home().connection.isUp && orToast(this.#fillSide()));
      this.listen(isWide, 'change', () => this.#showFolded());
      this.#showFolded();
      this.draw();
      if (this.hasAttribute('seq')) orToast(this.#goTo(list));
      orToast(rooms.refresh(room.roomId));
      if (matchMedia('(pointer: fine)').matches) composer.focusText();
      else if (hadFocus) this.closest('main')?.focus({ preventScroll: true });
    }

    /** Shows the message to which a link leads. @param {MessageList} list */
    async #goTo(list) {
      const { showLinked } = await load('components/message-link.js');
      await showLinked(list, Number(this.getAttribute('seq')));
    }

    /**
     * What is above the conversation while nobody else is there. A first view does not wait for it.
     * @param {RoomState} room
     * @param {MessageList} list
     */
    async #offerToShare(room, list) {
      await afterFirstScreen;
      const { EmptyRoom } = await load('components/empty-room.js');
      if (list.isConnected) list.before(new EmptyRoom(room));
    }

    async #members() {
      const { Members } = await load('components/members.js');
      return new Members(/** @type {RoomState} */ (this.#room));
    }

    async #showMembers() {
      (await load('components/dialog.js')).openDialog('Members', 'drawer', await this.#members());
    }

    async #fillSide() {
      const list = await this.#members();
      if (!this.#side.querySelector('hex-members')) this.#side.append(list);
    }

    #fold() {
      if (storage.getItem(FOLDED)) storage.removeItem(FOLDED);
      else storage.setItem(FOLDED, 'yes');
      this.#showFolded();
    }

    #showFolded() {
      const isFolded = storage.getItem(FOLDED) !== null;
      this.#side.hidden = isFolded;
      setAttribute(this.#membersButton, 'aria-expanded', isWide.matches && String(!isFolded));
      setAttribute(this.#membersButton, 'aria-controls', isWide.matches && this.#side.id);
    }

    draw() {
      const room = this.#room;
      if (!room) return;
      const { people, me, rooms } = home();
      const { about } = room;
      const elsewhere = rooms.unread - room.unread;
      patch(
        this.#back,
        icon('back'),
        el('span', { class: 'unseen' }, 'Back to the rooms'),
        elsewhere > 0 && count(elsewhere, ' elsewhere'),
      );
      patch(
        this.#head,
        el('h1', {}, el('bdi', {}, about.name)),
        about.topic &&
          el('p', { class: 'topic', key: 'topic', title: about.topic }, el('bdi', {}, about.topic)),
        el('p', {}, seatsOf(about), about.locked && el('span', { class: 'badge' }, icon('lock'), 'Locked')),
      );
      const typists = room.typing.who.filter((userId) => userId !== me);
      patch(this.#typing, typing(typists.map((userId) => people.label(userId))));
    }

    /** @param {{room: RoomState, message: import('../types.d.ts').Message}} heard */
    #announce({ room, message }) {
      if (room !== this.#room) return;
      fill(this.#announced, el('p', {}, `${home().people.label(message.senderId)}: ${message.body ?? ''}`));
    }

    /** The account is not in this room: asks the server why, and shows the way in. */
    async #explain() {
      this.#isExplained = true;
      const { rooms } = home();
      const lost = this.getAttribute('lost');
      const problem = lost
        ? { code: lost, detail: '' }
        : await rooms.enter(this.roomId).then(() => null, problemOf);
      const entry = problem ? await orToast(this.#entry(problem)) : undefined;
      // Without an answer it is asked again when the list of rooms has come anew.
      this.#isExplained = entry !== undefined;
      if (!entry || !this.isConnected || this.#room) return;
      fill(this, entry);
      this.dispatchEvent(new Event('named', { bubbles: true }));
      // Who has just been removed may still be typing.
      if (!lost && matchMedia('(pointer: fine)').matches) this.querySelector('input')?.focus();
    }

    /** @param {Problem} problem */
    async #entry(problem) {
      const { roomEntry } = await load('screens/room-entry.js');
      return roomEntry(this.roomId, problem);
    }

    /** The account is no longer in this room. @param {{room: RoomState, code: string | null}} loss */
    #leave({ room, code }) {
      if (room !== this.#room || !code) return;
      const entry = /** @type {Element} */ (this.cloneNode());
      entry.setAttribute('lost', code);
      this.replaceWith(entry);
      entry.closest('main')?.focus({ preventScroll: true });
    }
  },
);
