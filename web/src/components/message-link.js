// Links to messages: where they lead, and what is said where they lead nowhere.

import { home } from '../app.js';
import { roomPath, router } from '../router.js';
import { showToast } from './toast.js';

/** @import { Message } from '../types.d.ts' */
/** @import { MessageList } from './message-list.js' */

/** @param {Message} message */
export function linkOf({ roomId, seq }) {
  return location.origin + roomPath(roomId, seq);
}

/**
 * Shows the message at a place in a room's log, among those around it.
 * @param {MessageList} list
 * @param {number} seq
 */
export async function showLinked(list, seq) {
  const { room } = list;
  const find = () => room.timeline.messages().find((message) => message.seq === seq);
  if (!find()) await home().rooms.history.open(room, seq);
  if (!list.isConnected) return;
  // From here on it is the room that is shown: a link to another message leads there, and to the same one again.
  router.readdress(roomPath(room.roomId));
  const message = find();
  if (message) await list.show(message);
  else await list.toEnd();
  if (!message) showToast('There is no message at this address.', 'trouble');
  else if (message.deleted) showToast('The message at this address was deleted.', 'trouble');
}
