// What is not needed on every screen. It is fetched when somebody wants it, or beforehand when there is time.

export const later = {
  sign: () => import('./screens/sign.js'),
  start: () => import('./screens/start.js'),
  room: () => import('./screens/room.js'),
  join: () => import('./screens/join.js'),
  create: () => import('./screens/create.js'),
  friends: () => import('./screens/friends.js'),
  coins: () => import('./screens/coins.js'),
  settings: () => import('./screens/settings.js'),
  nowhere: () => import('./screens/nowhere.js'),
  dialog: () => import('./components/dialog.js'),
  members: () => import('./components/members.js'),
  profile: () => import('./components/profile.js'),
  invitations: () => import('./components/invitations.js'),
  roomTools: () => import('./components/room-tools.js'),
  notifications: () => import('./notifications.js'),
  qr: () => import('./vendor/uqr.js'),
};

/** So long the first screen has the line to itself. */
const FIRST_SCREEN_MS = 2_000;

/** Fetches all of it but what hardly anybody wants, so that it is there even when the server is not. */
export async function fetchBeforehand() {
  await new Promise((resolve) => setTimeout(resolve, FIRST_SCREEN_MS));
  performance.mark('beforehand');
  const { qr: _, ...wanted } = later;
  await Promise.allSettled(Object.values(wanted).map((load) => load()));
}
