// What went wrong, in words. There are many sentences, and a first view does without them.

import { load } from './on-demand.js';
import { UNREACHABLE } from './server/errors.js';

/** @import { Problem } from './types.d.ts' */

/**
 * The sentence for a refusal. Without those of this page, it is the server's own.
 * @param {Problem | null} problem null where no answer came
 */
export async function explained(problem) {
  if (!problem) return UNREACHABLE;
  const refusals = await load('wording/refusals.js').catch(() => null);
  return refusals?.reason(problem) ?? (problem.detail || UNREACHABLE);
}
