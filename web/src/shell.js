// The page around the screens: it shows the one that the address names, and follows the sign-in.

import { enterHome, leaveHome, session } from './app.js';
import { say, unsay } from './components/toast.js';
import { closeDialogs, el, fill } from './dom.js';
import { invitation } from './invitation.js';
import { passwordLink } from './password-link.js';
import { prefetch } from './prefetch.js';
import { roomPath, router } from './router.js';
import { problemOf } from './server/refused.js';
import { View } from './view.js';
import { guessed } from './wording/names.js';
import { sentence } from './wording/refusals.js';

/** @import { Place } from './router.js' */
/** @import { Home } from './state/home.js' */

/** Whoever is not signed in sees one of these. */
const OUTSIDE = ['sign-in', 'sign-up'];

/** How long until loading is tried again, when the server did not answer. */
const AGAIN_MS = 2_000;

export class Shell extends View {
  #main = el('main', { id: 'main', tabindex: -1 });
  #turn = 0;
  /** @type {Promise<Home | null> | null} what belongs to the sign-in, on its way */
  #arriving = null;
  /** @type {Home | null} and once it is there */
  #home = null;

  enter() {
    this.listen(router, 'change', () => this.#turnTo());
    this.listen(session, 'began', () => this.#arrive());
    this.listen(session, 'ended', ({ detail }) => this.#depart(detail));
    this.listen(globalThis, 'storage', () => this.#notice());
    // Of what other tabs did while the page lay in the browser's memory it was told nothing.
    this.listen(globalThis, 'pageshow', () => this.#notice());
    this.listen(globalThis, 'hashchange', () => {
      if (invitation.take() || passwordLink.take()) this.#turnTo();
    });
    invitation.take();
    passwordLink.take();
    if (session.userId && !passwordLink.token) this.#arrive();
    else this.#turnTo();
  }

  async #arrive() {
    const arriving = enterHome();
    this.#arriving = arriving;
    const [here] = await Promise.all([arriving, import('./inside.js')]);
    if (!here || this.#arriving !== arriving) return;
    this.#home = here;
    this.#follow(here);
    fill(this, document.createElement('hex-sidebar'), this.#main);
    if (OUTSIDE.includes(router.place.screen)) router.go(invitation.token ? '/join' : '/', { replace: true });
    else this.#turnTo();
    prefetch().then(() => this.#notify(here));
    await this.#load(here);
  }

  /** @param {Home} here */
  async #load(here) {
    try {
      await here.load();
    } catch (error) {
      const problem = problemOf(error);
      if (this.#home !== here) return;
      say(sentence(problem), 'trouble');
      setTimeout(() => this.#home === here && this.#load(here), AGAIN_MS);
    }
  }

  /** @param {Home} here */
  async #notify(here) {
    const { notifications } = await import('./notifications.js');
    if (this.#home === here) notifications.follow(here);
  }

  /** @param {Home} here */
  #follow(here) {
    const { rooms } = here;
    rooms.addEventListener('list', () => this.#name());
    rooms.addEventListener('guessed', (event) => {
      const { about, guesses } = /** @type {CustomEvent} */ (event).detail;
      say(`${about.name}: ${guessed(guesses)}`, 'trouble');
    });
    rooms.addEventListener('lost', (event) => {
      const { room, code } = /** @type {CustomEvent} */ (event).detail;
      if (code) say(`${room.about.name}: ${sentence({ code, detail: '' })}`);
      if (location.pathname !== roomPath(room.roomId)) return;
      closeDialogs();
      router.go('/', { replace: true });
    });
  }

  /** @param {string | null} reason */
  #depart(reason) {
    // Whoever signed out, or was signed out, leaves nothing behind; whose session merely ran out comes back.
    this.#clear({ forget: reason !== 'token_expired' });
    if (reason) say(sentence({ code: reason, detail: '' }));
    router.go('/sign-in', { replace: true });
    this.#turnTo();
  }

  /** Nothing of the account stays on the screen, while what is shown next is still being fetched. @param {{forget: boolean}} traces */
  #clear(traces) {
    closeDialogs();
    unsay();
    leaveHome(traces);
    if (traces.forget) invitation.forget();
    this.#arriving = null;
    this.#home = null;
    fill(this);
    document.title = 'Hexroom';
  }

  /** Another tab may have signed out, or somebody else in. */
  #notice() {
    if (session.noticeOtherTabs() !== 'another') return;
    this.#clear({ forget: false });
    location.reload();
  }

  async #turnTo() {
    const turn = ++this.#turn;
    const { place } = router;
    closeDialogs();
    // Whoever has come with a password link sets the password first, signed in or not.
    const isInside = (await this.#arriving) !== null && !passwordLink.token;
    const screen = isInside ? await inside(place) : await outside(place);
    if (turn !== this.#turn) return;
    this.dataset.screen = isInside ? place.screen : 'sign';
    fill(isInside ? this.#main : this, screen);
    this.#name();
    // Whoever cannot see the page has to be brought to what is new on it.
    if (!this.contains(document.activeElement) && place.screen !== 'start')
      this.querySelector('main')?.focus({ preventScroll: true });
  }

  /** The page's title says where one is, and how much waits to be read. */
  #name() {
    const { place } = router;
    const rooms = this.#home?.rooms;
    const room = place.roomId ? rooms?.all.get(place.roomId) : undefined;
    const where = room?.about.name ?? this.querySelector('main h1')?.textContent;
    const unread = rooms?.unread ?? 0;
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${where ? `${where} · ` : ''}Hexroom`;
  }
}

customElements.define('hex-shell', Shell);

/** @param {Place} place */
async function outside({ screen }) {
  const { newPassword, signIn, signUp } = await import('./screens/sign.js');
  if (passwordLink.token) return newPassword(passwordLink.token);
  return screen === 'sign-up' ? signUp() : signIn(invitation.token !== null);
}

/** @param {Place} place */
async function inside({ screen, roomId }) {
  const { draw } = await import('./inside.js');
  return draw(screen, roomId);
}
