// The modules that are loaded on demand, by their path.
export interface Modules {
  'components/clipboard.js': typeof import('./components/clipboard.js');
  'components/dialog.js': typeof import('./components/dialog.js');
  'components/empty-room.js': typeof import('./components/empty-room.js');
  'components/emoji-picker.js': typeof import('./components/emoji-picker.js');
  'components/formatted-body.js': typeof import('./components/formatted-body.js');
  'components/invitations.js': typeof import('./components/invitations.js');
  'components/long-press.js': typeof import('./components/long-press.js');
  'components/members.js': typeof import('./components/members.js');
  'components/mention-list.js': typeof import('./components/mention-list.js');
  'components/message-actions.js': typeof import('./components/message-actions.js');
  'components/message-extras.js': typeof import('./components/message-extras.js');
  'components/profile.js': typeof import('./components/profile.js');
  'components/reacting.js': typeof import('./components/reacting.js');
  'components/reply-bar.js': typeof import('./components/reply-bar.js');
  'components/room-tools.js': typeof import('./components/room-tools.js');
  'components/share.js': typeof import('./components/share.js');
  'components/switcher.js': typeof import('./components/switcher.js');
  'notifications.js': typeof import('./notifications.js');
  'screens/coins.js': typeof import('./screens/coins.js');
  'screens/create.js': typeof import('./screens/create.js');
  'screens/friends.js': typeof import('./screens/friends.js');
  'screens/join.js': typeof import('./screens/join.js');
  'screens/not-found.js': typeof import('./screens/not-found.js');
  'screens/room-entry.js': typeof import('./screens/room-entry.js');
  'screens/room.js': typeof import('./screens/room.js');
  'screens/settings.js': typeof import('./screens/settings.js');
  'screens/shortcuts.js': typeof import('./screens/shortcuts.js');
  'screens/sign-in.js': typeof import('./screens/sign-in.js');
  'screens/start.js': typeof import('./screens/start.js');
  'signed-in.js': typeof import('./signed-in.js');
  'state/home.js': typeof import('./state/home.js');
  'vendor/emoji.js': typeof import('./vendor/emoji.js');
  'vendor/lowlight.js': typeof import('./vendor/lowlight.js');
  'vendor/uqr.js': typeof import('./vendor/uqr.js');
  'wording/refusals.js': typeof import('./wording/refusals.js');
}
