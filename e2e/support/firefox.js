// Firefox with a saved login. Saving one needs the browser's own privileges, which only its Marionette
// protocol gives (https://firefox-source-docs.mozilla.org/testing/marionette/): `length:[0, id, command, parameters]`
// is answered by `length:[1, id, error, result]`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const EXECUTABLE = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const PATIENCE_MS = 60_000;

export class Firefox {
  #process;
  #profile;
  #socket;
  #nextId = 1;
  #received = Buffer.alloc(0);
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #asked = new Map();

  /**
   * @param {import('node:child_process').ChildProcess} process
   * @param {string} profile
   * @param {import('node:net').Socket} socket
   */
  constructor(process, profile, socket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
  }

  static async launch() {
    const profile = await mkdtemp(join(tmpdir(), 'hexroom-firefox-'));
    // Under remote control Firefox fills nothing unless it is told to behave as for people.
    const preferences = {
      'marionette.port': 0,
      'signon.autofillForms': true,
      'signon.rememberSignons': true,
    };
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    await writeFile(join(profile, 'user.js'), lines);
    const options = ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access'];
    const browser = spawn(EXECUTABLE, [...options, '--profile', profile], { stdio: 'ignore' });
    const socket = connect(await portOf(profile), '127.0.0.1');
    await once(socket, 'connect');
    const firefox = new Firefox(browser, profile, socket);
    await firefox.#ask('WebDriver:NewSession', {});
    await firefox.#ask('WebDriver:SetTimeouts', { script: PATIENCE_MS, pageLoad: PATIENCE_MS, implicit: 0 });
    return firefox;
  }

  async close() {
    this.#socket.destroy();
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
    await rm(this.#profile, { recursive: true, force: true });
  }

  /** @param {string} url */
  open(url) {
    return this.#ask('WebDriver:Navigate', { url });
  }

  /**
   * What a script in the page returns, or a promise of it.
   * @param {(...given: any[]) => unknown} script
   * @param {...unknown} given
   */
  run(script, ...given) {
    return this.#run('content', script, given);
  }

  /**
   * Saves a login, as if its owner had done so earlier.
   * @param {string} origin
   * @param {string} username
   * @param {string} password
   */
  saveLogin(origin, username, password) {
    const save = async (
      /** @type {string} */ site,
      /** @type {string} */ name,
      /** @type {string} */ word,
    ) => {
      const { Cc, Ci, Services } = /** @type {any} */ (globalThis);
      const login = Cc['@mozilla.org/login-manager/loginInfo;1'].createInstance(Ci.nsILoginInfo);
      login.init(site, site, null, name, word, '', '');
      await Services.logins.addLoginAsync(login);
    };
    return this.#run('chrome', save, [origin, username, password]);
  }

  /**
   * @param {'content' | 'chrome'} context
   * @param {(...given: any[]) => unknown} script
   * @param {unknown[]} given
   */
  async #run(context, script, given) {
    await this.#ask('Marionette:SetContext', { value: context });
    const answer = await this.#ask('WebDriver:ExecuteAsyncScript', {
      script: `const [given, done] = arguments;
        Promise.resolve((${script})(...given)).then((value) => done({ value }), (error) => done({ error: String(error) }));`,
      args: [given],
    });
    await this.#ask('Marionette:SetContext', { value: 'content' });
    if (answer.value.error) throw new Error(answer.value.error);
    return answer.value.value;
  }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} parameters
   * @returns {Promise<any>}
   */
  #ask(command, parameters) {
    const id = this.#nextId++;
    const text = JSON.stringify([0, id, command, parameters]);
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  /** @param {Buffer} bytes */
  #receive(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.subarray(0, Math.max(colon, 0)));
      if (colon < 0 || this.#received.length < end) return;
      const answer = JSON.parse(this.#received.subarray(colon + 1, end).toString());
      this.#received = this.#received.subarray(end);
      // The first of all only says who is there.
      if (!Array.isArray(answer)) continue;
      const [, id, error, result] = answer;
      if (error) this.#asked.get(id)?.reject(new Error(`${error.error}: ${error.message}`));
      else this.#asked.get(id)?.resolve(result);
      this.#asked.delete(id);
    }
  }
}

/** Firefox chooses a port and writes it down. @param {string} profile */
async function portOf(profile) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const port = await readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => '');
    if (port.trim() !== '') return Number(port);
    await pause(100);
  }
  throw new Error(`Firefox at ${EXECUTABLE} does not answer`);
}
