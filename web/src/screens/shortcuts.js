// The keys that do something.

import { el, fill } from '../dom.js';
import { View } from '../view.js';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const COMMAND = isApple ? '⌘' : 'Ctrl';
const ALT = isApple ? '⌥' : 'Alt';

/** @type {[string, [string[], string][]][]} */
const KEYS = [
  [
    'Everywhere',
    [
      [[COMMAND, 'K'], 'Go to a room by its name'],
      [[COMMAND, 'F'], 'Search messages, in the room that is open; pressed again, the browser’s own search'],
      [[ALT, '↓'], 'Next room'],
      [[ALT, '↑'], 'Previous room'],
      [[ALT, 'Shift', '↓'], 'Next room with unread messages'],
      [[ALT, 'Shift', '↑'], 'Previous room with unread messages'],
      [[COMMAND, '/'], 'This list'],
      [['Esc'], 'Close what lies over the page'],
    ],
  ],
  [
    'Writing a message',
    [
      [['Enter'], 'Send it'],
      [[COMMAND, 'Enter'], 'Send it, also with a keyboard on the screen, where Enter is a new line'],
      [['Shift', 'Enter'], 'New line'],
      [['@'], 'Mention a member: the arrow keys choose, Enter or Tab takes'],
      [['↑'], 'Edit your last message, while nothing is written'],
      [['Esc'], 'Stop editing or replying'],
    ],
  ],
  [
    'Among the messages',
    [
      [['↑', '↓'], 'Previous and next message'],
      [['+'], 'React to it'],
      [['R'], 'Reply to it'],
    ],
  ],
];

customElements.define(
  'hex-shortcuts',
  class extends View {
    enter() {
      const sections = KEYS.map(([title, keys]) =>
        el(
          'section',
          { class: 'section' },
          el('h2', {}, title),
          el('dl', { class: 'shortcuts' }, keys.map(row)),
        ),
      );
      fill(
        this,
        el(
          'div',
          { class: 'page' },
          el('h1', {}, 'Keyboard shortcuts'),
          sections,
          el('a', { href: '/settings' }, 'Settings'),
        ),
      );
    }
  },
);

/** @param {[string[], string]} shortcut */
function row([keys, words]) {
  return el(
    'div',
    {},
    el(
      'dt',
      {},
      keys.map((key) => el('kbd', {}, key)),
    ),
    el('dd', {}, words),
  );
}
