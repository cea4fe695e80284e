import { levelAt, STEP_SAMPLES } from './clock-levels.ts';
import { isPlausible, type Placement, snapToGrid } from './placement.ts';
import type { ClockedSpurt } from './rtp-clock.ts';

/** No piece of a long talk-spurt stands further than this (2.25 ms) from its level: two people's are 4.5 ms apart then. */
const MOST_OFF_SAMPLES = 108;
/** Levels further apart than this (30 ms) are no drift: voxproc begins a new part long before. */
const MOST_DRIFT_SAMPLES = 2 * STEP_SAMPLES;

/** Takes a long talk-spurt apart where it may be cut, each piece with its own points; a short one is one piece. */
export const piecesOf = (whole: ClockedSpurt): ClockedSpurt[] => {
  const { spurt, points } = whole;
  const end = spurt.from + spurt.samples;
  const starts = [spurt.from, ...(spurt.thin ?? []).filter((from) => from > spurt.from)];
  return starts.map((start, i) => {
    const next = starts[i + 1] ?? end;
    const [from, rtp] = [whole.from + start - spurt.from, whole.rtp + start - spurt.from];
    const until = i + 1 < starts.length ? rtp + next - start : Number.POSITIVE_INFINITY;
    const own = points.filter(([arrival, offset]) => {
      const at = arrival - offset;
      return (i === 0 || at >= rtp) && at < until;
    });
    return { ...whole, spurt: { from: start, samples: next - start }, from, to: from + next - start, rtp, points: own };
  });
};

/** Between which places something belongs, on the recording's clock. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export interface PlacedRange {
  readonly placement: Placement;
  readonly range: Range;
}

/** Pieces in a row that stand as they stand in the file. */
interface Stretch {
  readonly first: ClockedSpurt;
  readonly samples: number;
  /** The levels, (arrival - RTP), of its pieces. */
  readonly least: number;
  readonly most: number;
}

const placeOf = ({ first, least, most }: Stretch): number => snapToGrid(first.rtp + (least + most) / 2);

/** Whether what belongs between `least` and `most` may stand at a place. */
export const isNear = (place: number, { least, most }: Range): boolean =>
  place - least <= MOST_OFF_SAMPLES && most - place <= MOST_OFF_SAMPLES;

const stretchesOf = (pieces: readonly ClockedSpurt[], levels: readonly number[]): Stretch[] => {
  const stretches: Stretch[] = [];
  for (const [i, first] of pieces.entries()) {
    const level = levels[i] as number;
    const { samples } = first.spurt;
    const last = stretches.at(-1);
    const longer = last && {
      ...{ first: last.first, samples: last.samples + samples },
      ...{ least: Math.min(last.least, level), most: Math.max(last.most, level) },
    };
    if (longer === undefined || !isNear(placeOf(longer) - longer.first.rtp, longer))
      stretches.push({ first, samples, least: level, most: level });
    else stretches[stretches.length - 1] = longer;
  }
  return stretches;
};

/**
 * Places the pieces `[from, to)` of one long talk-spurt so that none is far from where its sender's clock says: what follows the clock
 * away from the rest begins anew at one of the places where the spurt may be cut. Pure.
 * @param all pieces of all talk-spurts of the source
 * @returns null when the clock does something else than to drift, or it is not known what
 */
export const followDrift = (all: readonly ClockedSpurt[], from: number, to: number): PlacedRange[] | null => {
  const pieces = all.slice(from, to);
  const levels: number[] = [];
  for (const [i, piece] of pieces.entries()) {
    const level = levelAt(all, from + i);
    if (level === null || !isPlausible(piece.rtp + level, piece.from)) return null;
    levels.push(level);
  }
  if (Math.max(...levels) - Math.min(...levels) > MOST_DRIFT_SAMPLES) return null;
  return stretchesOf(pieces, levels).map((stretch) => {
    const { first, samples, least, most } = stretch;
    const at = placeOf(stretch);
    const { segmentId } = first.sidecar;
    const placement = { segmentId, fileFrom: first.spurt.from, samples, at, moved: at - first.from };
    return { placement, range: { least: first.rtp + least, most: first.rtp + most } };
  });
};
