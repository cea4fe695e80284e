import type { SegmentSidecar } from '../formats/segment-sidecar.ts';

/** Half of the window in which the least delayed packet is looked for: 15 s of RTP time. */
export const ENVELOPE_HALF_WINDOW = 15 * 48_000;
/** A change of the offset beyond this (200 ms) is a discontinuity of the sender's clock, not drift. */
const EPOCH_STEP_SAMPLES = 9600;

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

/** Solves a person's clock with the whole recording in sight: (arrival, RTP) pairs of all segments that share an RTP clock. */
export const solvePersonClock = (sidecars: readonly SegmentSidecar[]): PersonClock => {
  const portions = new Map<string, readonly ClockPortion[]>();
  const points = new Map<number, [number, number][]>();
  let epoch = 0;
  let before: { sidecar: SegmentSidecar; offset: number } | null = null;
  for (const sidecar of sidecars.toSorted((a, b) => a.startSample - b.startSample)) {
    const goesOn =
      before !== null &&
      sameSources(before.sidecar.ssrc, sidecar.ssrc) &&
      Math.abs(sidecar.clock.offsetSamples - before.offset) <= EPOCH_STEP_SAMPLES;
    if (!goesOn) epoch += 1;
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
    before = { sidecar, offset: last.offset };
  }
  return { portions, envelopes: new Map([...points].map(([key, list]) => [key, envelopeOf(list)])) };
};
