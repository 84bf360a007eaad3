// Instants in words, in the reader's time zone.

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const SHORT_WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const SHORT_DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'short' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const DAY_AND_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const WHOLE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });

const A_DAY = 24 * 60 * 60 * 1000;

/** @param {Date} at */
export function clock(at) {
  return CLOCK.format(at);
}

/** @param {Date} at */
export function whole(at) {
  return WHOLE.format(at);
}

/**
 * The time of an instant today, else its day, as short as it can be.
 * @param {Date} at
 * @param {Date} now
 */
export function brief(at, now) {
  const ago = daysAgo(at, now);
  if (ago === 0) return clock(at);
  if (ago > 0 && ago < 7) return SHORT_WEEKDAY.format(at);
  return SHORT_DATE.format(at);
}

/**
 * The day of an instant, relative to today.
 * @param {Date} at
 * @param {Date} now
 */
export function day(at, now) {
  const ago = daysAgo(at, now);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  if (ago > 1 && ago < 7) return WEEKDAY.format(at);
  return at.getFullYear() === now.getFullYear() ? DAY.format(at) : DAY_AND_YEAR.format(at);
}

/**
 * A day and a time, as short as it can be.
 * @param {Date} at
 * @param {Date} now
 */
export function moment(at, now) {
  return `${day(at, now)}, ${clock(at)}`;
}

/** @param {Date} at */
export function date(at) {
  return DAY_AND_YEAR.format(at);
}

/**
 * How long until an instant, roughly.
 * @param {Date} at
 * @param {Date} now
 */
export function until(at, now) {
  const minutes = Math.max(0, Math.round((at.getTime() - now.getTime()) / 60_000));
  if (minutes < 60) return count(minutes, 'minute');
  if (minutes < 48 * 60) return count(Math.round(minutes / 60), 'hour');
  return count(Math.round(minutes / (24 * 60)), 'day');
}

/**
 * @param {number} number
 * @param {string} thing
 */
function count(number, thing) {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** @param {Date} at @param {Date} now */
function daysAgo(at, now) {
  return Math.round((midnight(now) - midnight(at)) / A_DAY);
}

/** @param {Date} at */
function midnight(at) {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
