import { GRID_SAMPLES } from '../ogg/silence.ts';

/** One talk-spurt of one segment, or a part of a long one, on the recording's timeline. */
export interface Placement {
  readonly segmentId: string;
  /** Granule position in the segment's file where it begins. */
  readonly fileFrom: number;
  readonly samples: number;
  /** Position on the recording's clock, a multiple of 120. */
  readonly at: number;
  /**
   * Whether it goes on in mid-speech where the one before it ends: packets of it that are covered are left out instead of moved, for
   * everything behind them would move too, and what is missing between the two is concealed.
   */
  readonly joins?: true;
  /** How far the solved place lies from voxproc's own, in samples; null when voxproc's own was kept. */
  readonly moved: number | null;
}

/** A solved place farther than this (1 s) from where voxproc put the packet is not believed. */
const PLAUSIBLE_SAMPLES = 48_000;

/** Whether a solved place can be right, by where voxproc put the packet. Pure. */
export const isPlausible = (solved: number, put: number): boolean => Math.abs(solved - put) <= PLAUSIBLE_SAMPLES;

/** The nearest place on the grid that people stand on. */
export const snapToGrid = (sample: number): number => Math.round(sample / GRID_SAMPLES) * GRID_SAMPLES;
