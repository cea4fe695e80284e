import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import { GRID_SAMPLES } from '../ogg/silence.ts';
import type { Spurt } from '../ogg/walk.ts';
import { levelAt } from './clock-levels.ts';
import { type ClockedSpurt, clockedSpurts } from './rtp-clock.ts';

/** A solved place farther than this (1 s) from where voxproc put the packet is not believed. */
const PLAUSIBLE_SAMPLES = 48_000;

/** One talk-spurt of one segment on the recording's timeline. */
export interface Placement {
  readonly segmentId: string;
  /** Granule position in the segment's file where it begins. */
  readonly fileFrom: number;
  readonly samples: number;
  /** Position on the recording's clock, a multiple of 120. */
  readonly at: number;
  /** How far the solved place lies from voxproc's own, in samples; null when voxproc's own was kept. */
  readonly moved: number | null;
}

export interface SpurtSource {
  readonly sidecar: SegmentSidecar;
  readonly spurts: readonly Spurt[];
}

export const snapToGrid = (sample: number): number => Math.round(sample / GRID_SAMPLES) * GRID_SAMPLES;

const solve = (clocked: readonly ClockedSpurt[], index: number): Placement => {
  const { sidecar, spurt, rtp, from } = clocked[index] as ClockedSpurt;
  const common = { segmentId: sidecar.segmentId, fileFrom: spurt.from, samples: spurt.samples };
  const level = levelAt(clocked, index);
  if (level === null || Math.abs(rtp + level - from) > PLAUSIBLE_SAMPLES) {
    return { ...common, at: snapToGrid(from), moved: null };
  }
  return { ...common, at: snapToGrid(rtp + level), moved: rtp + level - from };
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

/** All talk-spurts of one person, placed with the whole recording in sight and ordered by position. Pure. */
export const placeSpurts = (sources: readonly SpurtSource[]): Placement[] =>
  bySource(sources)
    .flatMap((clocked) => clocked.map((_, index) => solve(clocked, index)))
    .toSorted((a, b) => a.at - b.at || a.fileFrom - b.fileFrom);
