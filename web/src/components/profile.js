// A person's profile as a drawer, and what one can do about them.

import { home } from '../app.js';
import { el } from '../dom.js';
import { patch } from '../patch.js';
import { unique } from '../server/device.js';
import { coins } from '../wording/coins.js';
import { date } from '../wording/time.js';
import { avatar } from './avatar.js';
import { confirm, openDialog } from './dialog.js';
import { field, form } from './form.js';
import { orToast, showToast } from './toast.js';

/** @import { Profile } from '../types.d.ts' */

/** @param {string} userId */
export async function openProfile(userId) {
  const profile = await orToast(home().api.people.profile(userId));
  if (profile) showProfile(profile);
}

/** @param {Profile} profile */
export function showProfile(profile) {
  const body = el('div', { class: 'profile' });
  const load = async () => patch(body, ...about(await home().api.people.profile(profile.userId), load));
  patch(body, ...about(profile, load));
  openDialog('Profile', 'drawer', body);
}

/**
 * @param {Profile} profile
 * @param {() => Promise<void>} reload
 */
function about(profile, reload) {
  const { userId, name, prime, memberSince } = profile;
  return [
    avatar({ userId, name }, 'large'),
    el('p', { class: 'profile-name' }, el('bdi', {}, name)),
    el('p', { class: 'hint' }, userId),
    el(
      'p',
      {},
      prime && el('span', { class: 'badge' }, 'Prime'),
      ` Member since ${date(new Date(memberSince))}`,
    ),
    el('div', { class: 'stack' }, friendship(profile, reload)),
    home().account.known?.admin && admin(profile, reload),
  ];
}

/**
 * @param {Profile} profile
 * @param {() => Promise<void>} reload
 */
function friendship({ userId, name, friendship: standing }, reload) {
  if (standing === 'self') return [el('a', { class: 'button', href: '/settings' }, 'Settings')];
  const { people } = home().api;
  const then = (/** @type {Promise<unknown>} */ work) =>
    orToast(work.finally(() => home().friends.load()).then(reload));
  const button = (
    /** @type {string} */ words,
    /** @type {string} */ kind,
    /** @type {() => unknown} */ onclick,
  ) => el('button', { type: 'button', class: `button ${kind}`, key: words, onclick }, words);
  const request = (/** @type {'incoming' | 'outgoing'} */ direction) =>
    home().friends[direction].find(({ from, to }) => from === userId || to === userId)?.friendRequestId;
  const block = () =>
    confirm({
      title: `Block ${name}?`,
      words:
        'They can no longer send you friend requests, and are not told why. If you are friends, that ends. They can still write in rooms you share.',
      action: 'Block',
      onconfirm: async () => {
        await people.block(userId);
        showToast(`${name} is blocked. You can unblock them under Friends.`);
        await orToast(home().friends.load().then(reload));
      },
    });
  const answers = {
    none: () => [button('Send friend request', 'primary', () => then(people.befriend(userId)))],
    requested: () => [
      el('p', {}, 'You have sent a friend request.'),
      button('Cancel request', '', () => then(people.cancel(request('outgoing') ?? ''))),
    ],
    requested_by_them: () => [
      el('p', {}, 'They have sent you a friend request.'),
      button('Accept', 'primary', () => then(people.accept(request('incoming') ?? ''))),
      button('Decline', '', () => then(people.decline(request('incoming') ?? ''))),
    ],
    friends: () => [
      el('p', {}, 'You are friends.'),
      button('Remove friend', '', () => then(people.unfriend(userId))),
    ],
  };
  const isBlocked = home().friends.blocked.some((other) => other.userId === userId);
  return [
    ...answers[standing](),
    isBlocked
      ? button('Unblock', 'quiet', () => then(people.unblock(userId)))
      : button('Block', 'quiet', block),
  ];
}

/**
 * @param {Profile} profile
 * @param {() => Promise<void>} reload
 */
function admin({ userId, name, prime }, reload) {
  const { admin: calls } = home().api;
  // The same key for every attempt at one grant.
  let key = unique();
  const grant = async (
    /** @type {Record<string, string>} */ { amount },
    /** @type {HTMLFormElement} */ element,
  ) => {
    await calls.grantCoins(userId, Number(amount), key);
    key = unique();
    element.reset();
    showToast(`${name} has been given ${coins(Number(amount))}.`);
  };
  const grantPrime = () => orToast(calls.grantPrime(userId).then(reload));
  const withdrawPrime = () =>
    confirm({
      title: `Withdraw prime from ${name}?`,
      words:
        'They keep the rooms they own and their seats, but can create no new room, and pay for joining like any free member.',
      action: 'Withdraw prime',
      onconfirm: async () => {
        await calls.withdrawPrime(userId);
        await orToast(reload());
      },
    });
  return el(
    'section',
    { class: 'section' },
    el('h3', {}, 'Admin'),
    el(
      'button',
      { type: 'button', class: 'button', key: String(prime), onclick: prime ? withdrawPrime : grantPrime },
      prime ? 'Withdraw prime' : 'Make a prime member',
    ),
    form(
      { action: 'Give coins', kind: '', onsubmit: grant, label: 'Give coins' },
      field('amount', 'Coins', { inputmode: 'numeric', required: true }),
    ),
  );
}
