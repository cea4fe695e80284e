import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import { GRID_SAMPLES } from '../ogg/silence.ts';
import type { Spurt } from '../ogg/walk.ts';
import { type ClockPortion, type PersonClock, solvePersonClock } from './rtp-clock.ts';

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

const portionAt = (portions: readonly ClockPortion[], granule: number): ClockPortion | undefined =>
  // Re-anchorings lie in pauses, so a spurt belongs to the last portion that began before its middle.
  portions.findLast((portion) => portion.fileFrom <= granule) ?? portions[0];

const solve = (clock: PersonClock, sidecar: SegmentSidecar, spurt: Spurt): Placement => {
  const own = sidecar.startSample + spurt.from;
  const common = { segmentId: sidecar.segmentId, fileFrom: spurt.from, samples: spurt.samples };
  const middle = spurt.from + spurt.samples / 2;
  const portion = portionAt(clock.portions.get(sidecar.segmentId) ?? [], middle);
  if (portion !== undefined) {
    const rtp = portion.rtpStart + (spurt.from - portion.fileFrom);
    const offset = clock.envelopes.get(portion.epoch)?.offsetAt(rtp + spurt.samples / 2) ?? null;
    if (offset !== null && Math.abs(rtp + offset - own) <= PLAUSIBLE_SAMPLES) {
      return { ...common, at: snapToGrid(rtp + offset), moved: rtp + offset - own };
    }
  }
  return { ...common, at: snapToGrid(own), moved: null };
};

/** All talk-spurts of one person, placed with the whole recording in sight and ordered by position. Pure. */
export const placeSpurts = (sources: readonly SpurtSource[]): Placement[] => {
  const clock = solvePersonClock(sources.map((source) => source.sidecar));
  return sources
    .flatMap(({ sidecar, spurts }) => spurts.map((spurt) => solve(clock, sidecar, spurt)))
    .toSorted((a, b) => a.at - b.at || a.fileFrom - b.fileFrom);
};
