// The calls of the HTTP API, by resource.

import { Refused } from './errors.js';
import { request } from './request.js';

/** @import * as T from '../types.d.ts' */
/** @import { Session } from './session.js' */

/** Three times this is less than the minute in which the server repeats a lost answer. */
const RENEWED_WITHIN_MS = 15_000;

/** The most that one page of a list has. */
const LIST_PAGE = 100;

/** Calls that need no sign-in. */
export const open = {
  /** @param {Record<string, unknown>} registration */
  register: (registration) => request('POST', 'register', { body: registration }),
  /** @param {{token: string, newPassword: string}} link */
  usePasswordLink: (link) => request('POST', 'password-link', { body: link }),
  /** @param {{userId: string, password: string, deviceId: string, otp?: string}} login */
  login: (login) => request('POST', 'login', { body: login }),
  /** @param {string} token of a session that has ended here already */
  logout: (token) => request('POST', 'logout', { token }),
  /** @param {string} refreshToken */
  refresh: (refreshToken) =>
    request('POST', 'token/refresh', { body: { refreshToken }, withinMs: RENEWED_WITHIN_MS }),
};

/** Calls that need a sign-in. */
export class Api {
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  me = {
    /** @returns {Promise<T.Account>} */
    show: () => this.#call('GET', 'me'),
    /** @param {{name?: string, phone?: string}} changes @returns {Promise<T.Account>} */
    update: (changes) => this.#call('PATCH', 'me', changes),
    /** @param {{currentPassword: string, newPassword: string}} change */
    changePassword: (change) => this.#call('POST', 'me/password', change),
    /** @param {string} password */
    deleteAccount: (password) => this.#call('DELETE', 'me', { password }),
    /** @param {string} password @returns {Promise<{secret: string, otpauthUrl: string}>} */
    beginSecondFactor: (password) => this.#call('POST', 'me/second-factor', { password }),
    /** @param {string} otp @returns {Promise<{recoveryCodes: string[]}>} */
    confirmSecondFactor: (otp) => this.#call('PUT', 'me/second-factor', { otp }),
    /** @param {string} password */
    liftSecondFactor: (password) => this.#call('DELETE', 'me/second-factor', { password }),
    /** @param {string} [cursor] @returns {Promise<T.List<T.Transfer>>} */
    transfers: (cursor) => this.#call('GET', `me/transfers${query({ cursor })}`),
  };

  sessions = {
    /** @returns {Promise<T.DeviceSession[]>} */
    list: () => this.#all('sessions'),
    /** @param {string} deviceId */
    end: (deviceId) => this.#call('DELETE', `sessions/${encodeURIComponent(deviceId)}`),
  };

  rooms = {
    /** @returns {Promise<T.Room[]>} */
    list: () => this.#rooms(),
    /** @param {string} roomId @returns {Promise<T.RoomDetail>} */
    show: (roomId) => this.#call('GET', room(roomId)),
    /** @param {{name: string, password: string}} fields @returns {Promise<T.RoomDetail>} */
    create: (fields) => this.#call('POST', 'chatrooms', fields),
    /**
     * @param {string} roomId
     * @param {T.RoomUpdate} changes
     * @returns {Promise<T.RoomDetail>}
     */
    update: (roomId, changes) => this.#call('PATCH', room(roomId), changes),
    /** @param {string} roomId */
    close: (roomId) => this.#call('DELETE', room(roomId)),
    /** @param {string} roomId @param {number} seq */
    markRead: (roomId, seq) => this.#call('PUT', `${room(roomId)}/read`, { seq }),
    /** @param {string} roomId */
    leave: (roomId) => this.#call('POST', `${room(roomId)}/leave`),
    /** @param {string} roomId @returns {Promise<T.Price>} what joining it costs the account */
    price: (roomId) => this.#call('GET', `${room(roomId)}/price`),
    /** @param {{roomId: string, password: string} | {invitationToken: string}} method @returns {Promise<T.Receipt>} */
    join: (method) => this.#call('POST', 'joinroom', method),
    /** @param {string} roomId @param {string} userId */
    removeMember: (roomId, userId) =>
      this.#call('DELETE', `${room(roomId)}/members/${encodeURIComponent(userId)}`),
    /** @param {string} roomId @returns {Promise<T.Ban[]>} */
    bans: (roomId) => this.#all(`${room(roomId)}/bans`),
    /** @param {string} roomId @param {string} userId */
    ban: (roomId, userId) => this.#call('PUT', `${room(roomId)}/bans/${encodeURIComponent(userId)}`),
    /** @param {string} roomId @param {string} userId */
    liftBan: (roomId, userId) => this.#call('DELETE', `${room(roomId)}/bans/${encodeURIComponent(userId)}`),
  };

  messages = {
    /** @param {string} roomId @param {string} messageId @returns {Promise<T.Message>} */
    show: (roomId, messageId) => this.#call('GET', message(roomId, messageId)),
    /**
     * @param {string} roomId
     * @param {{before?: number, after?: number, around?: number, limit: number}} window `around` goes with neither of the others
     * @returns {Promise<T.History>}
     */
    list: (roomId, window) => this.#call('GET', `${room(roomId)}/messages${query(window)}`),
    /**
     * @param {Record<string, string | number | undefined>} criteria
     * @returns {Promise<T.List<T.Found>>}
     */
    search: (criteria) => this.#call('GET', `search${query(criteria)}`),
    /**
     * @param {{roomId: string, clientMessageId: string, body: string, replyTo?: string}} message
     * @returns {Promise<{messageId: string, seq: number, duplicate: boolean}>}
     */
    post: (message) => this.#call('POST', 'messages', message),
    /** @param {string} roomId @param {string} messageId @param {string} body */
    edit: (roomId, messageId, body) => this.#call('PATCH', message(roomId, messageId), { body }),
    /** @param {string} roomId @param {string} messageId */
    delete: (roomId, messageId) => this.#call('DELETE', message(roomId, messageId)),
    /** @param {string} roomId @param {string} messageId @param {string} emoji @param {boolean} on */
    react: (roomId, messageId, emoji, on) =>
      this.#call(
        on ? 'PUT' : 'DELETE',
        `${message(roomId, messageId)}/reactions/${encodeURIComponent(emoji)}`,
      ),
  };

  invitations = {
    /** @param {string} roomId @returns {Promise<T.List<T.Invitation>>} the newest */
    list: (roomId) => this.#call('GET', `${room(roomId)}/invitations`),
    /**
     * @param {string} roomId
     * @param {{userId: string, expiresInSeconds: number}} invitation
     * @returns {Promise<T.Invitation & {token: string}>}
     */
    create: (roomId, invitation) => this.#call('POST', `${room(roomId)}/invitations`, invitation),
    /** @param {string} roomId @param {string} invitationId */
    revoke: (roomId, invitationId) => this.#call('DELETE', `${room(roomId)}/invitations/${invitationId}`),
  };

  people = {
    /** @param {string} userId @returns {Promise<T.Profile>} */
    profile: (userId) => this.#call('GET', `profile/${encodeURIComponent(userId)}`),
    /** @returns {Promise<T.Profile[]>} */
    friends: () => this.#all('friends'),
    /** @param {'in' | 'out'} direction @returns {Promise<T.FriendRequest[]>} */
    requests: (direction) => this.#all('friend-requests', { direction }),
    /** @param {string} userId @returns {Promise<T.FriendRequest>} */
    befriend: (userId) => this.#call('POST', 'friend-requests', { userId }),
    /** @param {string} id */
    accept: (id) => this.#call('POST', `friend-requests/${id}/accept`),
    /** @param {string} id */
    decline: (id) => this.#call('POST', `friend-requests/${id}/decline`),
    /** @param {string} id */
    cancel: (id) => this.#call('DELETE', `friend-requests/${id}`),
    /** @param {string} userId */
    unfriend: (userId) => this.#call('DELETE', `friends/${encodeURIComponent(userId)}`),
    /** @returns {Promise<T.Profile[]>} */
    blocked: () => this.#all('blocks'),
    /** @param {string} userId */
    block: (userId) => this.#call('PUT', `blocks/${encodeURIComponent(userId)}`),
    /** @param {string} userId */
    unblock: (userId) => this.#call('DELETE', `blocks/${encodeURIComponent(userId)}`),
  };

  admin = {
    /** @param {string} userId */
    grantPrime: (userId) => this.#call('PUT', `admin/users/${encodeURIComponent(userId)}/prime`, {}),
    /** @param {string} userId */
    withdrawPrime: (userId) => this.#call('DELETE', `admin/users/${encodeURIComponent(userId)}/prime`),
    /** @param {string} userId @param {number} amount @param {string} key the same for every attempt */
    grantCoins: (userId, amount, key) =>
      this.#call(
        'POST',
        `admin/users/${encodeURIComponent(userId)}/coins`,
        { amount },
        { 'Idempotency-Key': key },
      ),
  };

  /**
   * An answer that comes after the sign-out is dropped.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<any>}
   */
  #call(method, path, body, headers) {
    const { signIn } = this.#session;
    return new Promise((resolve, reject) => {
      const ifStillHere =
        (/** @type {(outcome: any) => void} */ settle) => (/** @type {unknown} */ outcome) =>
          void (this.#session.signIn === signIn && settle(outcome));
      this.#attempt(signIn, method, path, body, headers).then(ifStillHere(resolve), ifStillHere(reject));
    });
  }

  /**
   * A token may be refused although it seemed good, when clocks differ or the server has a new secret. One
   * attempt with a new one shows whether the session still stands.
   * @param {object} signIn
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [headers]
   */
  async #attempt(signIn, method, path, body, headers) {
    try {
      return (await request(method, path, { body, headers, token: await this.#session.token() })).body;
    } catch (error) {
      const isOver = this.#session.signIn !== signIn || this.#session.userId === null;
      if (isOver || !(error instanceof Refused && error.endsSession)) throw error;
      return (await request(method, path, { body, headers, token: await this.#session.renew() })).body;
    }
  }

  /**
   * A whole list, page by page.
   * @param {string} path
   * @param {Record<string, string>} [filter]
   */
  async #all(path, filter = {}) {
    const items = [];
    let cursor;
    do {
      const page = await this.#call('GET', `${path}${query({ ...filter, cursor, limit: LIST_PAGE })}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }

  /** A room that moves to the front while the pages are read is found there afterwards. */
  async #rooms() {
    const found = new Map();
    let before;
    do {
      before = found.size;
      for (const room of await this.#all('chatrooms')) found.set(room.roomId, room);
    } while (found.size > Math.max(before, LIST_PAGE));
    return [...found.values()];
  }
}

/** @param {string} roomId */
function room(roomId) {
  return `chatrooms/${encodeURIComponent(roomId)}`;
}

/** @param {string} roomId @param {string} messageId */
function message(roomId, messageId) {
  return `${room(roomId)}/messages/${encodeURIComponent(messageId)}`;
}

/** @param {Record<string, string | number | undefined>} members */
function query(members) {
  const given = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
