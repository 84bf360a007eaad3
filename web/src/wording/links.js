// The web addresses in what somebody wrote.

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/giu;

/**
 * A text cut into plain parts and addresses, which join to the text again. Only `http` and `https`
 * addresses that a browser can read are links.
 * @param {string} text
 * @returns {{text: string, href?: string}[]}
 */
export function parts(text) {
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
 * The point that ends a sentence does not belong to the address before it, nor does the parenthesis that
 * was opened before it began.
 * @param {string} address
 */
function withoutPunctuation(address) {
  let trimmed = address.replace(/[.,;:!?…]+$/u, '');
  while (trimmed.endsWith(')') && !trimmed.includes('(')) trimmed = trimmed.slice(0, -1);
  return trimmed;
}
