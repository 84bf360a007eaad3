// The six seats of a room, and what its owner can do.

import { home } from '../app.js';
import { closeDialogs, el, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { patch } from '../patch.js';
import { router } from '../router.js';
import { View } from '../view.js';
import { guessed } from '../wording/names.js';
import { avatar } from './avatar.js';
import { orToast, showToast } from './toast.js';

/** @import { Member } from '../types.d.ts' */
/** @import { RoomState } from '../state/room.js' */

export class Members extends View {
  #room;

  /** @param {RoomState} room */
  constructor(room) {
    super();
    this.#room = room;
  }

  enter() {
    this.listen(home().rooms, 'room', ({ detail }) => detail === this.#room.roomId && this.drawSoon());
    this.draw();
  }

  draw() {
    const room = this.#room;
    const { members, isOwn, about } = room;
    if (!members) return patch(this, el('p', { class: 'loading', key: 'loading' }, 'Loading…'));
    const empty = Array.from({ length: about.seats - members.length }, () =>
      el(
        'li',
        { class: 'seat empty' },
        el('span', { class: 'avatar', 'aria-hidden': 'true' }, el('span', { class: 'hexagon' })),
        el('span', {}, 'Empty seat'),
      ),
    );
    patch(
      this,
      el(
        'ul',
        { class: 'seat-list', 'aria-label': 'Seats' },
        members.map((member) => this.#seat(member)),
        empty,
      ),
      el('div', { class: 'stack' }, isOwn ? this.#owner() : [this.#share(), this.#guest()]),
    );
  }

  /** @param {Member} member */
  #seat({ userId, name, prime, owner, online }) {
    const { me } = home();
    const words = [
      userId === me && 'you',
      owner && 'owner',
      prime && 'prime',
      online ? 'online' : 'offline',
    ].filter(Boolean);
    return el(
      'li',
      { class: 'seat', key: userId },
      el(
        'button',
        {
          type: 'button',
          class: 'person',
          'data-user': userId,
          onclick: () =>
            orToast(load('components/profile.js').then((profile) => profile.openProfile(userId))),
        },
        avatar({ userId, name, online }),
        el(
          'span',
          { class: 'person-name' },
          el('bdi', {}, home().people.label(userId)),
          el('small', {}, words.join(' · ')),
        ),
      ),
      this.#room.isOwn &&
        userId !== me &&
        el(
          'button',
          {
            type: 'button',
            class: 'icon-button',
            'aria-label': `Remove ${home().people.label(userId)}`,
            title: 'Remove',
            onclick: () => orToast(this.#askToRemove(userId, home().people.label(userId))),
          },
          icon('remove'),
        ),
    );
  }

  #owner() {
    const room = this.#room;
    return [
      room.guesses > 0 && el('p', { class: 'trouble' }, guessed(room.guesses)),
      el(
        'button',
        {
          type: 'button',
          class: 'button',
          key: 'invite',
          onclick: () =>
            orToast(load('components/invitations.js').then((open) => open.openInvitations(room))),
        },
        icon('invite'),
        'Invite',
      ),
      this.#share(),
      el(
        'button',
        {
          type: 'button',
          class: 'button',
          key: 'manage',
          onclick: () => orToast(load('components/room-tools.js').then((open) => open.openRoomTools(room))),
        },
        icon('settings'),
        'Manage the room',
      ),
    ];
  }

  #share() {
    const room = this.#room;
    return el(
      'button',
      {
        type: 'button',
        class: 'button',
        key: 'share',
        onclick: () => orToast(load('components/share.js').then((open) => open.openShare(room))),
      },
      icon('share'),
      'Share',
    );
  }

  #guest() {
    const { roomId, about } = this.#room;
    const leave = async () =>
      (await load('components/dialog.js')).confirm({
        title: `Leave ${about.name}?`,
        words: 'Somebody else can take your seat. Coins are not refunded.',
        action: 'Leave',
        onconfirm: async () => {
          await home().rooms.leave(roomId);
          closeDialogs();
          router.go('/', { replace: true });
        },
      });
    return [
      el(
        'button',
        { type: 'button', class: 'button', key: 'leave', onclick: () => orToast(leave()) },
        icon('leave'),
        'Leave the room',
      ),
    ];
  }

  /**
   * @param {string} userId
   * @param {string} name
   */
  async #askToRemove(userId, name) {
    const { rooms } = home().api;
    const { roomId } = this.#room;
    const { confirm } = await load('components/dialog.js');
    confirm({
      title: `Remove ${name}?`,
      words:
        'They lose their seat immediately. They can come back with the password unless you also ban them.',
      action: 'Remove',
      content: el(
        'label',
        { class: 'option' },
        el('input', { type: 'checkbox', role: 'switch', name: 'ban', value: 'yes' }),
        el('span', {}, 'Also ban them'),
      ),
      onconfirm: async ({ ban }) => {
        if (ban) await rooms.ban(roomId, userId);
        else await rooms.removeMember(roomId, userId);
        showToast(ban ? `${name} is banned.` : `${name} was removed.`);
      },
    });
  }
}

customElements.define('hex-members', Members);
