/**
 * The id of a room, from its link or as it is.
 * @param {string} text
 */
export function roomIdOf(text) {
  const typed = text.trim();
  return /\/rooms\/([\w-]+)/i.exec(typed)?.[1] ?? typed;
}
