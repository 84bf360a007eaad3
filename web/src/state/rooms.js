// The rooms that the account is in: handles what the server sends, and requests what is to be shown.

import { attempt, Refused } from '../server/errors.js';
import { History } from './history.js';
import { ReadMarks } from './read-marks.js';
import { Requests } from './requests.js';
import { RoomState } from './room.js';

/** @import { Ack, MessageRef, Receipt, Room, RoomEvent, Unsent } from '../types.d.ts' */
/** @import { Api } from '../server/api.js' */
/** @import { Connection } from '../server/connection.js' */
/** @import { People } from './people.js' */

/** After these, the members must be requested again. */
const MEMBERSHIP = ['member_joined', 'member_left', 'member_removed', 'room_changed'];

const CHANGES = ['message_edited', 'message_deleted', 'reaction_added', 'reaction_removed'];

/**
 * Fires `list` when the list of rooms has changed, `room` with a room's id when anything in it has, `message` with
 * `{room, message}` when somebody else has written, `sought` when somebody goes to a message, `guessed` with a room when many wrong passwords for it were
 * tried, and `lost` with `{room, code}` when the account is no longer in it.
 */
export class Rooms extends EventTarget {
  /** @type {Map<string, RoomState>} */
  all = new Map();
  isLoaded = false;

  #api;
  #connection;
  #people;
  #me;
  #requests = new Requests();
  /** @type {Set<string>} rooms that are being left or closed in this tab */
  #givenUp = new Set();

  #readMarks;

  /**
   * @param {object} options
   * @param {Api} options.api
   * @param {Connection} options.connection
   * @param {People} options.people
   * @param {string} options.me
   * @param {(ms: number) => Promise<unknown>} [options.after]
   */
  constructor({
    api,
    connection,
    people,
    me,
    after = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }) {
    super();
    this.#api = api;
    this.#connection = connection;
    this.#people = people;
    this.#me = me;
    this.#readMarks = new ReadMarks(connection, after);
    this.history = new History(api, this.#requests, (roomId) => this.#fire('room', roomId));
    connection.addEventListener('frame', (event) => this.#handle(/** @type {CustomEvent} */ (event).detail));
  }

  /** Up to where each room's log is known. */
  resumePoints() {
    return [...this.all.values()].map((room) => room.log.point());
  }

  /** That in which something happened last comes first. */
  get inOrder() {
    return [...this.all.values()].sort(
      (one, other) => other.latest.at - one.latest.at || (one.roomId < other.roomId ? 1 : -1),
    );
  }

  get unread() {
    return [...this.all.values()].reduce((sum, room) => sum + room.unread, 0);
  }

  get unreadMentions() {
    return [...this.all.values()].reduce((sum, room) => sum + room.unreadMentions, 0);
  }

  async load() {
    const list = await this.#api.rooms.list();
    this.#people.learn(
      list.flatMap(({ lastMessage }) =>
        lastMessage?.senderName ? [{ userId: lastMessage.senderId, name: lastMessage.senderName }] : [],
      ),
    );
    this.all = new Map(list.map((room) => [room.roomId, this.#known(room)]));
    this.isLoaded = true;
    this.#fire('list');
  }

  /** Asks for what has happened, where no frames come. */
  async poll() {
    const before = this.all;
    await this.#requests.once('list', () => this.load());
    for (const [roomId, room] of before) if (!this.all.has(roomId)) this.#dismiss(room, 'not_a_member');
    for (const room of this.all.values()) {
      // A read mark may have been lost with the connection.
      if (room.readSeq > room.about.readSeq) this.#readMarks.send(room);
      if (room.about.headSeq > room.log.seq) await this.#catchUp(room, room.about.headSeq).catch(ifRefused);
    }
  }

  /** @param {RoomState} room @param {number} headSeq */
  async #catchUp(room, headSeq) {
    const { timeline, log } = room;
    const { epoch, seq } = log.point();
    const isNewest = room.pages.take();
    const page = await this.history.newest(room);
    // Events have come since, which tell more than the page may.
    const now = log.point();
    if (now.epoch !== epoch || now.seq !== seq || !isNewest()) return;
    const fresh = room.catchUp(page, headSeq);
    if (room.timeline !== timeline) await this.history.open(room, room.unreadAfter);
    if (room.members) await this.refresh(room.roomId);
    this.#fire('room', room.roomId);
    this.#fire('list');
    for (const message of fresh) if (message.senderId !== this.#me) this.#fire('message', { room, message });
  }

  /**
   * Adds a room that the account has just joined.
   * @param {string} roomId
   */
  async enter(roomId) {
    await this.#requests.again(`room ${roomId}`, async () => {
      const about = await this.#api.rooms.show(roomId);
      if (!this.all.has(roomId)) this.all = new Map([[roomId, this.#known(about)], ...this.all]);
      this.#describe(about);
      // Its first events may have come before the room was known here.
      this.#sync(this.all.get(roomId));
    });
  }

  /** @param {{roomId: string, password: string} | {invitationToken: string}} method @returns {Promise<Receipt>} */
  async join(method) {
    const receipt = await this.#api.rooms.join(method);
    // The seat is taken and paid for. If the room cannot be loaded now, its screen loads it.
    await attempt(this.enter(receipt.roomId));
    return receipt;
  }

  /** Goes to a message in a room, which is open or about to be. @param {RoomState} room @param {MessageRef} place */
  seek(room, place) {
    room.sought = place;
    this.#fire('sought');
  }

  /**
   * Requests a room's members and current state.
   * @param {string} roomId
   */
  async refresh(roomId) {
    await this.#requests.again(`room ${roomId}`, async () =>
      this.#describe(await this.#api.rooms.show(roomId)),
    );
  }

  /**
   * Tells the others up to where the account has read.
   * @param {RoomState} room
   * @param {number} [seq] everything that is known here unless it is given
   */
  markRead(room, seq = room.log.seq) {
    if (room.readSeq >= seq || !this.#connection.isUp) return;
    room.read(this.#me, seq);
    this.#readMarks.follow(room);
    this.#fire('list');
  }

  /**
   * Tells the others that the account is typing, or no longer is.
   * @param {string} roomId
   * @param {boolean} on
   */
  sendTyping(roomId, on) {
    this.#connection.notify({ type: 'typing', roomId, ...(!on && { on }) });
  }

  /**
   * Sends a message, and waits until it can be seen among the others.
   * @param {Unsent} unsent
   * @returns {Promise<Ack>}
   */
  async send({ roomId, clientMessageId, body, replyTo }) {
    const message = { roomId, clientMessageId, body, replyTo: replyTo?.messageId };
    const ack = await this.#connection.request({ type: 'send', ...message });
    await this.all.get(roomId)?.reached(ack.seq);
    return ack;
  }

  /** @param {string} roomId @param {string} messageId @param {string} body */
  edit(roomId, messageId, body) {
    return this.#connection.request({ type: 'edit', roomId, messageId, body });
  }

  /** @param {string} roomId @param {string} messageId */
  delete(roomId, messageId) {
    return this.#connection.request({ type: 'delete', roomId, messageId });
  }

  /** @param {string} roomId */
  leave(roomId) {
    return this.#giveUp(roomId, this.#api.rooms.leave(roomId));
  }

  /** @param {string} roomId */
  close(roomId) {
    return this.#giveUp(roomId, this.#api.rooms.close(roomId));
  }

  /** @param {string} roomId @param {string | null} code why the account is no longer in it, or null if it has left by itself */
  lose(roomId, code) {
    const room = this.all.get(roomId);
    if (!room) return;
    this.all.delete(roomId);
    this.#dismiss(room, code);
  }

  /** @param {RoomState} room @param {string | null} code */
  #dismiss(room, code) {
    room.release();
    this.#fire('lost', { room, code: this.#givenUp.has(room.roomId) ? null : code });
    this.#fire('list');
  }

  /**
   * Leaves or closes a room, so that no notice of it is shown.
   * @param {string} roomId
   * @param {Promise<unknown>} work
   */
  async #giveUp(roomId, work) {
    this.#givenUp.add(roomId);
    try {
      await work;
      this.lose(roomId, null);
    } finally {
      this.#givenUp.delete(roomId);
    }
  }

  /** @param {any} frame */
  #handle(frame) {
    if (frame.type === 'welcome') return this.#welcome(frame.rooms);
    if (frame.type === 'ping') return this.#compareHeads(frame.heads);
    if (frame.type === 'notice') return this.#notice(frame);
    const room = this.all.get(frame.roomId);
    if (!room) return frame.type === 'event' ? attempt(this.#discover()) : undefined;
    switch (frame.type) {
      case 'event':
        return this.#receive(room, frame);
      case 'read':
        if (room.read(frame.userId, frame.seq)) attempt(this.refresh(room.roomId));
        break;
      case 'presence':
        room.presence(frame.userId, frame.online);
        this.#askAgain(room);
        break;
      case 'member':
        room.rename(frame.userId, frame.name);
        this.#people.learn([frame]);
        this.#askAgain(room);
        break;
      case 'typing':
        return frame.on === false ? room.typing.end(frame.userId) : room.typing.begin(frame.userId);
      case 'reset':
        return this.#reset(room, frame);
      case 'removed':
        return this.lose(room.roomId, frame.code);
      default:
        return;
    }
    this.#fire('room', room.roomId);
    this.#fire('list');
  }

  /** An answer on its way may be from before. @param {{roomId: string}} room */
  #askAgain({ roomId }) {
    if (this.#requests.has(`room ${roomId}`)) attempt(this.refresh(roomId));
  }

  /** @param {{kind: string, data: any}} notice */
  #notice({ kind, data }) {
    const room = kind === 'room_password_guessed' ? this.all.get(data.roomId) : undefined;
    if (!room) return;
    room.guesses += data.guesses;
    this.#fire('guessed', room);
    this.#fire('room', room.roomId);
  }

  /** @param {(Room & {recovered: boolean})[]} standing */
  #welcome(standing) {
    if (standing.some(({ roomId }) => !this.all.has(roomId))) attempt(this.#discover());
    for (const counted of standing) {
      const room = this.all.get(counted.roomId);
      room?.log.synced();
      // A read mark sent just before the connection was lost may not have reached the server.
      if (room && counted.recovered && room.readSeq > counted.readSeq) this.#readMarks.send(room);
      room?.count(counted);
      // Presence and read marks of that time are not in the log, and may be missing in an answer on its way.
      if (room?.members) attempt(this.refresh(room.roomId));
      else this.#askAgain(counted);
    }
    this.#fire('list');
  }

  /** The account has joined a room elsewhere, whose first events came before it was known here. */
  async #discover() {
    const known = new Set(this.all.keys());
    await this.#requests.again('list', () => this.load());
    for (const [roomId, room] of this.all) if (!known.has(roomId)) this.#sync(room);
  }

  /** @param {Record<string, number>} heads */
  #compareHeads(heads) {
    for (const [roomId, head] of Object.entries(heads)) {
      const room = this.all.get(roomId);
      if (room?.log.see(head) === 'sync') this.#sync(room);
    }
  }

  /**
   * @param {RoomState} room
   * @param {RoomEvent} event
   */
  #receive(room, event) {
    const verdict = room.log.receive(event);
    if (verdict === 'sync') this.#sync(room);
    // What was asked for over HTTP may be without a change that came later.
    if (verdict === 'drop' && CHANGES.includes(event.kind)) room.timeline.receive(event);
    if (verdict !== 'apply') return;
    room.apply(event);
    if (MEMBERSHIP.includes(event.kind) || room.latest.isUnknown || room.mustCount)
      attempt(this.refresh(room.roomId));
    this.#fire('room', room.roomId);
    this.#fire('list');
    if (event.kind === 'message_posted' && event.actor !== this.#me)
      this.#fire('message', { room, message: event.data });
  }

  /** @param {RoomState | undefined} room */
  async #sync(room) {
    if (!room) return;
    const { roomId, epoch, seq } = room.log.point();
    await attempt(this.#connection.request({ type: 'sync', roomId, epoch, since: seq }));
    room.log.synced();
  }

  /**
   * @param {RoomState} room
   * @param {{epoch: string, headSeq: number}} frame
   */
  #reset(room, { epoch, headSeq }) {
    const wasOpen = room.timeline.isOpen || this.history.isOpening(room);
    room.reset(epoch, headSeq);
    attempt(wasOpen ? this.#reopen(room) : this.refresh(room.roomId));
    this.#fire('room', room.roomId);
  }

  /** Shows a room again whose log has started anew, from where reading had stopped. @param {RoomState} room */
  async #reopen(room) {
    await attempt(this.refresh(room.roomId));
    await this.history.open(room, room.unreadAfter);
  }

  /** @param {Room} about */
  #known(about) {
    const known = this.all.get(about.roomId);
    known?.describe(about);
    return known ?? new RoomState(about, this.#me, () => this.#fire('room', about.roomId));
  }

  /** @param {import('../types.d.ts').RoomDetail} about */
  #describe(about) {
    this.all.get(about.roomId)?.describe(about);
    this.#people.learn(about.members);
    this.#fire('room', about.roomId);
    this.#fire('list');
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** A refusal is about one room, from which the account may just have been removed. @param {unknown} error */
function ifRefused(error) {
  if (!(error instanceof Refused)) throw error;
}
