// The links in messages.

import { el } from '../dom.js';
import { routeOf } from '../router.js';

/** @import { Child } from '../dom.js' */

/**
 * A link to an address, which leads to another page, unless it leads within the client.
 * @param {string} address
 * @param {...Child} words
 */
export function addressLink(address, ...words) {
  const { origin, pathname, search, hash } = new URL(address);
  const isInside =
    origin === location.origin && search + hash === '' && routeOf(pathname).screen !== 'not-found';
  const where = isInside
    ? { href: pathname }
    : { href: address, target: '_blank', rel: 'noopener noreferrer nofollow ugc' };
  // An address reads from left to right, whatever the direction of the text around it.
  return el('a', { ...where, key: address, dir: 'ltr' }, words);
}
