// The screen of a room for somebody who is not in it. The server tells them neither its name nor who sits there.

import { home } from '../app.js';
import { field, form } from '../components/form.js';
import { JoinPrice } from '../components/join-price.js';
import { el, fill, icon } from '../dom.js';
import { Refused } from '../server/errors.js';
import { sentence } from '../wording/refusals.js';

/** @import { Price, Problem } from '../types.d.ts' */

/** What else somebody can do who is refused. @type {Record<string, [string, string]>} */
const WAYS_OUT = {
  banned: ['/', 'Go to your rooms'],
  insufficient_coins: ['/coins', 'See your coins'],
  quota_exceeded: ['/', 'Go to your rooms'],
  room_closed: ['/join', 'Join another room'],
  room_not_found: ['/join', 'Join another room'],
};

/** @type {Record<string, string>} */
const TITLES = {
  banned: 'You are banned from this room',
  room_closed: 'This room is closed',
  room_not_found: 'There is no such room',
};

/**
 * The way into a room, or why there is none.
 * @param {string} roomId
 * @param {Problem} known what the server has said about it
 */
export async function roomEntry(roomId, known) {
  const back = el('a', { class: 'button quiet back', href: '/' }, icon('back'), 'Rooms');
  return el('div', { class: 'entry' }, back, await way(roomId, known));
}

/** @param {string} roomId @param {Problem} known */
async function way(roomId, known) {
  if (known.code === 'banned' || known.code === 'room_closed') return noWayIn(known);
  try {
    return wayIn(roomId, await home().api.rooms.price(roomId));
  } catch (error) {
    if (error instanceof Refused) return noWayIn(error.problem);
    throw error;
  }
}

/** @param {Problem} problem */
function noWayIn(problem) {
  return el(
    'div',
    { class: 'blank' },
    icon('hexroom'),
    el('h1', {}, TITLES[problem.code] ?? 'You cannot join this room now'),
    el('p', {}, sentence(problem)),
    wayOut(problem, 'button primary'),
  );
}

/**
 * @param {Problem} problem
 * @param {string} look
 */
function wayOut({ code }, look) {
  const [href, words] = WAYS_OUT[code] ?? [];
  return href && el('a', { class: look, href }, words);
}

/**
 * @param {string} roomId
 * @param {Price} price
 */
function wayIn(roomId, price) {
  const isBack = price.terms === 'returning';
  const isInvited = home().invitations.of(roomId) !== null;
  const shown = new JoinPrice({ roomId, price });
  const instead = el('span', { class: 'way-out' });
  const join = async (/** @type {Record<string, string>} */ { password }) => {
    fill(instead);
    try {
      await shown.pay(roomId, () => home().rooms.join({ roomId, password }));
    } catch (error) {
      if (error instanceof Refused) fill(instead, wayOut(error.problem, 'button quiet'));
      throw error;
    }
  };
  return el(
    'div',
    { class: 'blank' },
    icon('hexroom'),
    el('h1', {}, isBack ? 'Come back to this room' : 'Join this room'),
    el(
      'p',
      {},
      isInvited && 'You have been invited to this room. ',
      isBack
        ? 'You have left this room or were removed from it. Its password lets you in again.'
        : 'You will see its name and who is in it once you have joined. Ask the person who gave you this address for the password.',
    ),
    form(
      { action: 'Join', fieldOf: { wrong_room_password: 'password' }, onsubmit: join, beside: instead },
      field('password', 'Room password', { shared: true, required: true }),
      shown,
    ),
    el(
      'p',
      { class: 'aside' },
      isInvited
        ? 'Its owner has a link for you, which replaces the password. '
        : 'Do you have an invitation instead? ',
      el('a', { href: '/join' }, 'Use an invitation'),
    ),
  );
}
