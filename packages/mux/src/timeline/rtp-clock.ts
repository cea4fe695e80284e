import type { SegmentSidecar } from '../formats/segment-sidecar.ts';

/** Half of the window in which the least delayed packet is looked for: 15 s of RTP time. */
export const ENVELOPE_HALF_WINDOW = 15 * 48_000;
/** A change of the offset beyond this (200 ms) is a discontinuity of the sender's clock, not drift. */
const EPOCH_STEP_SAMPLES = 9600;
/** A packet's offset may lie this far (1 s) from its portion's: a first packet stamped late makes a portion begin wrong. */
const PORTION_REACH_SAMPLES = 48_000;
/** Delays of up to 2 s, for up to 30 s and 16 segments, are told apart from steps of the sender's clock. */
const DELAY_REACH_SAMPLES = 2 * 48_000;
const DELAY_SPAN_SAMPLES = 30 * 48_000;
const LOOKAHEAD_SEGMENTS = 16;

/**
 * A stretch of a segment's file over which file position and RTP move together: between re-anchorings.
 * `rtp = rtpStart + (granule - fileFrom)`.
 */
export interface ClockPortion {
  readonly fileFrom: number;
  readonly rtpStart: number;
  /** voxproc's own offset here: recording position = RTP + offset. */
  readonly offset: number;
  /** Portions of one epoch share one continuous RTP clock. */
  readonly epoch: number;
}

/** The lower envelope of (arrival - RTP) of one epoch. */
export interface Envelope {
  /** Offset at an RTP time, null when no packet is near. */
  offsetAt(rtp: number): number | null;
}

/** Jitter and stalls only ever add delay, so the least delayed packet of a window shows the true offset. */
export const envelopeOf = (points: readonly (readonly [rtp: number, arrival: number])[]): Envelope => {
  const sorted = points.toSorted((a, b) => a[0] - b[0]);
  const firstAtOrAfter = (rtp: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.[0] ?? 0) < rtp) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    offsetAt(rtp) {
      let least: number | null = null;
      for (let i = firstAtOrAfter(rtp - ENVELOPE_HALF_WINDOW); i < sorted.length; i += 1) {
        const point = sorted[i] as readonly [number, number];
        if (point[0] > rtp + ENVELOPE_HALF_WINDOW) break;
        const offset = point[1] - point[0];
        if (least === null || offset < least) least = offset;
      }
      return least;
    },
  };
};

/** The portions of one segment, epochs counted from `firstEpoch`; a re-anchoring other than in a pause begins an epoch. */
export const portionsOf = (sidecar: SegmentSidecar, firstEpoch: number): ClockPortion[] => {
  const { clock, startSample, samples } = sidecar;
  let portion: ClockPortion = {
    fileFrom: 0,
    rtpStart: clock.rtpStart,
    offset: clock.offsetSamples,
    epoch: firstEpoch,
  };
  const portions = [portion];
  for (const { atSample, offsetSamples, deltaSamples, reason } of clock.reanchors) {
    const fileFrom = Math.min(Math.max(atSample - startSample, portion.fileFrom), Math.max(samples, portion.fileFrom));
    const byFill = portion.rtpStart + (fileFrom - portion.fileFrom) - deltaSamples;
    portion =
      reason === 'pause'
        ? { fileFrom, rtpStart: byFill, offset: offsetSamples, epoch: portion.epoch }
        : { fileFrom, rtpStart: atSample - offsetSamples, offset: offsetSamples, epoch: portion.epoch + 1 };
    portions.push(portion);
  }
  return portions;
};

/** One person's segments in order of time, each with its portions, and the envelope of every epoch. */
export interface PersonClock {
  readonly portions: ReadonlyMap<string, readonly ClockPortion[]>;
  readonly envelopes: ReadonlyMap<number, Envelope>;
}

const sameSources = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((ssrc, i) => ssrc === b[i]);

/** The least delayed packet of a segment's first or last portion, voxproc's own offset without any. */
const leastOffset = (sidecar: SegmentSidecar, portion: ClockPortion): number => {
  const offsets = sidecar.clock.points
    .map(([rtp, arrival]) => arrival - rtp)
    .filter((offset) => Math.abs(offset - portion.offset) <= PORTION_REACH_SAMPLES);
  return offsets.length > 0 ? Math.min(...offsets) : portion.offset;
};

/** How the packets of a segment relate to those before: the same clock, the same clock but all of them late, or another clock. */
type Succession = 'same' | 'late' | 'other';

interface Level {
  readonly sidecar: SegmentSidecar;
  /** voxproc's offset at the end of the segment before. */
  readonly offset: number;
  /** Where its least delayed packets were. */
  readonly least: number;
}

const successionOf = (before: Level | null, later: readonly SegmentSidecar[]): Succession => {
  const [sidecar] = later as [SegmentSidecar];
  if (before === null || !sameSources(before.sidecar.ssrc, sidecar.ssrc)) return 'other';
  const firstOf = (one: SegmentSidecar): ClockPortion => portionsOf(one, 0)[0] as ClockPortion;
  const least = leastOffset(sidecar, firstOf(sidecar));
  // A step counts only when both voxproc's offset and the packets show it.
  const near = (offset: number, level: number): boolean => Math.abs(offset - level) <= EPOCH_STEP_SAMPLES;
  if (near(firstOf(sidecar).offset, before.offset) || near(least, before.least)) return 'same';
  // Time does not run backwards: packets that come earlier than before end a delay.
  if (least < before.least) return before.least - least <= DELAY_REACH_SAMPLES ? 'same' : 'other';
  const soon = later.filter((one) => one.startSample - sidecar.startSample <= DELAY_SPAN_SAMPLES);
  return soon.some((one) => near(leastOffset(one, firstOf(one)), before.least)) ? 'late' : 'other';
};

/** Solves a person's clock with the whole recording in sight: (arrival, RTP) pairs of all segments that share an RTP clock. */
export const solvePersonClock = (sidecars: readonly SegmentSidecar[]): PersonClock => {
  const portions = new Map<string, readonly ClockPortion[]>();
  const points = new Map<number, [number, number][]>();
  let epoch = 0;
  let before: Level | null = null;
  const ordered = sidecars.toSorted((a, b) => a.startSample - b.startSample);
  for (const [i, sidecar] of ordered.entries()) {
    const succession = successionOf(before, ordered.slice(i, i + LOOKAHEAD_SEGMENTS));
    if (succession === 'other') epoch += 1;
    const own = portionsOf(sidecar, epoch);
    portions.set(sidecar.segmentId, own);
    for (const point of sidecar.clock.points) {
      const offset = point[1] - point[0];
      // The portion whose offset is nearest: a jump moves it by far more than jitter does.
      const home = own.reduce((best, one) =>
        Math.abs(offset - one.offset) < Math.abs(offset - best.offset) ? one : best,
      );
      const list = points.get(home.epoch);
      if (list === undefined) points.set(home.epoch, [point]);
      else list.push(point);
    }
    const last = own.at(-1) as ClockPortion;
    epoch = last.epoch;
    if (succession !== 'late') before = { sidecar, offset: last.offset, least: leastOffset(sidecar, last) };
  }
  return { portions, envelopes: new Map([...points].map(([key, list]) => [key, envelopeOf(list)])) };
};
