// Friends, the requests that wait for an answer, and who is blocked.

import { home } from '../app.js';
import { avatar } from '../components/avatar.js';
import { field, form } from '../components/form.js';
import { openProfile, showProfile } from '../components/profile.js';
import { orToast } from '../components/toast.js';
import { el, fill, icon } from '../dom.js';
import { patch } from '../patch.js';
import { View } from '../view.js';

customElements.define(
  'hex-friends',
  class extends View {
    #lists = el('div', { class: 'lists' });

    enter() {
      const { friends, people } = home();
      this.listen(friends, 'change', () => this.drawSoon());
      this.listen(people, 'change', () => this.drawSoon());
      orToast(friends.load());
      // The search is not drawn again, so that it keeps focus and text.
      fill(this, el('div', { class: 'page' }, el('h1', {}, 'Friends'), this.#lists, search()));
      this.draw();
    }

    draw() {
      const { friends, api } = home();
      const { people } = api;
      const answer = (/** @type {Promise<unknown>} */ work) => orToast(work.finally(() => friends.load()));
      const incoming = friends.incoming.map(({ friendRequestId: id, from }) =>
        row(from, [
          el(
            'button',
            { type: 'button', class: 'button primary small', onclick: () => answer(people.accept(id)) },
            'Accept',
          ),
          el(
            'button',
            { type: 'button', class: 'button quiet small', onclick: () => answer(people.decline(id)) },
            'Decline',
          ),
        ]),
      );
      const outgoing = friends.outgoing.map(({ friendRequestId: id, to }) =>
        row(to, [
          el(
            'button',
            { type: 'button', class: 'button quiet small', onclick: () => answer(people.cancel(id)) },
            'Cancel request',
          ),
        ]),
      );
      const blocked = friends.blocked.map(({ userId, name }) =>
        row(userId, [
          el(
            'button',
            {
              type: 'button',
              class: 'button quiet small',
              'aria-label': `Unblock ${name}`,
              onclick: () => answer(people.unblock(userId)),
            },
            'Unblock',
          ),
        ]),
      );
      patch(
        this.#lists,
        incoming.length > 0 && section('Friend requests', incoming),
        outgoing.length > 0 && section('Requests you have sent', outgoing),
        friends.friends === null
          ? el('p', { class: 'loading', key: 'loading' }, 'Loading…')
          : this.#friends(friends.friends),
        blocked.length > 0 && section('Blocked', blocked),
      );
    }

    /** @param {import('../types.d.ts').Profile[]} list */
    #friends(list) {
      if (list.length > 0)
        return section(
          'Your friends',
          list.map(({ userId }) => row(userId, [])),
        );
      return el(
        'div',
        { class: 'blank small' },
        icon('people'),
        el('h2', {}, 'No friends yet'),
        el('p', {}, 'Share a room with somebody, open their profile there and send a friend request.'),
      );
    }
  },
);

/** Anybody who knows a user id can look at its profile. */
function search() {
  return el(
    'section',
    { class: 'section' },
    el('h2', {}, 'Find somebody'),
    form(
      {
        action: 'Show profile',
        kind: '',
        onsubmit: async ({ userId }) => showProfile(await home().api.people.profile(userId.trim())),
        fieldOf: { user_not_found: 'userId' },
      },
      field('userId', 'User id', { required: true, autocapitalize: 'none', spellcheck: 'false' }),
    ),
  );
}

/**
 * @param {string} title
 * @param {Node[]} rows
 */
function section(title, rows) {
  return el(
    'section',
    { class: 'section', key: title },
    el('h2', {}, title),
    el('ul', { class: 'list' }, rows),
  );
}

/**
 * @param {string} userId
 * @param {Node[]} actions
 */
function row(userId, actions) {
  const name = home().people.name(userId);
  return el(
    'li',
    { class: 'list-row', key: userId },
    el(
      'button',
      { type: 'button', class: 'person', onclick: () => openProfile(userId) },
      avatar({ userId, name }),
      el('span', { class: 'person-name' }, el('bdi', {}, name), el('small', {}, userId)),
    ),
    el('span', { class: 'row-actions' }, actions),
  );
}
