// Loads the modules that are only loaded on demand, before anybody needs them: then they are there even while the
// server is not.

/** The first screen has the network to itself for this long. */
const FIRST_SCREEN_MS = 2_000;

/** Everything but the QR encoder, which few people ever need. */
export async function prefetch() {
  await new Promise((resolve) => setTimeout(resolve, FIRST_SCREEN_MS));
  performance.mark('prefetch');
  await Promise.allSettled([
    import('./screens/sign-in.js'),
    import('./screens/start.js'),
    import('./screens/room.js'),
    import('./screens/join.js'),
    import('./screens/create.js'),
    import('./screens/friends.js'),
    import('./screens/coins.js'),
    import('./screens/settings.js'),
    import('./screens/not-found.js'),
    import('./components/dialog.js'),
    import('./components/members.js'),
    import('./components/profile.js'),
    import('./components/invitations.js'),
    import('./components/room-tools.js'),
    import('./notifications.js'),
  ]);
}
