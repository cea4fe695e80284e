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
const MIN_SPAN_SAMPLES = 45 * SAMPLE_RATE;

const leastDelayed = (points: readonly ClockPoint[]): ClockPoint | undefined => {
  let least = points[0];
  for (const point of points) if (least !== undefined && point[1] - point[0] < least[1] - least[0]) least = point;
  return least;
};

/**
 * How much slower (> 0) or faster the sender's clock runs than ours, in parts per million: the slope between the least delayed points
 * of the first and of the last third. Delay is only ever added, so a congested minute does not bend it as it would a regression. 0
 * while the points span less than 45 s.
 */
export const driftPpm = (points: readonly ClockPoint[]): number => {
  const start = points[0]?.[1] ?? 0;
  const span = (points.at(-1)?.[1] ?? 0) - start;
  if (span < MIN_SPAN_SAMPLES) return 0;
  const early = leastDelayed(points.filter(([, arrival]) => arrival < start + span / 3));
  const late = leastDelayed(points.filter(([, arrival]) => arrival > start + (span * 2) / 3));
  if (early === undefined || late === undefined || late[0] === early[0]) return 0;
  return ((late[1] - late[0] - early[1] + early[0]) / (late[0] - early[0])) * 1e6;
};
