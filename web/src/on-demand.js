// Modules that are loaded when they are needed. A browser may remember for as long as the page is open that an
// `import()` has failed, so that an outage of seconds would leave parts of the client dead.

import { Unreachable } from './server/errors.js';

/** @import { Modules } from './modules.d.ts' */

const SCREENS = '../styles/screens.css';
const EXTRAS = '../styles/message-extras.css';

/** The style sheets that the page does not name, in the order in which they apply. */
const SHEETS = [
  SCREENS,
  EXTRAS,
  '../styles/later-controls.css',
  '../styles/later-screens.css',
  '../styles/emoji.css',
  '../styles/search.css',
];

/**
 * What needs few of those sheets or none: that is what first views consist of, and words.
 * @type {Partial<Record<keyof Modules, string[]>>}
 */
const FIRST = {
  'signed-in.js': [],
  'state/home.js': [],
  'notifications.js': [],
  'components/members.js': [],
  'components/message-extras.js': [EXTRAS],
  'components/message-link.js': [EXTRAS],
  'components/formatted-body.js': [EXTRAS],
  'screens/room.js': [],
  'screens/sign-in.js': [SCREENS],
  'screens/start.js': [SCREENS],
  'wording/refusals.js': [],
};

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

/** @param {keyof Modules} path */
async function attempt(path) {
  const url = new URL(path, import.meta.url);
  const failed = failures.get(path) ?? 0;
  // Under another address it is another module to the browser, which remembers nothing of it.
  if (failed > 0) url.search = `again=${failed}`;
  await Promise.all([fetchFirst(url), ...(FIRST[path] ?? SHEETS).map(loadStyles)]);
  try {
    return await import(url.href);
  } catch (error) {
    failures.set(path, failed + 1);
    console.error(error);
    throw new Unreachable();
  }
}

/** @type {Map<string, Promise<void>>} */
const loadedStyles = new Map();

/** Adds a style sheet to the page, once. @param {string} path @throws {Unreachable} */
function loadStyles(path) {
  const loading =
    loadedStyles.get(path) ??
    style(path).catch((error) => {
      loadedStyles.delete(path);
      throw error;
    });
  loadedStyles.set(path, loading);
  return loading;
}

/** @param {string} path @returns {Promise<void>} */
function style(path) {
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = new URL(path, import.meta.url).href;
  document.head.append(sheet);
  return new Promise((resolve, reject) => {
    sheet.onload = () => resolve();
    sheet.onerror = () => {
      sheet.remove();
      reject(new Unreachable());
    };
  });
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
