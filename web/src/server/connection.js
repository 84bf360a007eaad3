// The WebSocket `hexroom.v1`: opens it, keeps it open, and reconnects when it is lost.

import { attempt, Refused, Unreachable } from './errors.js';
import { afterClose, retryDelay } from './reconnect.js';

/** @import { Ack, ResumePoint } from '../types.d.ts' */
/** @import { HttpLine } from './http-line.js' */
/** @import { Session } from './session.js' */

/** How much later than promised a frame may come. */
const GRACE_MS = 15_000;

/** How long the server may take for its welcome. */
const WELCOME_WITHIN_MS = 15_000;

/** From so many failures on, the loss of an open socket included, HTTP is tried in its place. */
const FAILURES_BEFORE_POLLING = 2;

const POLL_EVERY_MS = 4_000;

/**
 * @typedef {'off' | 'connecting' | 'on' | 'polling' | 'waiting' | 'refused'} ConnectionState
 * `waiting` will be retried, and so will `polling`, in which HTTP takes the place of the socket; `refused` is closed
 * for good, see `refusal`.
 */

/**
 * Fires `state` when its state changes and `frame` with each frame of the server, in the order of their
 * arrival, that is not the answer to a request.
 */
export class Connection extends EventTarget {
  /** @type {ConnectionState} */
  state = 'off';
  /** @type {string | null} why the server does not want the connection back */
  refusal = null;

  #session;
  #resume;
  #open;
  #line;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #failures = 0;
  #mustRenew = false;
  #silenceMs = WELCOME_WITHIN_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} set while HTTP is tried */
  #pollTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silenceTimer;
  /** @type {{reason: string, retryAfterMs: number | null} | null} */
  #bye = null;
  #nextId = 1;
  /** @type {Map<number, {resolve: (ack: Ack) => void, reject: (error: Error) => void}>} */
  #pending = new Map();

  /**
   * @param {object} options
   * @param {Pick<Session, 'token' | 'renew' | 'addEventListener' | 'removeEventListener'>} options.session
   * @param {() => ResumePoint[]} options.resume up to where each room's log is known here
   * @param {() => WebSocket} options.open
   * @param {Pick<HttpLine, 'poll' | 'request' | 'notify'>} options.line in place of the socket
   */
  constructor({ session, resume, open, line }) {
    super();
    this.#session = session;
    this.#resume = resume;
    this.#open = open;
    this.#line = line;
  }

  /** Whether the server can be reached now. */
  get isUp() {
    return this.state === 'on' || this.state === 'polling';
  }

  /** Opens the connection and keeps it open until `stop`. */
  start() {
    this.#session.addEventListener('renewed', this.#authenticate);
    if (this.state === 'off' || this.state === 'refused') this.#connect();
  }

  stop() {
    this.#session.removeEventListener('renewed', this.#authenticate);
    this.#disconnect();
    this.#setState('off');
  }

  /** Something has changed, so an attempt may succeed now. */
  retryNow() {
    if (this.state === 'waiting' || this.state === 'polling') this.#connect();
  }

  /**
   * Sends a frame that the server answers.
   * @param {Record<string, unknown>} frame without its id
   * @returns {Promise<Ack>}
   * @throws {Refused | Unreachable}
   */
  request(frame) {
    if (this.state === 'polling') return this.#line.request(frame);
    if (this.state !== 'on') return Promise.reject(new Unreachable());
    const id = this.#nextId++;
    this.#send({ ...frame, id });
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /**
   * Sends a frame that needs no answer, if the connection is open.
   * @param {Record<string, unknown>} frame
   */
  notify(frame) {
    if (this.state === 'polling') attempt(this.#line.notify(frame));
    else if (this.state === 'on') this.#send(frame);
  }

  async #connect() {
    this.#disconnect();
    const attempt = this.#attempt;
    this.#setState('connecting');
    const token = await this.#token().catch((error) => {
      if (attempt === this.#attempt) this.#failed(error);
    });
    if (!token || attempt !== this.#attempt) return;
    this.#mustRenew = false;
    const socket = this.#open();
    this.#socket = socket;
    socket.onopen = () => this.#send({ type: 'hello', token, resume: this.#resume() });
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(code);
    this.#silenceMs = WELCOME_WITHIN_MS;
    this.#watchSilence();
  }

  #token() {
    return this.#mustRenew ? this.#session.renew() : this.#session.token();
  }

  /** @param {unknown} error why there is no token */
  #failed(error) {
    if (error instanceof Refused && !error.isForNow) this.#setState('off');
    else this.#wait(error instanceof Refused ? error.retryAfterMs : null);
  }

  /** @param {any} frame */
  #receive(frame) {
    this.#watchSilence();
    switch (frame.type) {
      case 'ack':
        return this.#takePending(frame.id)?.resolve(frame);
      case 'error':
        return this.#takePending(frame.id)?.reject(new Refused(frame, frame.retryAfterMs ?? null));
      case 'bye':
        this.#bye = frame;
        return;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'welcome':
        this.#failures = 0;
        this.#silenceMs = frame.pingMs + GRACE_MS;
        this.#watchSilence();
        this.#setState('on', { welcome: frame });
        return;
      default:
    }
    this.#pass(frame);
  }

  /** @param {any} frame */
  #pass(frame) {
    this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
  }

  /** @param {number} id */
  #takePending(id) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** @param {number} code */
  #lost(code) {
    const bye = this.#bye;
    this.#disconnect();
    const then = afterClose(code);
    if (then === 'stop') {
      this.refusal = bye?.reason ?? `The server closed the connection with ${code}.`;
      this.#setState('refused');
      return;
    }
    this.#mustRenew = then === 'renew';
    this.#wait(bye?.retryAfterMs ?? null);
  }

  /** @param {number | null} atLeastMs */
  #wait(atLeastMs) {
    const ms = Math.max(retryDelay(this.#failures), atLeastMs ?? 0);
    this.#failures += 1;
    this.#setState('waiting');
    this.#retryTimer = setTimeout(() => this.#connect(), ms);
    if (this.#failures >= FAILURES_BEFORE_POLLING) this.#pollTimer ??= setTimeout(() => this.#poll());
  }

  /** Asks over HTTP until the socket is open, and sees whether that gets through. */
  async #poll() {
    const timer = this.#pollTimer;
    const isThrough = await attempt(this.#line.poll());
    if (this.#pollTimer !== timer) return;
    if (isThrough) this.#setState('polling');
    else if (this.state === 'polling') this.#setState('waiting', { isCut: true });
    this.#pollTimer = setTimeout(() => this.#poll(), POLL_EVERY_MS);
  }

  /** Drops the socket; all pending requests fail. */
  #disconnect() {
    this.#attempt += 1;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    const socket = this.#socket;
    this.#socket = null;
    this.#bye = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new Unreachable());
  }

  /** A connection that is silent for longer than the server ever is has gone, whatever the browser says. */
  #watchSilence() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#lost(1006), this.#silenceMs);
  }

  #authenticate = async () => {
    if (this.state === 'on') this.#send({ type: 'auth', token: await this.#session.token() });
  };

  /** @param {Record<string, unknown>} frame */
  #send(frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /**
   * While HTTP gets through, it does not matter what becomes of the attempts to open a socket.
   * @param {ConnectionState} state
   * @param {{welcome?: any, isCut?: boolean}} [how] `welcome` is the frame that opened it, which is dispatched before
   *   the new state; `isCut` where HTTP does not get through any more
   */
  #setState(state, { welcome, isCut = false } = {}) {
    const isTrying = state === 'connecting' || state === 'waiting' || state === 'polling';
    if (this.state === state || (this.state === 'polling' && isTrying && !isCut)) return;
    this.state = state;
    if (state !== 'refused') this.refusal = null;
    if (!isTrying) {
      clearTimeout(this.#pollTimer);
      this.#pollTimer = undefined;
    }
    if (welcome) this.#pass(welcome);
    this.dispatchEvent(new Event('state'));
  }
}
