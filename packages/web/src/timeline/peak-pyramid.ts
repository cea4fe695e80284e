import type { ApiPeaks } from '@parley/protocol/api';

/** Each level of the pyramid holds the greatest of so many points of the level below. */
const factor = 4;

/** The levels of one track at every coarseness, so that a pixel costs a few looks whatever the zoom. */
export interface PeakPyramid {
  readonly msPerPoint: number;
  /** From the finest on; one byte a point, 0 to 255 of full scale. */
  readonly levels: readonly Uint8Array[];
}

export const pyramidOf = (finest: Uint8Array, msPerPoint: number): PeakPyramid => {
  const levels = [finest];
  for (let below = finest; below.length > factor; ) {
    const above = new Uint8Array(Math.ceil(below.length / factor));
    for (let i = 0; i < below.length; i += 1) {
      const at = Math.floor(i / factor);
      above[at] = Math.max(above[at] ?? 0, below[i] ?? 0);
    }
    levels.push(above);
    below = above;
  }
  return { msPerPoint, levels };
};

export const decodePeaks = ({ levels, msPerPoint }: ApiPeaks): PeakPyramid =>
  pyramidOf(
    Uint8Array.from(atob(levels), (char) => char.charCodeAt(0)),
    msPerPoint,
  );

/** The greatest level between two times, 0..1. */
export const peakBetween = ({ levels, msPerPoint }: PeakPyramid, fromMs: number, toMs: number): number => {
  const points = (toMs - fromMs) / msPerPoint;
  // A level finer than the stretch is long, so that what lies beside it counts for little.
  const fitting = Math.floor(Math.log(Math.max(1, points)) / Math.log(factor)) - 1;
  const index = Math.min(levels.length - 1, Math.max(0, fitting));
  const level = levels[index];
  if (!level) return 0;
  const width = msPerPoint * factor ** index;
  let greatest = 0;
  const last = Math.min(level.length - 1, Math.ceil(toMs / width) - 1);
  for (let i = Math.max(0, Math.floor(fromMs / width)); i <= last; i += 1) greatest = Math.max(greatest, level[i] ?? 0);
  return greatest / 255;
};

/** The smallest level there is in a byte: what a decoder hums to itself. */
const hum = 1.5 / 255;

/** Loudness as the eye expects it: quiet speech is still seen, loud speech told from louder. 0 to 1. */
export const barHeight = (level: number): number => (level < hum ? 0 : Math.min(1, level ** 0.6));
