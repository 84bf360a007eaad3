// The server under test: the built binary, on a folder and a port of its own.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const BINARY = process.env.HEXROOM ?? new URL('../../target/debug/hexroom', import.meta.url).pathname;

export const PASSWORD = 'correct horse battery';

export class Server {
  #home;
  /** @type {import('node:child_process').ChildProcess | null} */
  #process = null;
  url = '';

  /** @param {string} home */
  constructor(home) {
    this.#home = home;
  }

  /** Starts a server on an empty folder. */
  static async start() {
    const server = new Server(await mkdtemp(join(tmpdir(), 'hexroom-e2e-')));
    await server.#launch('127.0.0.1:0');
    return server;
  }

  /** Ends the server as a power cut would. */
  async kill() {
    const running = this.#process;
    if (!running) return;
    this.#process = null;
    if (running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  }

  /** Starts it again where it was. */
  async restart() {
    await this.#launch(new URL(this.url).host);
  }

  async stop() {
    await this.kill();
    await rm(this.#home, { recursive: true, force: true });
  }

  /**
   * Runs one of the binary's commands, such as `user prime ana`.
   * @param {...string} command
   */
  async run(...command) {
    const { stdout } = await promisify(execFile)(BINARY, command, { env: this.#environment('127.0.0.1:0') });
    return stdout;
  }

  /**
   * Makes an account.
   * @param {string} userId
   * @param {{name?: string, coins?: number, prime?: boolean}} [about]
   */
  async account(userId, { name = userId, coins = 0, prime = false } = {}) {
    const registration = { userId, name, password: PASSWORD, deviceId: 'seed', phone: '+49 151 2345678' };
    const { accessToken } = await this.#call('POST', 'register', '', { ...registration, availCoins: coins });
    if (prime) await this.run('user', 'prime', userId);
    return new Seed(accessToken, (...call) => this.#call(...call));
  }

  /**
   * Signs in, as a browser does.
   * @param {string} userId
   * @param {string} deviceId
   * @returns {Promise<{refreshToken: string}>}
   */
  signIn(userId, deviceId) {
    return this.#call('POST', 'login', '', { userId, password: PASSWORD, deviceId });
  }

  /** @param {string} listen */
  async #launch(listen) {
    const child = spawn(BINARY, ['serve'], {
      env: this.#environment(listen),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /ready at (http:\S+)/.exec(line)?.[1];
      if (!url) continue;
      this.url = url;
      child.stdout.resume();
      return;
    }
    throw new Error('the server ended before it was ready');
  }

  /** @param {string} listen */
  #environment(listen) {
    return {
      DATA_DIR: join(this.#home, 'data'),
      LISTEN: listen,
      RATE_LIMITS: 'off',
      PASSWORD_SCHEME: 'argon2id',
      LOG: 'error',
    };
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string} token
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async #call(method, path, token, body) {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
    const response = await fetch(`${this.url}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}

/** An account that acts without a browser, to prepare what a test is not about. */
export class Seed {
  #token;
  #call;

  /**
   * @param {string} token
   * @param {(method: string, path: string, token: string, body?: unknown) => Promise<any>} call
   */
  constructor(token, call) {
    this.#token = token;
    this.#call = call;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  call(method, path, body) {
    return this.#call(method, path, this.#token, body);
  }

  /**
   * @param {string} name
   * @param {string} [password]
   * @returns {Promise<string>} the room's id
   */
  async room(name, password = 'open sesame') {
    return (await this.call('POST', 'chatrooms', { name, password })).roomId;
  }

  /** @param {string} roomId @param {string} [password] */
  join(roomId, password = 'open sesame') {
    return this.call('POST', 'joinroom', { roomId, password });
  }

  /** @param {string} roomId @param {string} body */
  say(roomId, body) {
    return this.call('POST', 'messages', { roomId, clientMessageId: crypto.randomUUID(), body });
  }
}
