import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Hole, PRE_SKIP, readOpusPackets, recordingLayout, SAMPLE_RATE, type SessionFile } from '@parley/mux';
import type { SentPacket, SimPerson } from '@parley/sim';
import { readJournal } from '../lib/bot-on-sim.ts';

/** Milliseconds of audio in packets. */
export const audioMs = (packets: readonly SentPacket[]): number =>
  packets.reduce((sum, { samples }) => sum + samples, 0) / 48;

/** When a packet left the voice server for the bot first, µs of CLOCK_MONOTONIC. */
export const relayedAt = (packet: SentPacket): number => packet.toBot[0] ?? Number.POSITIVE_INFINITY;

export interface Kept {
  /** What left the voice server for the bot in that time; silence frames left out, here and below. */
  readonly relayed: readonly SentPacket[];
  /** Relayed, and in a file. */
  readonly kept: readonly SentPacket[];
  /** Relayed, and in no file. */
  readonly missing: readonly SentPacket[];
  /** Written packets of audio that this person never said, or that stand in the files twice. */
  readonly strange: number;
}

/**
 * Compares what a person said while a recording ran with what stands in the person's segments. The recording lasts from its sample 0
 * to `untilUs` (CLOCK_MONOTONIC).
 */
export const keptOf = async (folder: string, person: SimPerson, untilUs: number): Promise<Kept> => {
  const said = saidBy(person);
  const written = new Set<SentPacket>();
  let strange = 0;
  for (const file of await segmentFiles(folder, person.userId)) {
    for await (const { data } of readOpusPackets(file)) {
      if (data.length <= 3) continue; // fills and silence frames
      const packet = said.get(data.toString('hex'));
      if (!packet || written.has(packet)) strange += 1;
      else written.add(packet);
    }
  }
  const fromUs = await originUsOf(folder);
  const relayed = [...said.values()].filter((packet) => relayedAt(packet) >= fromUs && relayedAt(packet) <= untilUs);
  return {
    relayed,
    kept: relayed.filter((packet) => written.has(packet)),
    missing: relayed.filter((packet) => !written.has(packet)),
    strange,
  };
};

/** CLOCK_MONOTONIC (µs) of a recording's sample 0. */
export const originUsOf = async (folder: string): Promise<number> => {
  const started = (await readJournal(folder, 'supervisor.jsonl')).find(({ type }) => type === 'recording_started');
  assert.ok(started?.type === 'recording_started');
  return started.originUs;
};

/** What was received may be missing without a hole for it: this much of each person, milliseconds. */
const unnamedAtMostMs = 1000 + 250;

/**
 * Holds what must be true of every person after a fault: nothing stands in the files that was not said, nothing twice, and what left
 * the voice server for the bot is kept, but for what the holes name and a moment.
 */
export const assertKept = async (
  t: TestContext,
  folder: string,
  people: readonly SimPerson[],
  { holes, durationMs }: Pick<SessionFile, 'holes' | 'durationMs'>,
  atMostMs = unnamedAtMostMs,
): Promise<Kept[]> => {
  const originUs = await originUsOf(folder);
  const untilUs = originUs + Number(durationMs) * 1000;
  const all = await Promise.all(people.map((person) => keptOf(folder, person, untilUs)));
  for (const [index, { relayed, kept, missing, strange }] of all.entries()) {
    const name = people[index]?.username;
    const own = holes.filter(({ userId }) => userId === undefined || userId === people[index]?.userId);
    const unnamedMs = audioMs(outside(missing, own, originUs));
    t.diagnostic(
      `${name}: ${kept.length} of ${relayed.length} packets kept, ${unnamedMs} ms missing outside of the holes`,
    );
    assert.equal(strange, 0, `${name}: packets that were not said, or stand there twice`);
    assert.ok(unnamedMs <= atMostMs, `${name}: ${unnamedMs} ms missing outside of the holes`);
  }
  return all;
};

/** Being let into the others' encryption group takes no longer, samples. */
const letInSamples = 2.5 * SAMPLE_RATE;

/** The holes but for the moments in which somebody spoke before the bot had the call's keys: at a join, and after a new child. */
export const apartFromKeys = (holes: readonly Hole[]): Hole[] =>
  holes.filter(
    ({ reason, userId, fromSample, toSample }) =>
      reason !== 'undecryptable' || userId !== undefined || toSample - fromSample > letInSamples,
  );

/** Those of the holes in which nothing of anybody could be opened. */
export const withoutKeys = (holes: readonly Hole[]): Hole[] => {
  const others = apartFromKeys(holes);
  return holes.filter((hole) => !others.includes(hole));
};

/** A hole begins when the first lost packet arrived, a moment after it left the voice server; milliseconds for each. */
export const beforeHoleMs = 20 + 250;

/** The audio files of a person's segments, in order. */
export const segmentFiles = async (folder: string, userId: string): Promise<string[]> => {
  const own = recordingLayout(folder).personSegments(userId);
  const names = await readdir(own).catch(() => []);
  return names
    .filter((name) => name.endsWith('.ogg'))
    .toSorted()
    .map((name) => join(own, name));
};

/** Those of `packets` that were said outside of all `holes`; `originUs`: CLOCK_MONOTONIC of the recording's sample 0. */
export const outside = (packets: readonly SentPacket[], holes: readonly Hole[], originUs: number): SentPacket[] =>
  packets.filter((packet) => {
    const at = ((relayedAt(packet) - originUs) * SAMPLE_RATE) / 1e6;
    return !holes.some(({ fromSample, toSample }) => at >= fromSample && at <= toSample);
  });

/** Where a packet stands on a person's finished track. */
export interface Place {
  readonly packet: SentPacket;
  /** Samples of the recording's clock. */
  readonly at: number;
  /** Milliseconds between where it stands and when it was said; holds whatever delay is constant. */
  readonly errorMs: number;
}

/** Finds what a person said on the person's track. `originUs`: CLOCK_MONOTONIC of the recording's sample 0. */
export const placesOf = async (folder: string, person: SimPerson, originUs: number): Promise<Place[]> => {
  const spoken = spokenUs(person.truth);
  const said = saidBy(person);
  const places: Place[] = [];
  for await (const { data, position } of readOpusPackets(recordingLayout(folder).track(person.userId))) {
    const packet = said.get(data.toString('hex'));
    const us = packet && spoken.get(packet);
    if (packet === undefined || us === undefined) continue;
    const at = position - PRE_SKIP;
    places.push({ packet, at, errorMs: (at * 1000) / SAMPLE_RATE - (us - originUs) / 1000 });
  }
  return places;
};

/** The largest difference between two people's errors within the same second, milliseconds. */
export const misalignmentMs = (people: readonly (readonly Place[])[]): number => {
  const bySecond = Map.groupBy(people.flat(), ({ at }) => Math.floor(at / SAMPLE_RATE));
  const spreads = [...bySecond.values()].map((places) => {
    const errors = places.map(({ errorMs }) => errorMs);
    return Math.max(...errors) - Math.min(...errors);
  });
  return Math.max(0, ...spreads);
};

const saidBy = ({ truth }: SimPerson): Map<string, SentPacket> =>
  new Map(truth.filter(({ silence }) => !silence).map((packet) => [packet.opus.toString('hex'), packet]));

/**
 * When each packet was said, µs of CLOCK_MONOTONIC: by the RTP clock, set by the packet that was sent with the least delay. A sender
 * that was held up on a busy machine sends late, but has not spoken late.
 */
const spokenUs = (truth: readonly SentPacket[]): Map<SentPacket, number> => {
  const spoken = new Map<SentPacket, number>();
  for (const packets of Map.groupBy(truth, ({ ssrc }) => ssrc).values()) {
    const [first] = packets;
    if (!first) continue;
    const rtpUs = (packet: SentPacket): number => (((packet.timestamp - first.timestamp) | 0) * 1e6) / SAMPLE_RATE;
    const startUs = Math.min(...packets.map((packet) => packet.sentUs - rtpUs(packet)));
    for (const packet of packets) spoken.set(packet, startUs + rtpUs(packet));
  }
  return spoken;
};
