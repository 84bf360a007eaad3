// Modules that are loaded when they are needed. A browser may remember for as long as the page is open that an
// `import()` has failed, so that an outage of seconds would leave parts of the client dead.

import { Unreachable } from './server/errors.js';

/** @import { Modules } from './modules.d.ts' */

/** @type {Map<string, Promise<any>>} */
const loaded = new Map();

/** @type {Map<string, number>} how often the import of each has failed */
const failures = new Map();

/**
 * @template {keyof Modules} Path
 * @param {Path} path from here
 * @returns {Promise<Modules[Path]>}
 * @throws {Unreachable}
 */
export function load(path) {
  const loading =
    loaded.get(path) ??
    attempt(path).catch((error) => {
      loaded.delete(path);
      throw error;
    });
  loaded.set(path, loading);
  return loading;
}

/** @param {string} path */
async function attempt(path) {
  const url = new URL(path, import.meta.url);
  const failed = failures.get(path) ?? 0;
  // Under another address it is another module to the browser, which remembers nothing of it.
  if (failed > 0) url.search = `again=${failed}`;
  await fetchFirst(url);
  try {
    return await import(url.href);
  } catch (error) {
    failures.set(path, failed + 1);
    console.error(error);
    throw new Unreachable();
  }
}

/** What cannot be fetched is not imported, so that the browser has no failure to remember. @param {URL} url */
async function fetchFirst(url) {
  try {
    const response = await fetch(url);
    if (response.ok) return void (await response.arrayBuffer());
  } catch {
    // As good as no answer.
  }
  throw new Unreachable();
}
