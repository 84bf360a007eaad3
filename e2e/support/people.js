// People at their browsers.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { chromium } from 'playwright-core';
import { PASSWORD, Server } from './server.js';

/** @import { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core' */

export const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** Generous, because machines that run several tests at once are slow. */
const PATIENCE_MS = 60_000;

/**
 * Waits until what is read is as expected: what is read just after an action may be what was there before it.
 * @template T
 * @param {() => Promise<T>} read
 * @param {T} expected
 * @param {string} [why]
 */
export async function becomes(read, expected, why) {
  for (const since = Date.now(); ; await pause(20)) {
    const found = await read();
    if (isDeepStrictEqual(found, expected)) return;
    if (Date.now() - since > PATIENCE_MS) assert.deepEqual(found, expected, why);
  }
}

/** Holds something up until it is opened. */
export function gate() {
  /** @type {(value?: any) => void} */
  let open = () => {};
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/**
 * A server and a browser for the tests of a file.
 * @returns {Fixture}
 */
export function fixture() {
  const set = new Fixture();
  before(() => set.open());
  after(() => set.close());
  return set;
}

export class Fixture {
  /** @type {Server} */
  server = /** @type {any} */ (null);
  /** @type {Browser} */
  browser = /** @type {any} */ (null);
  #people = 0;

  async open() {
    this.server = await Server.start();
    this.browser = await chromium.launch({ executablePath: EXECUTABLE, args: QUIET });
  }

  async close() {
    await this.browser?.close();
    await this.server?.stop();
  }

  /** A user id that nobody has yet. @param {string} name */
  fresh(name) {
    this.#people += 1;
    return `${
      name
        .toLowerCase()
        .replaceAll(/[^a-z]/g, '')
        .slice(0, 24) || 'somebody'
    }-${this.#people}`;
  }

  /**
   * Somebody with a browser of their own, not signed in.
   * @param {string} name
   * @param {BrowserContextOptions} [options]
   */
  visitor(name, options = {}) {
    return this.#person(name, this.fresh(name), options);
  }

  /**
   * Somebody who has an account and has signed in with their browser, in which no page is open yet.
   * @param {string} name
   * @param {{coins?: number, prime?: boolean} & BrowserContextOptions} [about]
   */
  async member(name, { coins, prime, ...options } = {}) {
    const userId = this.fresh(name);
    const seed = await this.server.account(userId, { name, coins, prime });
    const device = `chrome-linux-${crypto.randomUUID().slice(0, 8)}`;
    const { refreshToken } = await this.server.signIn(userId, device);
    const localStorage = [
      { name: 'hexroom.device', value: device },
      { name: 'hexroom.session', value: JSON.stringify({ userId, refreshToken }) },
    ];
    const storageState = { cookies: [], origins: [{ origin: this.server.url, localStorage }] };
    const person = await this.#person(name, userId, { ...options, storageState });
    person.seed = seed;
    return person;
  }

  /**
   * Ana and Bob in a room where Bob has said something.
   * @param {string} words
   * @param {BrowserContextOptions} [options] of Ana's browser
   */
  async pair(words, options = {}) {
    const [ana, bob] = [await this.member('Ana', { prime: true, ...options }), await this.member('Bob')];
    const roomId = await ana.seed.room('Den');
    await bob.seed.join(roomId);
    const { messageId } = await bob.seed.say(roomId, words);
    await ana.open(roomId);
    await bob.open(roomId);
    return { ana, bob, roomId, messageId };
  }

  /**
   * @param {string} name
   * @param {string} userId
   * @param {BrowserContextOptions} options
   */
  async #person(name, userId, options) {
    const context = await this.browser.newContext({
      baseURL: this.server.url,
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Person(name, userId, context, await context.newPage());
  }
}

export class Person {
  /** @type {import('./server.js').Seed} */
  seed = /** @type {any} */ (null);
  /** @type {string[]} what went wrong in the page, which nothing should */
  troubles = [];

  /**
   * @param {string} name
   * @param {string} userId
   * @param {BrowserContext} context
   * @param {Page} page
   */
  constructor(name, userId, context, page) {
    this.name = name;
    this.userId = userId;
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on(
      'console',
      (line) => /Content Security Policy|TrustedHTML/.test(line.text()) && this.troubles.push(line.text()),
    );
  }

  async signIn(password = PASSWORD) {
    await this.fill('User id', this.userId);
    await this.fill('Password', password);
    await this.press('Sign in');
    await this.page.getByRole('navigation', { name: 'Places' }).getByText('Coins').waitFor();
  }

  /** Opens an address. @param {string} address */
  async goto(address) {
    await this.#untilSettled();
    await this.page.goto(address);
  }

  /** Goes to another screen, as a link to it does: the page is not loaded again. @param {string} path */
  async visit(path) {
    await this.#untilSettled();
    await this.page.evaluate((href) => {
      const link = document.createElement('a');
      link.setAttribute('href', href);
      document.body.append(link);
      link.click();
      link.remove();
    }, path);
  }

  /** Goes to the list of rooms from another screen. The client itself would open with the last room. */
  async goToRooms() {
    await this.goto('/coins');
    await this.page.locator('.room-link').first().waitFor({ state: 'attached' });
    await this.page
      .locator('a[href="/"]')
      .first()
      .evaluate((link) => /** @type {HTMLElement} */ (link).click());
  }

  /** Loads the page again. */
  async reload() {
    await this.#untilSettled();
    await this.page.reload();
  }

  /**
   * If a dialog has just been closed, the browser is still leaving its entry of the history, which would cut short what is
   * loaded meanwhile.
   */
  async #untilSettled() {
    await this.page.waitForFunction(
      () => (history.state?.covers ?? 0) === document.querySelectorAll('dialog').length,
    );
  }

  /** @param {string} roomId */
  async open(roomId) {
    await this.goto(`/rooms/${roomId}`);
    await this.messageBox.waitFor();
    await this.page.getByText(/beginning of the room|no messages yet|earlier messages/).waitFor();
    await this.online();
  }

  /** Waits until the connection is open. */
  async online() {
    await this.page.locator('hex-connection[data-state="on"]').first().waitFor({ state: 'attached' });
  }

  /** Waits until all that is loaded ahead is there, what follows fingers among it. */
  async loadedAhead() {
    await this.page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/vendor/emoji.js')),
    );
  }

  get messageBox() {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  /** Scrolls to the newest message, and waits until nothing leads there any more. */
  async toEnd() {
    await this.page
      .locator('.scroller')
      .evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight, behavior: 'instant' }));
    await this.page.locator('.jump').first().waitFor({ state: 'detached' });
  }

  /** @param {string} text */
  async say(text) {
    await this.messageBox.fill(text);
    // On a phone Enter alone is a new line.
    await this.messageBox.press('Control+Enter');
  }

  /** The message whose body has a text: its time stands right behind it. @param {string | RegExp} text */
  message(text) {
    const body = this.page.locator('.body').filter({ hasText: text });
    return this.page.locator('.message').filter({ has: body });
  }

  /** Waits until a text can be seen. @param {string | RegExp} text @param {Locator | Page} [where] */
  async sees(text, where = this.page) {
    await where.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** @param {string} label @param {string} value @param {Locator | Page} [where] */
  async fill(label, value, where = this.page) {
    await where
      .getByRole('textbox', { name: label, exact: true })
      .or(where.getByLabel(label, { exact: true }))
      .fill(value);
  }

  /** @param {string | RegExp} name @param {Locator | Page} [where] */
  async press(name, where = this.page) {
    await where.getByRole('button', { name, exact: true }).filter({ visible: true }).click();
  }

  /** The dialog or drawer on top. */
  get dialog() {
    return this.page.getByRole('dialog').last();
  }

  /**
   * Waits for a dialog: what a press opens may still have to be loaded, and keys and checks would meet the page below it.
   * @param {string | RegExp} title
   */
  async opens(title) {
    const dialog = this.page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    return dialog;
  }

  /** Closes the dialog on top, and waits until it is gone, which is when it gives the focus back. */
  async escape() {
    await this.dialog.waitFor();
    const dialogs = this.page.locator('dialog');
    const uppermost = dialogs.nth((await dialogs.count()) - 1);
    await this.page.keyboard.press('Escape');
    await uppermost.waitFor({ state: 'detached' });
    await this.#untilSettled();
  }

  /** Waits until exactly this is in the message box. @param {string} text @param {string} [why] */
  async composes(text, why) {
    await becomes(() => this.messageBox.inputValue(), text, why);
  }

  /** From the next load on, nothing that would end after so long ends: a machine may be slower than that. @param {number} ms */
  async keepsWhatEndsAfter(ms) {
    await this.page.addInitScript((without) => {
      const { setTimeout } = window;
      Object.assign(window, {
        setTimeout: (/** @type {() => void} */ then, /** @type {number} */ after) =>
          after === without ? 0 : setTimeout(then, after),
      });
    }, ms);
  }

  /** The bodies of all messages that can be seen, in their order. */
  bodies() {
    return this.page.locator('.message .body').allTextContents();
  }

  /** Waits until exactly these messages are there, in this order. @param {string[]} texts */
  async hears(texts) {
    await this.page
      .waitForFunction(
        (expected) => {
          const bodies = Array.from(
            document.querySelectorAll('.message:not(.unsent) .body'),
            (body) => body.textContent,
          );
          return JSON.stringify(bodies) === JSON.stringify(expected);
        },
        texts,
        { timeout: PATIENCE_MS },
      )
      .catch(async () => {
        throw new Error(
          `${this.name} hears ${JSON.stringify(await this.bodies())}, not ${JSON.stringify(texts)}`,
        );
      });
  }
}
