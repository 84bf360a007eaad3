// A text as a QR code. The encoder is loaded when the first one is wanted.

import { load } from '../on-demand.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} text
 * @param {string} label
 */
export async function qrCode(text, label) {
  const { encode } = await load('vendor/uqr.js');
  const { size, data } = encode(text, { border: 4 });
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({
    class: 'qr',
    role: 'img',
    'aria-label': label,
    viewBox: `0 0 ${size} ${size}`,
    'shape-rendering': 'crispEdges',
  }))
    svg.setAttribute(name, value);
  const path = document.createElementNS(SVG, 'path');
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute('d', dark.join(''));
  svg.append(path);
  return svg;
}
