import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import { SPURT_GAP_SAMPLES, type Spurt } from '../ogg/walk.ts';
import { levelAt } from './clock-levels.ts';
import { followDrift, isNear, type PlacedRange, piecesOf } from './long-spurts.ts';
import { isPlausible, type Placement, snapToGrid } from './placement.ts';
import { type ClockedSpurt, clockedSpurts } from './rtp-clock.ts';

export interface SpurtSource {
  readonly sidecar: SegmentSidecar;
  readonly spurts: readonly Spurt[];
}

const solve = (clocked: readonly ClockedSpurt[], index: number): PlacedRange => {
  const { sidecar, spurt, rtp, from } = clocked[index] as ClockedSpurt;
  const common = { segmentId: sidecar.segmentId, fileFrom: spurt.from, samples: spurt.samples };
  const level = levelAt(clocked, index);
  if (level === null || !isPlausible(rtp + level, from)) {
    return { placement: { ...common, at: snapToGrid(from), moved: null }, range: { least: from, most: from } };
  }
  const exact = rtp + level;
  return { placement: { ...common, at: snapToGrid(exact), moved: exact - from }, range: { least: exact, most: exact } };
};

/** When a segment was received: one whose RTP fell back stands too early at first, so its place does not tell. */
const receivedAt = ({ clock, startSample }: SegmentSidecar): number => clock.points[0]?.[1] ?? startSample;

/** Talk-spurts in order of time, parted where the SSRC changes: RTP clocks of different sources have nothing to do with each other. */
const bySource = (sources: readonly SpurtSource[]): ClockedSpurt[][] => {
  const runs: ClockedSpurt[][] = [];
  let key: string | null = null;
  for (const { sidecar, spurts } of sources.toSorted((a, b) => receivedAt(a.sidecar) - receivedAt(b.sidecar))) {
    const own = sidecar.ssrc.join();
    if (own !== key) runs.push([]);
    key = own;
    runs.at(-1)?.push(...clockedSpurts(sidecar, spurts));
  }
  return runs;
};

/** The talk-spurts of one source. A long one is taken apart where its clock drifts away. */
const placeSource = (clocked: readonly ClockedSpurt[]): PlacedRange[] => {
  const pieces = clocked.map(piecesOf);
  const all = pieces.flat();
  let first = 0;
  return clocked.flatMap((_, index) => {
    const { length } = pieces[index] as readonly ClockedSpurt[];
    first += length;
    return (length === 1 ? null : followDrift(all, first - length, first)) ?? [solve(clocked, index)];
  });
};

/** Lets what goes on in mid-speech stand where the one before it ends, if that is near enough, and says what goes on so. */
const joined = (placed: readonly PlacedRange[]): Placement[] => {
  const placements: Placement[] = [];
  for (const { placement, range } of placed) {
    const last = placements.at(-1);
    const end = last === undefined ? Number.NEGATIVE_INFINITY : last.at + last.samples;
    const gap = placement.at - end;
    if (Math.abs(gap) >= SPURT_GAP_SAMPLES) placements.push(placement);
    else if (isNear(end, range)) placements.push({ ...placement, at: end });
    else placements.push({ ...placement, joins: true });
  }
  return placements;
};

/** All talk-spurts of one person, placed with the whole recording in sight and ordered by position. Pure. */
export const placeSpurts = (sources: readonly SpurtSource[]): Placement[] =>
  joined(
    bySource(sources)
      .flatMap(placeSource)
      .toSorted((a, b) => a.placement.at - b.placement.at || a.placement.fileFrom - b.placement.fileFrom),
  );
