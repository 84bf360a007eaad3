import { Latest } from '../room/latest.js';
import { RoomLog } from '../room/log.js';
import { concerns, isFromOthers } from '../room/rows.js';
import { Timeline } from '../room/timeline.js';
import { Typing } from '../room/typing.js';
import { Turns } from './requests.js';

/** @import { History, Member, Message, MessageRef, Room, RoomDetail, RoomEvent } from '../types.d.ts' */

/** The state of a room that the account is in. */
export class RoomState {
  /** @type {Member[] | null} in the order of their seats; null until somebody looks */
  members = null;
  timeline = new Timeline();
  /** Which of the newest pages that were asked for are out of date. */
  pages = new Turns();
  /** How many wrong passwords were tried, as the owner was notified, since the last change. */
  guesses = 0;
  /** The message to which somebody is going. @type {MessageRef | null} */
  sought = null;
  /** How many messages are unread up to an event, as the server counted them, or 0 where all of them were read. */
  #counted;
  /** Whether that was counted in this log; after a reset it is not until the server has counted again. */
  isCounted = true;
  /** Whether some of those were read whose number is not known here. */
  #mustCount = false;
  /** @type {{seq: number, isMention: boolean}[]} unread messages after that event, as the log told of them */
  #since = [];
  /** The change to a message counted before by which another number of them may mention the reader, or 0. */
  #changedAt = 0;
  /** @type {{seq: number, resolve: () => void}[]} */
  #awaited = [];

  /**
   * @param {Room} room
   * @param {string} me
   * @param {() => void} changed
   */
  constructor(room, me, changed) {
    this.me = me;
    this.changed = changed;
    this.roomId = room.roomId;
    this.log = new RoomLog(room.roomId, room.epoch, room.headSeq);
    this.typing = new Typing(changed);
    this.about = room;
    this.latest = new Latest(room);
    this.readSeq = room.readSeq;
    this.#counted = { unread: room.unread, mentions: room.unreadMentions, headSeq: room.headSeq };
  }

  get unread() {
    return this.#counted.unread + this.#since.length;
  }

  /** How many of these mention the reader. */
  get unreadMentions() {
    const since = this.#since.filter(({ isMention }) => isMention).length;
    return Math.min(this.unread, this.#counted.mentions + since);
  }

  /** Whether only the server knows how many there are. */
  get mustCount() {
    return this.#mustCount || this.#changedAt > 0;
  }

  /** Where reading stopped, or null where everything has been read. */
  get unreadAfter() {
    return this.unread > 0 && this.isCounted ? this.readSeq : null;
  }

  get isOwn() {
    return this.about.ownerId === this.me;
  }

  /** The members besides oneself. */
  get others() {
    return (this.members ?? []).filter(({ userId }) => userId !== this.me);
  }

  /**
   * What the server says about the room, except what its log says. Answers can overtake one another, and
   * frames overtake them all.
   * @param {RoomDetail | Room} room
   */
  describe(room) {
    if (room.epoch !== this.about.epoch || room.headSeq >= this.about.headSeq) this.about = room;
    if (room.headSeq >= this.log.seq) this.latest.describe(room);
    if ('members' in room) this.members = room.members.map((member) => this.#asReadHere(member));
    this.count(room);
  }

  /**
   * What the server has counted. A count from before what was read here since, or from before a later one, is out
   * of date: what is known here is exact then, because the log brings the rest.
   * @param {{readSeq: number, unread: number, unreadMentions: number, headSeq: number}} counted
   */
  count({ readSeq, unread, unreadMentions, headSeq }) {
    if (readSeq < this.readSeq || headSeq < this.#counted.headSeq) return;
    this.readSeq = readSeq;
    this.#counted = { unread, mentions: unreadMentions, headSeq };
    this.#since = this.#since.filter(({ seq }) => seq > headSeq);
    this.isCounted = true;
    this.#mustCount = false;
    if (headSeq >= this.#changedAt) this.#changedAt = 0;
  }

  /**
   * Takes in the next event of the log.
   * @param {RoomEvent} event
   */
  apply(event) {
    this.timeline.receive(event);
    this.latest.apply(event);
    const { kind, data, actor, seq } = event;
    if (kind === 'message_posted') {
      this.typing.end(actor);
      this.#countNew(data);
    }
    if (kind === 'message_edited') this.#countMention(data, seq);
    if (kind === 'message_deleted') this.#discount(data, seq);
    if (kind === 'room_changed') this.#change(data);
    this.#reached(seq);
  }

  /** @param {number} seq */
  #reached(seq) {
    for (const { resolve } of this.#awaited.filter((awaited) => awaited.seq <= seq)) resolve();
    this.#awaited = this.#awaited.filter((awaited) => awaited.seq > seq);
  }

  /**
   * Takes in the newest page of history up to an event, where no events come. What lies between it and what is known
   * is to be loaded from where reading stopped: the timeline is another then.
   * @param {History} page
   * @param {number} headSeq
   * @returns {Message[]} those that are new
   */
  catchUp({ items, hasMore }, headSeq) {
    const { timeline, log } = this;
    const known = items.filter(({ seq }) => seq <= headSeq);
    const [first] = known;
    const isGap = hasMore && (first === undefined || first.seq > log.seq);
    if (timeline.isOpen && !timeline.hasNewer && isGap) this.timeline = new Timeline();
    else for (const message of known) timeline.take(message, log.seq);
    const fresh = known.filter(({ seq, deleted }) => seq > log.seq && !deleted);
    for (const message of fresh) this.#countNew(message);
    log.skip(headSeq);
    this.#reached(headSeq);
    return fresh;
  }

  /**
   * The log starts anew from its end. What was skipped is unknown, so the next count from the server is accepted.
   * @param {string} epoch
   * @param {number} headSeq
   */
  reset(epoch, headSeq) {
    this.log.reset(epoch, headSeq);
    this.timeline = new Timeline();
    this.readSeq = 0;
    this.#counted = { unread: this.unread, mentions: this.unreadMentions, headSeq };
    this.#since = [];
    this.#changedAt = 0;
    this.isCounted = false;
    this.release();
  }

  /**
   * Waits until the log is known up to an event.
   * @param {number} seq
   * @returns {Promise<void>}
   */
  reached(seq) {
    if (this.log.seq >= seq) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.push({ seq, resolve }));
  }

  /** Ends all waiting. */
  release() {
    for (const { resolve } of this.#awaited) resolve();
    this.#awaited = [];
  }

  /**
   * Somebody has read up to here.
   * @param {string} userId
   * @param {number} seq
   * @returns {boolean} whether unread messages must be counted again
   */
  read(userId, seq) {
    this.members =
      this.members?.map((member) => (member.userId === userId ? { ...member, readSeq: seq } : member)) ??
      null;
    if (userId !== this.me) return false;
    if (seq > this.readSeq) this.#readUpTo(seq);
    return this.mustCount;
  }

  /**
   * A member has another name.
   * @param {string} userId
   * @param {string} name
   */
  rename(userId, name) {
    this.members =
      this.members?.map((member) => (member.userId === userId ? { ...member, name } : member)) ?? null;
  }

  /**
   * @param {string} userId
   * @param {boolean} online
   */
  presence(userId, online) {
    this.members =
      this.members?.map((member) => (member.userId === userId ? { ...member, online } : member)) ?? null;
    if (!online) this.typing.end(userId);
  }

  /** @param {number} seq */
  #readUpTo(seq) {
    const { unread, mentions, headSeq } = this.#counted;
    const read = this.timeline.count(this.readSeq, Math.min(seq, headSeq), this.me);
    this.readSeq = seq;
    this.#since = this.#since.filter((unread) => unread.seq > seq);
    // What comes after the end of the log is counted when it comes, though the server may have counted it already.
    if (seq >= this.log.seq || seq >= headSeq) this.#counted = { unread: 0, mentions: 0, headSeq: seq };
    else {
      this.#counted.unread = Math.max(0, unread - (read?.unread ?? 0));
      this.#counted.mentions = Math.max(0, mentions - (read?.mentions ?? 0));
      this.#mustCount ||= read === null ? unread > 0 : read.mentions === null && mentions > 0;
    }
  }

  /** A message that the server has not counted yet is unread. @param {Message} message */
  #countNew(message) {
    const { seq } = message;
    const isCounted = seq <= this.#counted.headSeq || seq <= this.readSeq;
    if (isFromOthers(message, this.me) && !isCounted)
      this.#since.push({ seq, isMention: concerns(message, this.me) });
  }

  /**
   * An edit may mention the reader where nothing did before, or no more.
   * @param {Message} message
   * @param {number} editedAt the edit's own place in the log
   */
  #countMention(message, editedAt) {
    const { seq, senderId } = message;
    if (senderId === this.me || seq <= this.readSeq || editedAt <= this.#counted.headSeq) return;
    const isMention = concerns(message, this.me);
    const unread = this.#since.find((known) => known.seq === seq);
    if (!unread) {
      if (isMention || this.#counted.mentions > 0) this.#changedAt = editedAt;
    } else if (unread.isMention !== isMention) {
      unread.isMention = isMention;
      this.#settle(editedAt);
    }
  }

  /** What the server counted before an event is out of date from now on. @param {number} headSeq */
  #settle(headSeq) {
    const { unread, unreadMentions: mentions } = this;
    this.#counted = { unread, mentions, headSeq };
    this.#since = [];
  }

  /**
   * @param {Message} message which nobody can read any more
   * @param {number} deletedAt the deletion's own place in the log
   */
  #discount({ seq, senderId }, deletedAt) {
    if (senderId === this.me || seq <= this.readSeq || deletedAt <= this.#counted.headSeq) return;
    const { unread, mentions, headSeq } = this.#counted;
    if (seq <= headSeq && unread > 0) {
      this.#counted.unread -= 1;
      if (mentions > 0) this.#changedAt = deletedAt;
    }
    this.#since = this.#since.filter((unread) => unread.seq !== seq);
    this.#settle(deletedAt);
  }

  /**
   * A member as the server described them, with a read marker that may be newer here.
   * @param {Member} member
   */
  #asReadHere(member) {
    const known = this.members?.find(({ userId }) => userId === member.userId);
    return { ...member, readSeq: Math.max(member.readSeq, known?.readSeq ?? 0) };
  }

  /** @param {import('../types.d.ts').RoomChange} change */
  #change({ passwordChanged, ...changed }) {
    if (passwordChanged) this.guesses = 0;
    this.about = { ...this.about, ...changed };
    this.members =
      this.members?.map((member) => ({ ...member, owner: member.userId === this.about.ownerId })) ?? null;
  }
}
