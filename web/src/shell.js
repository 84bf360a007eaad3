// The page around the screens: shows the one that the address names, and follows the sign-in.

import { enterHome, leaveHome, session } from './app.js';
import { clearToasts, showToast } from './components/toast.js';
import { destination } from './destination.js';
import { closeDialogs, el, fill } from './dom.js';
import { invitation } from './invitation.js';
import { load } from './on-demand.js';
import { passwordLink } from './password-link.js';
import { prefetch } from './prefetch.js';
import { roomPath, routeOf, router } from './router.js';
import { problemOf } from './server/errors.js';
import { explained } from './trouble.js';
import { View } from './view.js';
import { guessed } from './wording/names.js';
import { number } from './wording/numbers.js';

/** @import { Route } from './router.js' */
/** @import { Home } from './state/home.js' */

/** The screens for people who are not signed in. */
const OUTSIDE = ['sign-in', 'sign-up'];

/** How long until loading is retried when the server did not answer. */
const AGAIN_MS = 2_000;

class Shell extends View {
  #main = el('main', { id: 'main', tabindex: -1 });
  #turn = 0;
  /** @type {Promise<Home | null> | null} the state of the sign-in, while it is loaded */
  #arriving = null;
  /** @type {Home | null} and once it is loaded */
  #home = null;

  enter() {
    this.listen(router, 'change', () => {
      this.#remember();
      this.#turnTo();
    });
    this.listen(session, 'began', () => this.#arrive());
    this.listen(session, 'ended', ({ detail }) => this.#depart(detail));
    this.listen(globalThis, 'storage', () => this.#notice());
    // A page in the browser's memory is not told what other tabs do.
    this.listen(globalThis, 'pageshow', () => this.#notice());
    this.listen(globalThis, 'hashchange', () => {
      if (invitation.take() || passwordLink.take()) this.#turnTo();
    });
    // What is shown may be named only after it has asked the server.
    this.listen(this, 'named', () => this.#name());
    invitation.take();
    passwordLink.take();
    if (session.userId && !passwordLink.token) this.#arrive();
    else this.#turnTo();
  }

  async #arrive() {
    const { signIn } = session;
    const arriving = patiently(() => enterHome(signIn));
    this.#arriving = arriving;
    const [here] = await Promise.all([arriving, patiently(() => load('signed-in.js'))]);
    if (!here || this.#arriving !== arriving) return;
    const skip = el(
      'button',
      { type: 'button', class: 'skip', onclick: () => this.#main.focus() },
      'Skip to the content',
    );
    fill(this, skip, document.createElement('hex-sidebar'), this.#main);
    const wanted = destination.take(here.me) ?? '/';
    if (OUTSIDE.includes(router.route.screen)) router.go(wanted, { replace: true });
    else this.#turnTo();
    // Only now, because from here on the list of rooms was gone to on purpose.
    this.#home = here;
    this.#follow(here);
    this.#reopen(here);
    prefetch(here.connection).then(() => this.#notify(here));
    await this.#load(here);
  }

  /** @param {Home} here */
  async #load(here) {
    try {
      await here.load();
    } catch (error) {
      const words = await explained(problemOf(error));
      if (this.#home !== here) return;
      showToast(words, 'trouble');
      setTimeout(() => this.#home === here && this.#load(here), AGAIN_MS);
    }
  }

  /** @param {Home} here */
  async #notify(here) {
    const { notifications } = await patiently(() => load('notifications.js'));
    if (this.#home === here) notifications.follow(here);
  }

  /** Somebody who comes back to the client is back in the room where they were. @param {Home} here */
  #reopen({ rooms, lastRoom }) {
    if (router.route.roomId) this.#remember();
    const open = () => {
      const { roomId } = lastRoom;
      if (location.pathname === '/' && roomId && rooms.all.has(roomId)) router.go(roomPath(roomId));
    };
    rooms.addEventListener('list', open, { once: true });
  }

  /** The list of rooms is a place to come back to as well, for those who went there. */
  #remember() {
    const { roomId, screen } = router.route;
    if (roomId) this.#home?.lastRoom.remember(roomId);
    else if (screen === 'start') this.#home?.lastRoom.forget();
  }

  /** @param {Home} here */
  #follow(here) {
    const { rooms } = here;
    rooms.addEventListener('list', () => this.#name());
    rooms.addEventListener('guessed', (event) => {
      const { about, guesses } = /** @type {CustomEvent} */ (event).detail;
      showToast(`${about.name}: ${guessed(guesses)}`, 'trouble');
    });
    here.invitations.addEventListener('invited', () =>
      showToast('You have been invited to a room. You will find it under “Join a room”.'),
    );
    rooms.addEventListener('lost', (event) => {
      const { room, code } = /** @type {CustomEvent} */ (event).detail;
      if (code) this.#tell(here, room.about.name, code);
      if (location.pathname !== roomPath(room.roomId)) return;
      closeDialogs();
      // Otherwise the screen says what has happened, and how to come back.
      if (!code) router.go('/', { replace: true });
    });
  }

  /** Why the account is no longer in a room. @param {Home} here @param {string} name @param {string} code */
  async #tell(here, name, code) {
    const words = await explained({ code, detail: '' });
    if (this.#home === here) showToast(`${name}: ${words}`);
  }

  /** @param {string | null} reason */
  #depart(reason) {
    const left = this.#home;
    // Signing out leaves nothing behind; after an expired session the same person usually comes back.
    this.#clear({ forget: reason !== 'token_expired' });
    if (reason) {
      explained({ code: reason, detail: '' }).then((words) => showToast(words));
      if (left) destination.note(location.pathname, left.me);
    }
    // While the browser leaves the entry of a dialog, the address is still that of what was open.
    if (location.pathname === '/sign-in') this.#turnTo();
    else router.go('/sign-in', { replace: true });
  }

  /** Removes the account from the screen before the next one is loaded. @param {{forget: boolean}} traces */
  #clear(traces) {
    closeDialogs();
    clearToasts();
    leaveHome(traces);
    if (traces.forget) invitation.forget();
    this.#arriving = null;
    this.#home = null;
    fill(this);
    document.title = 'Hexroom';
  }

  /** Another tab may have signed out, or somebody else in. */
  #notice() {
    const became = session.noticeOtherTabs();
    if (became === 'ended') showToast('You have signed out in another tab.');
    if (became !== 'another') return;
    this.#clear({ forget: false });
    location.reload();
  }

  async #turnTo() {
    const turn = ++this.#turn;
    const { route } = router;
    closeDialogs();
    // A password link comes first, signed in or not.
    const isInside = (await this.#arriving) !== null && !passwordLink.token;
    const drawing = isInside ? inside(route) : outside(route);
    const screen = await drawing.catch((error) => explained(problemOf(error)));
    if (turn !== this.#turn) return;
    if (typeof screen === 'string') return this.#turnLater(turn, screen);
    this.dataset.screen = isInside ? route.screen : 'sign';
    fill(isInside ? this.#main : this, screen);
    this.#name();
    // Screen readers need the focus on the new content; on a phone a field would open the keyboard.
    /** @type {HTMLElement | null} */
    const field = matchMedia('(pointer: fine)').matches ? this.querySelector('[autofocus]') : null;
    if (!this.contains(document.activeElement) && (field || route.screen !== 'start'))
      (field ?? this.querySelector('main'))?.focus({ preventScroll: true });
  }

  /** The screen could not be loaded: it comes when the server answers. @param {number} turn @param {string} words */
  #turnLater(turn, words) {
    fill(this.#home ? this.#main : this, el('p', { class: 'loading', role: 'status' }, words));
    setTimeout(() => turn === this.#turn && this.#turnTo(), AGAIN_MS);
  }

  /** The page's title has the screen, and how many messages are unread and mention the reader. */
  #name() {
    const { route } = router;
    const rooms = this.#home?.rooms;
    const room = route.roomId ? rooms?.all.get(route.roomId) : undefined;
    const where = room?.about.name ?? this.querySelector('main h1')?.textContent;
    const unread = rooms?.unread ?? 0;
    const mentions = rooms?.unreadMentions ?? 0;
    const counts = mentions > 0 ? `${number(unread)} @${number(mentions)}` : number(unread);
    const title = `${unread > 0 ? `(${counts}) ` : ''}${where ? `${where} · ` : ''}Hexroom`;
    if (document.title !== title) document.title = title;
  }
}

customElements.define('hex-shell', Shell);

/**
 * Does it as soon as the server answers.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function patiently(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      showToast(await explained(problemOf(error)), 'trouble');
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** @param {Route} route */
async function outside({ screen }) {
  const { newPassword, signIn, signUp } = await load('screens/sign-in.js');
  if (passwordLink.token) return newPassword(passwordLink.token);
  destination.note(location.pathname, null);
  return screen === 'sign-up' ? signUp(purpose()) : signIn(purpose());
}

/** What somebody signs in for. @returns {'invitation' | 'room' | null} */
function purpose() {
  if (destination.path === '/join' && invitation.token) return 'invitation';
  return routeOf(destination.path ?? '').screen === 'room' ? 'room' : null;
}

/** @param {Route} route */
async function inside({ screen, roomId, seq }) {
  const { draw } = await load('signed-in.js');
  return draw(screen, roomId, seq);
}
