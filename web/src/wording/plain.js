// Texts as they are compared with what somebody looks for.

/**
 * A text without what people leave out when they type it in a hurry. The same in every language: in Turkish, `I` would
 * not be found by `i`.
 * @param {string} text
 */
export function plain(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
