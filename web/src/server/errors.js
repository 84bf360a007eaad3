/** @import { Problem } from '../types.d.ts' */

/** The server answered, and the answer was no. */
export class Refused extends Error {
  /**
   * @param {Problem} problem
   * @param {number | null} retryAfterMs when to try again, where the server says so
   */
  constructor(problem, retryAfterMs = null) {
    super(problem.code);
    this.name = 'Refused';
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  get code() {
    return this.problem.code;
  }

  /** Whether the sign-in itself is no longer valid. */
  get endsSession() {
    return ['token_invalid', 'token_expired', 'session_revoked', 'account_suspended'].includes(this.code);
  }

  /** Whether the same thing may succeed a little later. */
  get isForNow() {
    return ['rate_limited', 'unavailable'].includes(this.code);
  }
}

/** That no answer came, in words. */
export const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';

/** No answer came. Whether the server did what was asked is not known. */
export class Unreachable extends Error {
  constructor() {
    super(UNREACHABLE);
    this.name = 'Unreachable';
  }
}

/**
 * The problem behind a failed call, or null where no answer came. Any other error is a
 * bug, and is thrown again.
 * @param {unknown} error
 */
export function problemOf(error) {
  if (error instanceof Refused) return error.problem;
  if (error instanceof Unreachable) return null;
  throw error;
}

/**
 * Waits for work that may fail, because it is repeated or not needed.
 * @param {Promise<unknown>} work
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function attempt(work) {
  try {
    await work;
    return true;
  } catch (error) {
    problemOf(error);
    return false;
  }
}
