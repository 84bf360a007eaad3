// What happened last in a room, as the list of rooms shows it.

/** @import { LastMessage, Room, RoomEvent } from '../types.d.ts' */

/** A line has no room for more. */
const EXCERPT = 140;
/** At least as long as any emoji is. */
const LONGEST_EMOJI = 40;

export class Latest {
  /** When its newest event happened, in milliseconds. */
  at = 0;
  /** The newest message that is not deleted. @type {LastMessage | null} */
  message = null;
  /** Whether that one was deleted, so that only the server knows which it is now. */
  isUnknown = false;

  /** @param {Room} room */
  constructor(room) {
    this.describe(room);
  }

  /** @param {Room} room as the server knows it, no older than what the log told */
  describe({ lastEventAt, lastMessage }) {
    this.at = Math.max(this.at, Date.parse(lastEventAt));
    this.message = lastMessage ?? null;
    this.isUnknown = false;
  }

  /** @param {RoomEvent} event */
  apply({ kind, data, at }) {
    this.at = Math.max(this.at, Date.parse(at));
    const last = this.message;
    if (kind === 'message_posted' && !data.deleted && data.seq > (last?.seq ?? 0)) {
      this.message = {
        seq: data.seq,
        senderId: data.senderId,
        excerpt: excerptOf(data.body),
        at: data.sentAt,
      };
      this.isUnknown = false;
    } else if (kind === 'message_edited' && last?.seq === data.seq) {
      this.message = { ...last, excerpt: excerptOf(data.body) };
    } else if (kind === 'message_deleted' && last?.seq === data.seq) {
      this.message = null;
      this.isUnknown = true;
    }
  }
}

/** The beginning of a message, as far as a line shows it, without cutting through an emoji. @param {string | null} body */
export function excerptOf(body) {
  const text = body ?? '';
  const characters = new Intl.Segmenter().segment(text.slice(0, EXCERPT + LONGEST_EMOJI));
  return text.slice(0, characters.containing(EXCERPT)?.index);
}
