import { SAMPLE_RATE } from '@parley/mux';

/** `[unwrapped RTP, arrival on the recording's clock]`, both in samples. */
export type ClockPoint = [rtp: number, arrival: number];

/** The least delayed packet of each second: what the mux solves the placements from. At most `limit` seconds, the newest. */
export class ClockPoints {
  readonly #limit: number;
  #points: ClockPoint[] = [];
  #second = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get points(): readonly ClockPoint[] {
    return this.#points;
  }

  /** Takes one packet: arrival on the recording's clock and unwrapped RTP, in samples. */
  add(arrival: number, rtp: number): void {
    const second = Math.floor(arrival / SAMPLE_RATE);
    const newest = this.#points.at(-1);
    if (newest === undefined || second > this.#second) {
      this.#second = second;
      this.#points.push([rtp, arrival]);
      if (this.#points.length > this.#limit) this.#points.shift();
    } else if (arrival - rtp < newest[1] - newest[0]) {
      newest[0] = rtp;
      newest[1] = arrival;
    }
  }

  /** Forgets everything. */
  reset(): void {
    this.#points = [];
    this.#second = Number.NEGATIVE_INFINITY;
  }
}

/** Less than this says more about jitter than about clocks. */
const MIN_SPAN_SAMPLES = 20 * SAMPLE_RATE;

/**
 * How much slower (> 0) or faster the sender's clock runs than ours, in parts per million: the slope of a least squares line through
 * (RTP, arrival − RTP). 0 while the points span less than 20 s.
 */
export const driftPpm = (points: readonly ClockPoint[]): number => {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last[0] - first[0] < MIN_SPAN_SAMPLES) return 0;
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (const [rtp, arrival] of points) {
    const x = rtp - first[0];
    const y = arrival - rtp - (first[1] - first[0]);
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const spread = points.length * sumXX - sumX * sumX;
  return spread === 0 ? 0 : ((points.length * sumXY - sumX * sumY) / spread) * 1e6;
};
