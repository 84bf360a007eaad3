// Every refusal as a sentence: what is wrong, and what to do next.

import { UNREACHABLE } from '../server/errors.js';
import { coins } from './coins.js';
import { number } from './numbers.js';

/** @import { Problem } from '../types.d.ts' */

/** @type {Record<string, (limit: number) => string>} */
const QUOTAS = {
  rooms_owned: (limit) =>
    `Nobody can own more than ${number(limit)} rooms. Close one or hand one over first.`,
  rooms_sat_in: (limit) => `You are in ${number(limit)} rooms, and nobody can be in more. Leave one first.`,
  open_invitations: (limit) =>
    limit === 1
      ? 'They already have an open invitation. Revoke it to create another.'
      : `This room has ${number(limit)} open invitations, and no room can have more. Revoke one first.`,
};

/** @type {Record<string, string | ((problem: Problem) => string)>} */
export const SENTENCES = {
  malformed_request: 'The server could not understand that. Reload the page and try again.',
  token_missing: 'You are not signed in. Sign in and try again.',
  token_invalid: 'You have been signed out. Sign in again to continue.',
  token_expired: 'You were away for a while. Sign in again to continue.',
  session_revoked: 'You have been signed out. Sign in again to continue.',
  second_factor_required: 'Enter the code from your authenticator app, or a recovery code.',
  second_factor_invalid: 'This code is wrong or has already been used. Wait for the next one and try again.',
  invalid_credentials: 'The user id or password is wrong. Check both and try again.',
  insufficient_coins: ({ required, available, shortfall }) =>
    required === undefined
      ? 'You do not have enough coins for this room. Ask an admin for more, or become a prime member.'
      : `This room costs ${coins(required)} and you have ${coins(available ?? 0)}. Ask an admin for the ` +
        `${coins(shortfall ?? 0)} you still need, or become a prime member and join for free.`,
  prime_required: 'Only prime members can do this. Ask an admin to make you one.',
  wrong_room_password: 'That is not the room’s password. Ask its owner for the current one.',
  banned: 'The room’s owner has banned this account. Only they can lift the ban.',
  room_locked: 'The owner has locked this room. Ask them to unlock it, then try again.',
  not_a_member: 'You are no longer in this room. Join it again to take part.',
  owner_only: 'Only the room’s owner can do this. Ask them.',
  author_only: 'Only the author can change this message.',
  account_suspended:
    'This account is suspended. It keeps its seats and coins. Ask an admin why, and how to get back in.',
  admin_only: 'Only an admin can do this. Ask one.',
  invitee_not_prime: 'Only prime members can be invited. Give them the room’s id and password instead.',
  invitation_invalid: 'This invitation is not for you. Ask the room’s owner for one of your own.',
  not_participants: 'You can only befriend people you have shared a room with. Join one together first.',
  origin_not_allowed: 'This page may not connect to the chat server. Open the server’s own address instead.',
  room_not_found: 'There is no such room. Check the room id with the person who gave it to you.',
  user_not_found: 'There is no such account. Check the user id.',
  message_not_found: 'That message is already gone. There is nothing left to do.',
  friend_request_not_found: 'That request has been answered or cancelled. The list shows the open ones.',
  invitation_not_found: 'That invitation no longer exists. The list shows the ones that do.',
  not_found: 'That no longer exists. Reload the page to see what has changed.',
  method_not_allowed: 'This page is older than the server. Reload it and try again.',
  user_id_taken: 'Somebody already has this user id. Choose another.',
  room_full: ({ seats = 6 }) => `All ${seats} seats are taken. Try again when somebody has left.`,
  too_many_reactions: 'This message already has 20 different emoji. Choose one of those.',
  already_friends: 'You are already friends.',
  friend_request_pending: 'You have already asked. Wait for the answer, or cancel the request.',
  owner_must_hand_over:
    'A room needs an owner. First hand it over to another prime member in it, or close it.',
  client_message_id_conflict:
    'This message got mixed up with another. Copy it, discard it and send it again.',
  quota_exceeded: ({ quota = '', limit = 0 }) =>
    QUOTAS[quota]?.(limit) ?? 'You cannot have any more of these.',
  invitation_expired: 'This invitation has expired. Ask the room’s owner for a new one.',
  invitation_used: 'This invitation has been used. Ask the room’s owner for a new one.',
  invitation_revoked: 'The room’s owner revoked this invitation. Ask them if you think that is a mistake.',
  password_link_invalid: 'This password link has been used or has expired. Ask an admin for a new one.',
  room_closed: 'This room has been closed for good. Find another one, or create your own.',
  payload_too_large: 'That is too long for the server. Shorten it and try again.',
  unsupported_media_type: 'This page is older than the server. Reload it and try again.',
  validation_failed: ({ errors }) =>
    errors?.length
      ? 'Please correct the marked fields.'
      : 'The server cannot accept that. Correct it and try again.',
  rate_limited: 'You are doing that too often. Wait a moment and try again.',
  internal: 'Something went wrong on the server. Try again later; if it keeps happening, tell an admin.',
  unavailable: 'The server is busy and has done nothing yet. Try again in a moment.',
};

/**
 * The sentence for a refusal where there are no fields to mark: what is wrong with each.
 * @param {Problem | null} problem null where no answer came
 */
export function reason(problem) {
  if (problem?.code !== 'validation_failed') return sentence(problem);
  const messages = (problem.errors ?? []).map(({ message }) => message);
  return messages.join(' ') || sentence(problem);
}

/**
 * The sentence for a refusal. A code that is newer than this page has the server's own sentence.
 * @param {Problem | null} problem null where no answer came
 */
export function sentence(problem) {
  if (!problem) return UNREACHABLE;
  const known = Object.hasOwn(SENTENCES, problem.code) ? SENTENCES[problem.code] : problem.detail;
  return typeof known === 'function' ? known(problem) : known;
}
