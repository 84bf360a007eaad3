// Inviting prime members, friends by their name and others by their user id, and revoking invitations.

import { home } from '../app.js';
import { el, fill } from '../dom.js';
import { patch } from '../patch.js';
import { invitationLink } from '../router.js';
import { Turns } from '../state/requests.js';
import { View } from '../view.js';
import { until } from '../wording/time.js';
import { avatar } from './avatar.js';
import { copyable } from './copyable.js';
import { openDialog } from './dialog.js';
import { field, form } from './form.js';
import { orToast } from './toast.js';

/** @import { Invitation, Profile } from '../types.d.ts' */
/** @import { RoomState } from '../state/room.js' */

const LIFETIMES = { 'One hour': 3_600, 'One day': 86_400, 'One week': 604_800 };

/** @param {RoomState} room */
export function openInvitations(room) {
  openDialog(`Invite to ${room.about.name}`, 'dialog', new Invitations(room));
}

class Invitations extends View {
  #room;
  /** @type {Invitation[]} */
  #open = [];
  #turns = new Turns();
  #issued = el('div', { class: 'stack', role: 'status' });
  #friends = el('div');
  #list = el('div');
  #lifetime = lifetime();

  /** @param {RoomState} room */
  constructor(room) {
    super();
    this.#room = room;
  }

  enter() {
    const { friends, people, rooms } = home();
    this.listen(friends, 'change', () => this.drawSoon());
    this.listen(people, 'change', () => this.drawSoon());
    this.listen(rooms, 'room', ({ detail }) => detail === this.#room.roomId && this.drawSoon());
    // The forms are not drawn again, so that they keep focus and text.
    fill(this, this.#issued, this.#lifetime, this.#friends, this.#byId(), this.#list);
    this.draw();
    orToast(Promise.all([this.#load(), friends.load()]));
  }

  draw() {
    const { friends } = home().friends;
    patch(this.#friends, friends !== null && this.#friendList(friends));
    patch(this.#list, this.#openOnes());
  }

  async #load() {
    const isNews = this.#turns.take();
    const { items } = await home().api.invitations.list(this.#room.roomId);
    if (!isNews()) return;
    this.#open = items.filter(({ status }) => status === 'open');
    this.draw();
  }

  /** @param {string} userId */
  async #invite(userId) {
    const { roomId } = this.#room;
    const { token, inviteeId } = await home().api.invitations.create(roomId, {
      userId,
      expiresInSeconds: Number(this.#lifetime.querySelector('select')?.value),
    });
    // Those before it are shown only once too.
    this.#issued.prepend(linkFor(inviteeId, invitationLink(location.origin, token)));
    this.#issued.querySelector('button')?.focus();
    this.#issued.scrollIntoView({ block: 'nearest' });
    await orToast(this.#load());
  }

  /** @param {Profile[]} friends */
  #friendList(friends) {
    const seated = new Set(this.#room.members?.map(({ userId }) => userId));
    const others = friends.filter(({ userId }) => !seated.has(userId));
    return el(
      'section',
      { class: 'section', key: 'friends', 'aria-label': 'Your friends' },
      el('h3', {}, 'Your friends'),
      others.length === 0
        ? el(
            'p',
            { class: 'hint' },
            friends.length === 0 ? 'You have no friends here yet.' : 'They are all here.',
          )
        : el(
            'ul',
            { class: 'list' },
            others.map((friend) => this.#friend(friend)),
          ),
    );
  }

  /** @param {Profile} friend */
  #friend({ userId, name, prime }) {
    const isInvited = this.#open.some(({ inviteeId }) => inviteeId === userId);
    const label = home().people.label(userId);
    const standing = isInvited
      ? 'invited'
      : prime
        ? userId
        : 'not a prime member: give them the link and the password';
    return el(
      'li',
      { class: 'list-row', key: userId },
      avatar({ userId, name }, 'small'),
      el('span', { class: 'person-name' }, el('bdi', {}, label), el('small', {}, standing)),
      prime &&
        !isInvited &&
        el(
          'button',
          {
            type: 'button',
            class: 'button small',
            'aria-label': `Invite ${label}`,
            onclick: () => orToast(this.#invite(userId)),
          },
          'Invite',
        ),
    );
  }

  #byId() {
    const invite = async (
      /** @type {Record<string, string>} */ { userId },
      /** @type {HTMLFormElement} */ element,
    ) => {
      await this.#invite(userId.trim());
      element.reset();
    };
    return el(
      'section',
      { class: 'section' },
      el('h3', {}, 'Somebody else'),
      form(
        {
          action: 'Create invitation',
          kind: '',
          onsubmit: invite,
          fieldOf: {
            user_not_found: 'userId',
            invitee_not_prime: 'userId',
            banned: 'userId',
            quota_exceeded: 'userId',
          },
        },
        field('userId', 'User id', {
          required: true,
          autocapitalize: 'none',
          spellcheck: 'false',
          hint: 'Of a prime member. Other people join with the password.',
        }),
      ),
    );
  }

  #openOnes() {
    if (this.#open.length === 0) return null;
    return el(
      'section',
      { class: 'section', key: 'open' },
      el('h3', {}, 'Open invitations'),
      el(
        'ul',
        { class: 'list' },
        this.#open.map((invitation) => this.#openOne(invitation)),
      ),
    );
  }

  /** @param {Invitation} invitation */
  #openOne({ invitationId, inviteeId, expiresAt }) {
    const label = home().people.label(inviteeId);
    const revoke = () =>
      orToast(
        home()
          .api.invitations.revoke(this.#room.roomId, invitationId)
          .finally(() => this.#load()),
      );
    return el(
      'li',
      { class: 'list-row', key: invitationId },
      el(
        'span',
        { class: 'person-name' },
        el('bdi', {}, label),
        el('small', {}, `${inviteeId} · valid for ${until(new Date(expiresAt), new Date())}`),
      ),
      el(
        'button',
        {
          type: 'button',
          class: 'button quiet small',
          'aria-label': `Revoke the invitation for ${label}`,
          onclick: revoke,
        },
        'Revoke',
      ),
    );
  }
}

customElements.define('hex-invite', Invitations);

function lifetime() {
  const options = Object.entries(LIFETIMES).map(([words, seconds]) =>
    el('option', { value: seconds, selected: words === 'One day' }, words),
  );
  return el(
    'div',
    { class: 'field' },
    el('label', { for: 'lifetime' }, 'Valid for'),
    el('select', { id: 'lifetime', class: 'input' }, options),
  );
}

/**
 * @param {string} inviteeId
 * @param {string} link
 */
function linkFor(inviteeId, link) {
  return copyable('Invitation link', link, {
    hint: `Give this link to ${home().people.label(inviteeId)}. It works once, only for them, and will not be shown again.`,
  });
}
