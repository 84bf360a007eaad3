// Inviting prime members, and revoking invitations.

import { home } from '../app.js';
import { el, fill, icon } from '../dom.js';
import { patch } from '../patch.js';
import { invitationLink } from '../router.js';
import { until } from '../wording/time.js';
import { copy } from './clipboard.js';
import { openDialog } from './dialog.js';
import { field, form } from './form.js';
import { orToast } from './toast.js';

/** @import { Invitation } from '../types.d.ts' */
/** @import { RoomState } from '../state/room.js' */

const LIFETIMES = { 'One hour': 3_600, 'One day': 86_400, 'One week': 604_800 };

/** @param {RoomState} room */
export function openInvitations({ roomId, about }) {
  const { invitations } = home().api;
  const issued = el('div', { class: 'issued', role: 'status' });
  const list = el('div');
  const load = async () => patch(list, ...openOnes((await invitations.list(roomId)).items, take));
  const take = (/** @type {string} */ id) => orToast(invitations.revoke(roomId, id).then(load));
  const invite = async (
    /** @type {Record<string, string>} */ { userId, lifetime },
    /** @type {HTMLFormElement} */ element,
  ) => {
    const { token, inviteeId } = await invitations.create(roomId, {
      userId: userId.trim(),
      expiresInSeconds: Number(lifetime),
    });
    element.reset();
    fill(issued, ...linkFor(inviteeId, invitationLink(location.origin, token)));
    await load();
  };
  const options = Object.entries(LIFETIMES).map(([words, seconds]) =>
    el('option', { value: seconds, selected: words === 'One day' }, words),
  );
  openDialog(
    `Invite to ${about.name}`,
    'dialog',
    form(
      {
        action: 'Create invitation',
        onsubmit: invite,
        fieldOf: { user_not_found: 'userId', invitee_not_prime: 'userId', banned: 'userId' },
      },
      field('userId', 'User id', {
        required: true,
        autocapitalize: 'none',
        spellcheck: 'false',
        hint: 'Of a prime member. Other people join with the password.',
      }),
      el(
        'div',
        { class: 'field' },
        el('label', { for: 'lifetime' }, 'Valid for'),
        el('select', { id: 'lifetime', name: 'lifetime', class: 'input' }, options),
      ),
    ),
    issued,
    list,
  );
  orToast(load());
}

/**
 * @param {string} inviteeId
 * @param {string} link
 */
function linkFor(inviteeId, link) {
  const input = el('input', {
    class: 'input',
    readonly: true,
    value: link,
    'aria-label': 'Invitation link',
    onfocus: () => input.select(),
  });
  return [
    el('p', {}, `Give this link to ${inviteeId}. It works once, only for them, and will not be shown again.`),
    el(
      'div',
      { class: 'with-button' },
      input,
      el(
        'button',
        { type: 'button', class: 'button', onclick: () => copy(link, 'Link') },
        icon('copy'),
        'Copy',
      ),
    ),
  ];
}

/**
 * @param {Invitation[]} invitations
 * @param {(id: string) => void} take
 */
function openOnes(invitations, take) {
  const open = invitations.filter(({ status }) => status === 'open');
  if (open.length === 0) return [];
  const rows = open.map(({ invitationId, inviteeId, expiresAt }) =>
    el(
      'li',
      { class: 'list-row', key: invitationId },
      el(
        'span',
        { class: 'person-name' },
        el('bdi', {}, inviteeId),
        el('small', {}, `valid for ${until(new Date(expiresAt), new Date())}`),
      ),
      el(
        'button',
        {
          type: 'button',
          class: 'button quiet small',
          'aria-label': `Revoke the invitation for ${inviteeId}`,
          onclick: () => take(invitationId),
        },
        'Revoke',
      ),
    ),
  );
  return [el('h3', {}, 'Open invitations'), el('ul', { class: 'list' }, rows)];
}
