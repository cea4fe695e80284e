import { type Network, ORIGIN_US, plainSpeaker, type SpeakerModel, type Stall } from '@parley/voxproc/testing';

/** Two people on two networks and clocks, and what befalls them. */
export interface Scenario {
  readonly name: string;
  readonly minutes: number;
  readonly network: Network;
  /** How much slower each one's clock runs, parts per million. */
  readonly ppm: readonly [number, number];
  readonly model?: Partial<SpeakerModel>;
  /** The event loop stands still for so long every 7.3 s, milliseconds. */
  readonly stallMs?: number;
  readonly seed?: number;
}

/** What 03-recording §6 allows, milliseconds. `windowMs`: after a step of more than 200 ms. */
export const budget = { p95Ms: 5, maxMs: 20, windowMs: 250 } as const;

const STALL_EVERY_US = 7_300_000;
/** One of the two has this much more constant delay; it is theirs for good, and no error. */
const OTHER_DELAY_MS = 25;
/** So much of a network's delay is the length of the shortest frame: it is sent when it is complete. */
const shortest = (frames: readonly number[]): number => Math.min(...frames);

/** The two speakers of a scenario. */
export const speakersOf = ({ minutes, network, ppm, model = {}, seed = 77 }: Scenario): SpeakerModel[] =>
  ppm.map((own, index) => ({
    ...plainSpeaker,
    bytes: [10, 16],
    userId: `10000000000000000${index}`,
    ssrc: index + 1,
    seed: seed + index,
    startUs: ORIGIN_US + 100_000 + index * 7777,
    durationMs: minutes * 60_000,
    ppm: own,
    network: { ...network, delayMs: network.delayMs + index * OTHER_DELAY_MS },
    ...model,
  }));

/** The constant delay of a speaker's packets, milliseconds. */
export const delayMsOf = ({ network, frames }: SpeakerModel): number => network.delayMs + shortest(frames);

export const stallsOf = ({ minutes, stallMs = 0 }: Scenario): Stall[] => {
  const stalls: Stall[] = [];
  if (stallMs === 0) return stalls;
  for (let us = ORIGIN_US + 3e6; us < ORIGIN_US + minutes * 6e7; us += STALL_EVERY_US) {
    stalls.push([us, us + stallMs * 1000]);
  }
  return stalls;
};
