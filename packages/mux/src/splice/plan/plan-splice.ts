import { GRID_SAMPLES } from '../../ogg/silence.ts';
import type { PacketIndex } from './packet-index.ts';
import { celtRules, FRAME_SAMPLES, type SpliceRules } from './rules.ts';
import { findStretches, type Stretch } from './stretches.ts';

/** Packets of one person that go into the mix as they are. */
export interface CopyItem {
  readonly kind: 'copy';
  readonly from: number;
  readonly to: number;
  readonly person: number;
  /** The first packet's number among the person's. */
  readonly first: number;
  readonly count: number;
}

/** What is decoded, summed and encoded again. */
export interface SpanItem {
  readonly kind: 'span';
  readonly from: number;
  readonly to: number;
  /** What stands in the mix right before and right after. */
  readonly before: 'silence' | 'copy';
  readonly after: 'silence' | 'copy';
}

/** A part of the mix in samples at 48 kHz, multiples of 120. What lies between two parts is silence. */
export type SpliceItem = CopyItem | SpanItem;

type Piece = CopyItem | { readonly kind: 'mixed'; readonly from: number; readonly to: number };

/** How many packets at the start of `stretch` are encoded again, so that no copy follows a concealed loss too soon. */
const entryOf = (stretch: Stretch & { kind: 'alone' }, packets: PacketIndex, rules: SpliceRules): number => {
  let entry = rules.entryFrames;
  let start = stretch.from;
  for (let back = stretch.first - 1; back >= 0 && packets.endOf(back) === start; back -= 1) {
    const distance = stretch.first - back;
    if (distance > rules.afterConcealmentFrames) break;
    if (packets.kindOf(back) === 'concealment') {
      entry = Math.max(entry, rules.afterConcealmentFrames - distance + 1);
      break;
    }
    start = packets.startOf(back);
  }
  for (let i = 0; i < entry && i < stretch.count; i += 1) {
    if (packets.kindOf(stretch.first + i) === 'concealment') {
      entry = Math.max(entry, i + 1 + rules.afterConcealmentFrames);
    }
  }
  return entry;
};

/** Divides where one person is alone into hand-over, copies, hand-over; all of it is encoded again when little would be copied. */
function* piecesOf(
  stretch: Stretch,
  next: Stretch | undefined,
  people: readonly PacketIndex[],
  rules: SpliceRules,
): Generator<Piece, void, undefined> {
  const { from, to } = stretch;
  if (stretch.kind === 'alone') {
    const entry = entryOf(stretch, people[stretch.person] as PacketIndex, rules);
    const exit = next?.from === to ? rules.exitFrames : 0;
    const count = stretch.count - entry - exit;
    if (count >= rules.minCopyFrames) {
      const [start, end] = [from + entry * FRAME_SAMPLES, to - exit * FRAME_SAMPLES];
      yield { kind: 'mixed', from, to: start };
      yield { kind: 'copy', from: start, to: end, person: stretch.person, first: stretch.first + entry, count };
      if (exit > 0) yield { kind: 'mixed', from: end, to };
      return;
    }
  }
  yield { kind: 'mixed', from, to };
}

/** Joins pieces to be encoded again that touch or nearly touch: each span costs a run-up. */
const join = (pieces: Iterable<Piece>, rules: SpliceRules): Piece[] => {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const before = joined.at(-1);
    const near = before !== undefined && piece.from - before.to <= rules.joinFrames * FRAME_SAMPLES;
    if (piece.kind === 'mixed' && before?.kind === 'mixed' && near) {
      joined[joined.length - 1] = { kind: 'mixed', from: before.from, to: piece.to };
    } else {
      joined.push(piece);
    }
  }
  return joined;
};

/** The rest of `value` on the 20 ms grid, never negative. */
const onGrid = (value: number): number => ((value % FRAME_SAMPLES) + FRAME_SAMPLES) % FRAME_SAMPLES;

/**
 * Sets a span's ends. Between two copies they are given. Next to silence the free end is moved into the silence, so that the span
 * consists of whole 20 ms frames: people stand on a 2.5 ms grid, and the silence takes up the difference.
 */
const spanOf = (
  piece: Piece & { kind: 'mixed' },
  before: SpliceItem | undefined,
  next: Piece | undefined,
): SpanItem => {
  const room = before?.to ?? 0;
  if (next?.kind === 'copy' && next.from === piece.to) {
    const start = piece.from - onGrid(piece.from - piece.to);
    const from = start >= room ? start : piece.from;
    const touches = before?.kind === 'copy' && before.to === from;
    return { kind: 'span', from, to: piece.to, before: touches ? 'copy' : 'silence', after: 'copy' };
  }
  // The last packet's window reaches 2.5 ms beyond it.
  const end = piece.to + GRID_SAMPLES;
  const to = end + onGrid(piece.from - end);
  const touches = before?.kind === 'copy' && before.to === piece.from;
  return { kind: 'span', from: piece.from, to, before: touches ? 'copy' : 'silence', after: 'silence' };
};

/**
 * Decides for every instant of a recording whether its mix is silence, a copy of somebody's packets, or encoded again. Pure.
 * Items are in order and do not overlap; a span next to a copy touches it.
 * @param people where each person's packets lie
 */
export const planSplice = (people: readonly PacketIndex[], rules: SpliceRules = celtRules): SpliceItem[] => {
  const stretches = findStretches(people);
  const pieces = join(
    stretches.flatMap((stretch, i) => [...piecesOf(stretch, stretches[i + 1], people, rules)]),
    rules,
  );
  const items: SpliceItem[] = [];
  for (const [i, piece] of pieces.entries()) {
    items.push(piece.kind === 'copy' ? piece : spanOf(piece, items.at(-1), pieces[i + 1]));
  }
  return items;
};

/** Frames a span is encoded in, 20 ms each; the shorter ones that its length may need stand in its middle, far from both seams. */
export function* spanFrames({ from, to }: Pick<SpanItem, 'from' | 'to'>): Generator<number, void, undefined> {
  const long = Math.floor((to - from) / FRAME_SAMPLES);
  let rest = (to - from) % FRAME_SAMPLES;
  for (let i = 0; i < long; i += 1) {
    if (i === long >> 1) yield* shortFrames(rest);
    yield FRAME_SAMPLES;
  }
  if (long > 0) rest = 0;
  yield* shortFrames(rest);
}

/** 10, 5 and 2.5 ms. */
function* shortFrames(samples: number): Generator<number, void, undefined> {
  let left = samples;
  for (const size of [480, 240, 120]) {
    if (left >= size) yield size;
    left %= size;
  }
}
