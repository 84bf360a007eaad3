// The state of one sign-in. It begins and ends with it, so that nothing of one account is ever shown to another.

import { Drafts } from '../room/drafts.js';
import { Outbox } from '../room/outbox.js';
import { Connection } from '../server/connection.js';
import { HttpLine } from '../server/http-line.js';
import { Friends } from './friends.js';
import { Invitations } from './invitations.js';
import { LastRoom } from './last-room.js';
import { OwnAccount } from './own-account.js';
import { People } from './people.js';
import { Rooms } from './rooms.js';
import { TypedPasswords } from './typed-passwords.js';

/** @import { Api } from '../server/api.js' */
/** @import { Session } from '../server/session.js' */
/** @import { SafeStorage } from '../storage.js' */

/** The storage key for the account that has notifications turned on. */
export const NOTIFIED = 'hexroom.notifications';

/** The storage key for the emoji that an account uses, before its user id. */
export const USED_EMOJI = 'hexroom.emoji.';

export class Home {
  #leaving = new AbortController();
  #storage;

  /**
   * @param {{api: Api, session: Session, storage: SafeStorage, open: () => WebSocket}} options
   */
  constructor({ api, session, storage, open }) {
    const me = session.userId ?? '';
    this.me = me;
    this.#storage = storage;
    this.api = api;
    this.account = new OwnAccount(api);
    this.people = new People(api);
    this.friends = new Friends(api);
    this.connection = new Connection({
      session,
      open,
      resume: () => this.rooms.resumePoints(),
      line: new HttpLine({ api, poll: () => this.rooms.poll() }),
    });
    this.rooms = new Rooms({ api, connection: this.connection, people: this.people, me });
    this.invitations = new Invitations(this.rooms);
    this.passwords = new TypedPasswords(this.connection);
    this.drafts = new Drafts({ storage, userId: me });
    this.lastRoom = new LastRoom({ storage, userId: me });
    this.outbox = new Outbox({ storage, userId: me, send: (unsent) => this.rooms.send(unsent) });
    this.#connect();
  }

  /** Loads what every screen needs, and opens the connection. */
  async load() {
    const [account] = await Promise.all([this.account.load(), this.rooms.load()]);
    this.people.learn([account]);
    this.connection.start();
    await this.friends.load();
  }

  /** @param {{forget: boolean}} traces whether unsent messages and drafts are removed too */
  leave(traces) {
    this.#leaving.abort(traces);
    this.connection.stop();
    this.outbox.close(traces);
    if (!traces.forget) return;
    this.drafts.forget();
    this.lastRoom.forget();
    this.#storage.removeItem(USED_EMOJI + this.me);
    this.#storage.removeItem(NOTIFIED);
  }

  /** Aborted when the sign-in ends, with the `traces` of `leave` as the reason. */
  get left() {
    return this.#leaving.signal;
  }

  #connect() {
    const { connection } = this;
    const { signal } = this.#leaving;
    connection.addEventListener('frame', (event) => this.#handle(/** @type {CustomEvent} */ (event).detail));
    connection.addEventListener('state', () => connection.isUp && this.outbox.flush());
    this.rooms.addEventListener('list', () => this.#removeDelivered());
    addEventListener('online', () => connection.retryNow(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || connection.retryNow(), { signal });
  }

  /** @param {any} frame */
  #handle(frame) {
    if (frame.type === 'member' && frame.userId === this.me) this.account.rename(frame.name);
    this.passwords.handle(frame);
    if (frame.type !== 'notice') return;
    this.account.notice(frame);
    this.friends.notice(frame);
    this.invitations.notice(frame);
  }

  /** A message that is in its room's log has been sent, whether or not its answer has come. */
  #removeDelivered() {
    for (const room of this.rooms.all.values()) {
      if (this.outbox.of(room.roomId).length === 0) continue;
      const seen = new Set(room.timeline.messages().map((message) => message.clientMessageId));
      for (const { clientMessageId } of this.outbox.of(room.roomId)) {
        if (seen.has(clientMessageId)) this.outbox.remove(clientMessageId);
      }
    }
  }
}
