import type { Placed, SentPacket } from '@parley/voxproc/testing';

/** A step of RTP against real time beyond this is one: 2 ms, and more than drift makes of a pause. */
const STEP_SAMPLES = 96;
const MOST_DRIFT = 200e-6;
/** A step beyond this (200 ms) is to be followed within `FOLLOWED_US`, a lesser one by the next talk-spurt (03-recording §6). */
const LARGE_SAMPLES = 9600;
const FOLLOWED_US = 250_000;
/** A pause of this begins the next talk-spurt, microseconds. */
const PAUSE_US = 100_000;
/** Off by more than this: 20 ms. */
const OFF_SAMPLES = 960;

/** A step of a sender's RTP clock, and how long it may be seen. */
export interface Discontinuity {
  /** When the first packet after it was spoken. */
  readonly fromUs: number;
  readonly large: boolean;
  /** From here on everything must be in place. */
  readonly allowedUntilUs: number;
}

interface Spoken {
  readonly spokenUs: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Keeps what one person said, to tell where that person's RTP clock stepped. */
export class DiscontinuityFinder {
  readonly #spoken: Spoken[] = [];

  take({ index, spokenUs, packet: { timestamp, ssrc } }: SentPacket): void {
    this.#spoken[index] = { spokenUs, timestamp, ssrc };
  }

  find(): Discontinuity[] {
    const spoken = this.#spoken.filter((one) => one !== undefined);
    const found: Discontinuity[] = [];
    for (const [at, { spokenUs, timestamp, ssrc }] of spoken.entries()) {
      const before = spoken[at - 1];
      if (before === undefined || before.ssrc !== ssrc) continue;
      const passed = ((spokenUs - before.spokenUs) * 48) / 1000;
      const moved = ((timestamp - before.timestamp) | 0) - passed;
      if (Math.abs(moved) < STEP_SAMPLES + passed * MOST_DRIFT) continue;
      const large = Math.abs(moved) > LARGE_SAMPLES;
      const allowedUntilUs = large ? spokenUs + FOLLOWED_US : nextSpurtUs(spoken, at);
      found.push({ fromUs: spokenUs, large, allowedUntilUs });
    }
    return found;
  }
}

const nextSpurtUs = (spoken: readonly Spoken[], from: number): number => {
  for (let at = from + 1; at < spoken.length; at += 1) {
    const [before, here] = [spoken[at - 1] as Spoken, spoken[at] as Spoken];
    if (here.spokenUs - before.spokenUs > PAUSE_US) return here.spokenUs;
  }
  return Number.POSITIVE_INFINITY;
};

/** The packets outside of every window in which a discontinuity may still be seen. */
export const settled = (placed: readonly Placed[], found: readonly Discontinuity[]): Placed[] => {
  let at = -1;
  let untilUs = Number.NEGATIVE_INFINITY;
  return placed.filter(({ spokenUs }) => {
    while (at + 1 < found.length && (found[at + 1] as Discontinuity).fromUs <= spokenUs) {
      at += 1;
      untilUs = Math.max(untilUs, (found[at] as Discontinuity).allowedUntilUs);
    }
    return spokenUs >= untilUs;
  });
};

/** How long the longest discontinuity was seen: from its first packet to the last that stood off by more than 20 ms, milliseconds. */
export const longestWindowMs = (
  placed: readonly Placed[],
  found: readonly Discontinuity[],
  delayMs: number,
): { readonly large: number; readonly small: number } => {
  const longest = { large: 0, small: 0 };
  let at = -1;
  for (const { spokenUs, error } of placed) {
    while (at + 1 < found.length && (found[at + 1] as Discontinuity).fromUs <= spokenUs) at += 1;
    const current = found[at];
    if (current === undefined || Math.abs(error - delayMs * 48) <= OFF_SAMPLES) continue;
    const size = current.large ? 'large' : 'small';
    longest[size] = Math.max(longest[size], (spokenUs - current.fromUs) / 1000);
  }
  return longest;
};
