// The WebSocket `hexroom.v1`: opens it, keeps it open, and comes back when it is lost.

import { afterClose, pause } from './pauses.js';
import { Refused, Unreachable } from './refused.js';

/** @import { Ack, ResumePoint } from '../types.d.ts' */
/** @import { Session } from './session.js' */

/** How much later than promised a sign of life may come. */
const GRACE_MS = 15_000;

/** How long the server may take for its welcome. */
const WELCOME_WITHIN_MS = 15_000;

/**
 * @typedef {'off' | 'connecting' | 'on' | 'waiting' | 'refused'} Line
 * `waiting` is lost and coming back; `refused` is lost for good, as `refusal` says.
 */

/**
 * Fires `line` when its state changes and `frame` with each frame of the server, in the order of their
 * arrival, that is not the answer to a request.
 */
export class Connection extends EventTarget {
  /** @type {Line} */
  line = 'off';
  /** @type {string | null} the server's reason not to be called again */
  refusal = null;

  #session;
  #resume;
  #open;
  /** @type {WebSocket | null} */
  #socket = null;
  #turn = 0;
  #failures = 0;
  #mustRenew = false;
  #silenceMs = WELCOME_WITHIN_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #comeBack;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watch;
  /** @type {{reason: string, retryAfterMs: number | null} | null} */
  #bye = null;
  #nextId = 1;
  /** @type {Map<number, {resolve: (ack: Ack) => void, reject: (error: Error) => void}>} */
  #asked = new Map();

  /**
   * @param {object} world
   * @param {Pick<Session, 'token' | 'renew' | 'addEventListener' | 'removeEventListener'>} world.session
   * @param {() => ResumePoint[]} world.resume up to where each room's log is known here
   * @param {() => WebSocket} world.open
   */
  constructor({ session, resume, open }) {
    super();
    this.#session = session;
    this.#resume = resume;
    this.#open = open;
  }

  /** Opens the line and keeps it open until `stop`. */
  start() {
    this.#session.addEventListener('renewed', this.#authenticate);
    if (this.line === 'off' || this.line === 'refused') this.#connect();
  }

  stop() {
    this.#session.removeEventListener('renewed', this.#authenticate);
    this.#letGo();
    this.#become('off');
  }

  /** Something has changed that makes an attempt worth while now. */
  nudge() {
    if (this.line === 'waiting') this.#connect();
  }

  /**
   * Sends a frame that the server answers.
   * @param {Record<string, unknown>} frame without its id
   * @returns {Promise<Ack>}
   * @throws {Refused | Unreachable}
   */
  request(frame) {
    if (this.line !== 'on') return Promise.reject(new Unreachable());
    const id = this.#nextId++;
    this.#send({ ...frame, id });
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  /**
   * Sends a frame that needs no answer, if the line is there.
   * @param {Record<string, unknown>} frame
   */
  tell(frame) {
    if (this.line === 'on') this.#send(frame);
  }

  async #connect() {
    this.#letGo();
    const turn = this.#turn;
    this.#become('connecting');
    const token = await this.#token().catch((error) => {
      if (turn === this.#turn) this.#failed(error);
    });
    if (!token || turn !== this.#turn) return;
    this.#mustRenew = false;
    const socket = this.#open();
    this.#socket = socket;
    socket.onopen = () => this.#send({ type: 'hello', token, resume: this.#resume() });
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(code);
    this.#silenceMs = WELCOME_WITHIN_MS;
    this.#expectLife();
  }

  #token() {
    return this.#mustRenew ? this.#session.renew() : this.#session.token();
  }

  /** @param {unknown} error why there is no token */
  #failed(error) {
    if (error instanceof Refused && !error.isForNow) this.#become('off');
    else this.#wait(error instanceof Refused ? error.retryAfterMs : null);
  }

  /** @param {any} frame */
  #receive(frame) {
    this.#expectLife();
    switch (frame.type) {
      case 'ack':
        return this.#answered(frame.id)?.resolve(frame);
      case 'error':
        return this.#answered(frame.id)?.reject(new Refused(frame, frame.retryAfterMs ?? null));
      case 'bye':
        this.#bye = frame;
        return;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'welcome':
        this.#failures = 0;
        this.#silenceMs = frame.pingMs + GRACE_MS;
        this.#expectLife();
        this.#become('on', frame);
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
  #answered(id) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  /** @param {number} code */
  #lost(code) {
    const bye = this.#bye;
    this.#letGo();
    const then = afterClose(code);
    if (then === 'never') {
      this.refusal = bye?.reason ?? `The server closed the connection with ${code}.`;
      this.#become('refused');
      return;
    }
    this.#mustRenew = then === 'renewed';
    this.#wait(bye?.retryAfterMs ?? null);
  }

  /** @param {number | null} atLeastMs */
  #wait(atLeastMs) {
    const ms = Math.max(pause(this.#failures), atLeastMs ?? 0);
    this.#failures += 1;
    this.#become('waiting');
    this.#comeBack = setTimeout(() => this.#connect(), ms);
  }

  /** Forgets the socket and all that waits for it; whoever asked gets no answer any more. */
  #letGo() {
    this.#turn += 1;
    clearTimeout(this.#comeBack);
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    this.#bye = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of asked) reject(new Unreachable());
  }

  /** A line that is silent for longer than the server is ever silent has gone, whatever the browser says. */
  #expectLife() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(1006), this.#silenceMs);
  }

  #authenticate = async () => {
    if (this.line === 'on') this.#send({ type: 'auth', token: await this.#session.token() });
  };

  /** @param {Record<string, unknown>} frame */
  #send(frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /**
   * @param {Line} line
   * @param {any} [welcome] what came with it; it passes before anybody acts on the new state
   */
  #become(line, welcome) {
    this.line = line;
    if (line !== 'refused') this.refusal = null;
    if (welcome) this.#pass(welcome);
    this.dispatchEvent(new Event('line'));
  }
}
