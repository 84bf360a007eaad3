// One HTTP call and its answer.

import { Refused, Unreachable } from './errors.js';

/**
 * @param {string} method
 * @param {string} path under `/api/`
 * @param {{body?: unknown, token?: string, headers?: Record<string, string>, withinMs?: number}} [options]
 * @returns {Promise<{body: any, at: number}>} the answer, and the server's time in milliseconds
 * @throws {Refused | Unreachable}
 */
export async function request(method, path, { body, token, headers = {}, withinMs } = {}) {
  const request = new Headers(headers);
  if (token) request.set('Authorization', `Bearer ${token}`);
  if (body !== undefined) request.set('Content-Type', 'application/json');
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const response = await reach(`/api/${path}`, {
    method,
    headers: request,
    body: payload,
    cache: 'no-store',
    signal: withinMs === undefined ? null : AbortSignal.timeout(withinMs),
  });
  const answer = await read(response);
  if (!response.ok) throw new Refused(asProblem(answer, response.status), retryAfter(response));
  return { body: answer, at: Date.parse(response.headers.get('Date') ?? '') || Date.now() };
}

/**
 * @param {string} url
 * @param {RequestInit} init
 */
async function reach(url, init) {
  try {
    return await fetch(url, init);
  } catch {
    throw new Unreachable();
  }
}

/** @param {Response} response */
async function read(response) {
  try {
    const text = await response.text();
    return text === '' ? null : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw new Unreachable();
  }
}

/**
 * A proxy in front of the server may answer in its own words.
 * @param {any} answer
 * @param {number} status
 */
function asProblem(answer, status) {
  if (typeof answer?.code === 'string') return answer;
  return { code: status >= 500 ? 'unavailable' : 'internal', detail: `The answer had the status ${status}.` };
}

/** @param {Response} response */
function retryAfter(response) {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}
