// The web addresses in a text.

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/giu;

/**
 * Splits a text into plain parts and addresses, which join to the text again. Only valid `http` and `https`
 * addresses are links.
 * @param {string} text
 * @returns {{text: string, href?: string}[]}
 */
export function splitLinks(text) {
  /** @type {{text: string, href?: string}[]} */
  const found = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutPunctuation(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > done) found.push({ text: text.slice(done, match.index) });
    found.push({ text: address, href: address });
    done = match.index + address.length;
  }
  if (done < text.length) found.push({ text: text.slice(done) });
  return found;
}

/**
 * The punctuation that ends a sentence is not part of the address before it, nor is a parenthesis that
 * was opened before it.
 * @param {string} address
 */
function withoutPunctuation(address) {
  let trimmed = address.replace(/[.,;:!?…]+$/u, '');
  while (trimmed.endsWith(')') && !trimmed.includes('(')) trimmed = trimmed.slice(0, -1);
  return trimmed;
}
