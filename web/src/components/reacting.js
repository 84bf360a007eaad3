// Puts emoji to messages: the six that the reader uses most, and the way to all others.

import { home, storage } from '../app.js';
import { el, icon } from '../dom.js';
import { load } from '../on-demand.js';
import { hasReacted, react } from '../state/pending-reactions.js';
import { UsedEmoji } from '../state/used-emoji.js';
import { orToast } from './toast.js';

/** @import { RoomState } from '../state/room.js' */
/** @import { Message } from '../types.d.ts' */

/** How far from the message and from the page's edges, in pixels. */
const GAP = 6;

/** Those of the account that is signed in. */
export function usedEmoji() {
  return new UsedEmoji({ storage, userId: home().me });
}

/**
 * Puts an emoji to a message, or takes it back where the reader has put it there.
 * @param {RoomState} room
 * @param {Message} message as it was drawn, which may be a while ago
 * @param {string} emoji
 */
export function toggleReaction(room, message, emoji) {
  if (hasReacted(room, newest(room, message), emoji)) put(room, message, emoji, false);
  else addReaction(room, message, emoji);
}

/** @param {RoomState} room @param {Message} message @param {string} emoji */
function addReaction(room, message, emoji) {
  usedEmoji().use(emoji);
  if (!hasReacted(room, newest(room, message), emoji)) put(room, message, emoji, true);
}

/** @param {RoomState} room @param {Message} message */
const newest = (room, message) => room.timeline.find(message.messageId) ?? message;

/** @param {RoomState} room @param {Message} message @param {string} emoji @param {boolean} on */
function put(room, { messageId }, emoji, on) {
  orToast(react(home().connection, room, { messageId, emoji, on }));
}

/**
 * The six emoji and the way to all others, as a row of buttons.
 * @param {RoomState} room
 * @param {Message} message
 * @param {(act: () => void) => void} done makes way for what has been chosen, and does it
 */
export function quickReactions(room, message, done) {
  const all = [
    ...usedEmoji().quick.map((emoji) =>
      el(
        'button',
        {
          type: 'button',
          class: 'emoji-button',
          'aria-pressed': String(hasReacted(room, message, emoji)),
          onclick: () => done(() => toggleReaction(room, message, emoji)),
        },
        emoji,
      ),
    ),
    el(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': 'All emoji',
        title: 'All emoji',
        onclick: () => done(() => orToast(chooseFromAll(room, message))),
      },
      icon('plus'),
    ),
  ];
  const step = (/** @type {KeyboardEvent} */ event) => {
    const ahead = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (!ahead || at < 0) return;
    event.preventDefault();
    all[(at + ahead + all.length) % all.length].focus();
  };
  return el(
    'div',
    { class: 'quick-reactions', role: 'toolbar', 'aria-label': 'React to this message', onkeydown: step },
    all,
  );
}

/**
 * Offers the quick reactions beside a message.
 * @param {RoomState} room
 * @param {Message} message
 * @param {HTMLElement} row
 */
export function offerReactions(room, message, row) {
  const popover = quickReactions(room, message, (act) => {
    popover.hidePopover();
    act();
  });
  const scroller = row.closest('.scroller');
  // A row may be drawn anew while this is open.
  const bubble = `[data-message="${CSS.escape(message.messageId)}"] .bubble`;
  const follow = () => {
    const beside = scroller?.querySelector(bubble)?.getBoundingClientRect();
    const seen = scroller?.getBoundingClientRect();
    if (!beside || !seen || beside.bottom < seen.top || beside.top > seen.bottom) popover.hidePopover();
    else place(popover, beside);
  };
  popover.popover = 'auto';
  popover.addEventListener('toggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== 'closed') return;
    scroller?.removeEventListener('scroll', follow);
    popover.remove();
  });
  row.closest('hex-messages')?.append(popover);
  popover.showPopover();
  follow();
  scroller?.addEventListener('scroll', follow);
  popover.querySelector('button')?.focus();
}

/** @param {HTMLElement} popover @param {DOMRect} beside */
function place(popover, beside) {
  const { width, height } = popover.getBoundingClientRect();
  const above = beside.top - height - GAP;
  const left = Math.min(beside.left, beside.right - width);
  const inPage = (/** @type {number} */ at, /** @type {number} */ most) =>
    Math.max(GAP, Math.min(at, most - GAP));
  popover.style.top = `${above > GAP ? above : inPage(beside.bottom + GAP, innerHeight - height)}px`;
  popover.style.left = `${inPage(left, innerWidth - width)}px`;
}

/** @param {RoomState} room @param {Message} message */
async function chooseFromAll(room, message) {
  const { openEmojiPicker } = await load('components/emoji-picker.js');
  await openEmojiPicker('React', (emoji) => addReaction(room, message, emoji));
}
