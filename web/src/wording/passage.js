// What is shown of a message that was found: the text around the first word that was looked for.

/** @typedef {{text: string, isMarked: boolean}} Piece */
/** @typedef {{start: number, end: number}} Span in UTF-16 units */

/** How much of a message is shown at most. */
const LENGTH = 240;
/** How much of that stands before what was found. */
const BEFORE = 60;

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The text in pieces, cut between words where that is possible, and never within an emoji or a letter and its accents.
 * @param {string} body
 * @param {[start: number, length: number][]} ranges what was found, in code points
 * @returns {Piece[]}
 */
export function passageOf(body, ranges) {
  const graphemes = GRAPHEMES.segment(body);
  const marks = spansOf(body, ranges, graphemes);
  const first = marks[0] ?? { start: 0, end: 0 };
  const start = beginning(body, first, graphemes);
  const end = ending(body, Math.min(start + LENGTH, body.length), first, graphemes);
  /** @type {Piece[]} */
  const pieces = [{ text: start > 0 ? '…' : '', isMarked: false }];
  let done = start;
  for (const mark of marks) {
    if (mark.start >= end) break;
    pieces.push({ text: body.slice(done, mark.start), isMarked: false });
    done = Math.min(mark.end, end);
    pieces.push({ text: body.slice(mark.start, done), isMarked: true });
  }
  pieces.push({ text: body.slice(done, end) + (end < body.length ? '…' : ''), isMarked: false });
  return pieces.filter(({ text }) => text !== '');
}

/**
 * Where the ranges are, widened to whole characters as readers see them, in order and without overlaps.
 * @param {string} body
 * @param {[number, number][]} ranges
 * @param {Intl.Segments} graphemes
 */
function spansOf(body, ranges, graphemes) {
  /** @type {number[]} where each code point begins */
  const places = [];
  for (let place = 0; place < body.length; place += (body.codePointAt(place) ?? 0) > 0xffff ? 2 : 1)
    places.push(place);
  /** @type {Span[]} */
  const spans = [];
  for (const [from, length] of ranges.toSorted(([one], [other]) => one - other)) {
    const start = startOf(graphemes, places[from] ?? body.length);
    const end = endOf(graphemes, places[from + length] ?? body.length);
    const last = spans.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else if (start < end && length > 0) spans.push({ start, end });
  }
  return spans;
}

/** @param {string} body @param {Span} first @param {Intl.Segments} graphemes */
function beginning(body, first, graphemes) {
  if (first.start <= BEFORE) return 0;
  const earliest = startOf(graphemes, first.start - BEFORE);
  const blank = /\s+/u.exec(body.slice(earliest, first.start));
  return blank ? earliest + blank.index + blank[0].length : earliest;
}

/** @param {string} body @param {number} latest @param {Span} first @param {Intl.Segments} graphemes */
function ending(body, latest, first, graphemes) {
  if (latest === body.length) return latest;
  const blank = /\s+\S*$/u.exec(body.slice(first.end, latest));
  return blank ? first.end + blank.index : startOf(graphemes, latest);
}

/** The beginning of the character there. @param {Intl.Segments} graphemes @param {number} place */
function startOf(graphemes, place) {
  return graphemes.containing(place)?.index ?? place;
}

/** The end of the character there, unless one begins there. @param {Intl.Segments} graphemes @param {number} place */
function endOf(graphemes, place) {
  const there = graphemes.containing(place);
  return there && there.index < place ? there.index + there.segment.length : place;
}
