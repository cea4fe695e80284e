import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import type { Spurt } from '../ogg/walk.ts';
import type { LevelUnit } from './clock-levels.ts';

/**
 * A stretch of a segment's file over which file position and RTP move together: between re-anchorings.
 * `rtp = rtpStart + (granule - fileFrom)`.
 */
export interface ClockPortion {
  readonly fileFrom: number;
  readonly rtpStart: number;
}

/** The portions of one segment. What a pause took up moved the file against RTP; any other re-anchoring begins RTP anew. */
export const portionsOf = ({ clock, startSample, samples }: SegmentSidecar): ClockPortion[] => {
  let portion: ClockPortion = { fileFrom: 0, rtpStart: clock.rtpStart };
  const portions = [portion];
  for (const { atSample, offsetSamples, deltaSamples, reason } of clock.reanchors) {
    const fileFrom = Math.min(Math.max(atSample - startSample, portion.fileFrom), Math.max(samples, portion.fileFrom));
    const byFill = portion.rtpStart + (fileFrom - portion.fileFrom) - deltaSamples;
    portion = { fileFrom, rtpStart: reason === 'pause' ? byFill : atSample - offsetSamples };
    portions.push(portion);
  }
  return portions;
};

/** A talk-spurt of a segment on its sender's RTP clock. */
export interface ClockedSpurt extends LevelUnit {
  readonly sidecar: SegmentSidecar;
  readonly spurt: Spurt;
  /** Unwrapped RTP timestamp of its first sample. */
  readonly rtp: number;
}

/** The talk-spurts of one segment, each with the points that were taken in it or in the pause after it. */
export const clockedSpurts = (sidecar: SegmentSidecar, spurts: readonly Spurt[]): ClockedSpurt[] => {
  const portions = portionsOf(sidecar);
  const clocked = spurts.map((spurt) => {
    // Re-anchorings lie in pauses, so a spurt belongs to the last portion that began before its middle.
    const middle = spurt.from + spurt.samples / 2;
    const portion = portions.findLast(({ fileFrom }) => fileFrom <= middle) ?? (portions[0] as ClockPortion);
    const rtp = portion.rtpStart + (spurt.from - portion.fileFrom);
    const from = sidecar.startSample + spurt.from;
    const points: [number, number][] = [];
    return { sidecar, spurt, rtp, from, to: from + spurt.samples, offset: from - rtp, points };
  });
  let at = 0;
  for (const [rtp, arrival] of sidecar.clock.points) {
    while (at + 1 < clocked.length && (clocked[at + 1] as ClockedSpurt).rtp <= rtp) at += 1;
    clocked[at]?.points.push([arrival, arrival - rtp]);
  }
  return clocked;
};
