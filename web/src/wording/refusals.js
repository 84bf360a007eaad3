// Every refusal as a sentence for the person who met it: what is so, and what to do next.

import { coins } from './coins.js';

/** @import { Problem } from '../types.d.ts' */

/** @type {Record<string, (limit: number) => string>} */
const QUOTAS = {
  rooms_owned: (limit) => `One person owns ${limit} rooms at most. Close one first, or hand one over.`,
  rooms_sat_in: (limit) => `You sit in ${limit} rooms, and that is the most. Leave one first.`,
  open_invitations: (limit) =>
    limit === 1
      ? 'They have an open invitation already. Take it back to make another.'
      : `This room has ${limit} open invitations, and that is the most. Take one back first.`,
};

/** @type {Record<string, string | ((problem: Problem) => string)>} */
export const SENTENCES = {
  malformed_request: 'The server could not read that. Reload the page and try again.',
  token_missing: 'You are not signed in. Sign in and try again.',
  token_invalid: 'You were signed out here. Sign in again to go on.',
  token_expired: 'You were away for long. Sign in again to go on.',
  session_revoked: 'You were signed out here. Sign in again to go on.',
  second_factor_required: 'Enter the code that your authenticator shows, or a recovery code.',
  second_factor_invalid: 'This code is wrong or was used. Wait for the next one and try again.',
  invalid_credentials: 'The user id or the password is wrong. Check both and try again.',
  insufficient_coins: ({ required, available, shortfall }) =>
    required === undefined
      ? 'You have too few coins for this room. Ask an admin for coins, or become a prime member.'
      : `This room costs ${coins(required)} and you have ${coins(available ?? 0)}. Ask an admin for the ` +
        `${coins(shortfall ?? 0)} that are missing, or become a prime member and join free.`,
  prime_required: 'Only prime members can do this. Ask an admin to make you one.',
  wrong_room_password: 'That is not the room’s password. Ask its owner for the current one.',
  banned: 'The room’s owner keeps this account out. Only they can lift the ban.',
  room_locked: 'The owner has locked this room. Ask them to unlock it, then try again.',
  not_a_member: 'You no longer sit in this room. Join it again to take part.',
  owner_only: 'Only the room’s owner can do this. Ask them.',
  author_only: 'Only whoever wrote the message can change it.',
  account_suspended:
    'This account is suspended. Its seats and coins stay; ask an admin why, and to be let in again.',
  admin_only: 'Only an admin can do this. Ask one.',
  invitee_not_prime: 'Only prime members can be invited. Give them the room’s id and password instead.',
  invitation_invalid: 'This invitation is not for you. Ask the room’s owner for one of your own.',
  not_participants: 'You can befriend people with whom you have shared a room. Join one together first.',
  origin_not_allowed: 'This address may not open a chat here. Open the address that the server prints.',
  room_not_found: 'There is no such room. Check the room id with whoever gave it to you.',
  user_not_found: 'There is no such account. Check the user id.',
  message_not_found: 'That message is gone already. There is nothing left to do.',
  friend_request_not_found: 'That request was answered or taken back. The list shows those that are open.',
  invitation_not_found: 'There is no such invitation any more. The list shows those that are.',
  not_found: 'That is gone already. Reload the page to see how things stand.',
  method_not_allowed: 'This page is older than the server. Reload it and try again.',
  user_id_taken: 'Somebody has this user id already. Choose another.',
  room_full: ({ seats = 6 }) => `All ${seats} seats are taken. Try again when somebody has left.`,
  already_friends: 'You are friends already.',
  friend_request_pending: 'You have asked already. Wait for the answer, or take the request back.',
  owner_must_hand_over: 'A room needs its owner. Hand it to another prime member in it, or close it, first.',
  client_message_id_conflict:
    'This message got mixed up with another. Copy it, throw it away and send it anew.',
  quota_exceeded: ({ quota = '', limit = 0 }) =>
    QUOTAS[quota]?.(limit) ?? 'There are as many of these as there may be.',
  invitation_expired: 'This invitation has run out. Ask the room’s owner for a new one.',
  invitation_used: 'This invitation has been used. Ask the room’s owner for a new one.',
  invitation_revoked: 'The room’s owner took this invitation back. Ask them if you think that is a mistake.',
  password_link_invalid: 'This password link has been used or is too old. Ask an admin for a new one.',
  room_closed: 'This room has been closed for good. Look for another, or open one.',
  payload_too_large: 'That is too long for the server. Shorten it and try again.',
  unsupported_media_type: 'This page is older than the server. Reload it and try again.',
  validation_failed: ({ errors }) =>
    errors?.length
      ? 'Please correct what is marked.'
      : 'The server cannot accept that. Correct it and try again.',
  rate_limited: 'That was too often. Wait a moment and try again.',
  internal: 'Something broke on the server. Try again later; if it stays, tell whoever runs it.',
  unavailable: 'The server is busy and did nothing yet. Try again in a moment.',
};

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';

/**
 * What to tell a person about a refusal. A code that is newer than this page has the server's own sentence.
 * @param {Problem | null} problem null where no answer came
 */
export function sentence(problem) {
  if (!problem) return UNREACHABLE;
  const known = Object.hasOwn(SENTENCES, problem.code) ? SENTENCES[problem.code] : problem.detail;
  return typeof known === 'function' ? known(problem) : known;
}
