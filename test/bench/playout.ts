import { systemClock } from '@parley/protocol';
import { FakeClock } from '@parley/protocol/testing';
import { FrameMix, type MixInput } from '../../packages/voxproc/src/playback/mix/frame-mix.ts';
import { Playback, type PlaybackListeners } from '../../packages/voxproc/src/playback/playback.ts';
import type { FrameOutput } from '../../packages/voxproc/src/playback/voice-output.ts';
import { tonePcm } from '../../packages/voxproc/src/testing/playback-ears.ts';
import { type Bench, type Figure, machineLoad, median } from './bench.ts';

const RATE = 24_000;
const FRAME_MS = 20;
/** What a fast provider sends at once, and a slow one every 20 ms. */
const PIECE_MS = 20;

const listeners: PlaybackListeners = {
  speech: () => undefined,
  music: () => undefined,
  trouble: () => undefined,
  error: (error) => {
    throw error;
  },
};

/** An output that only notes when it was given audio and when silence. */
class Notes implements FrameOutput {
  readonly ready = true;
  readonly audioMs: number[] = [];
  readonly silenceMs: number[] = [];

  send(): boolean {
    this.audioMs.push(performance.now());
    return true;
  }

  sendSilence(): boolean {
    this.silenceMs.push(performance.now());
    return true;
  }

  stopSpeaking(): void {}
}

const p99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Microseconds of CPU that a frame takes from the pieces of an utterance to a packet. */
const speechUs = (frames: number): number => {
  const clock = new FakeClock();
  using playback = new Playback({ clock, output: new Notes(), played: { played: () => undefined }, listeners });
  const piece = tonePcm(440, PIECE_MS);
  playback.beginSpeech({ utteranceId: 'u', sampleRate: RATE });
  const before = process.cpuUsage();
  for (let frame = 0; frame < frames; frame += 1) {
    playback.speech.audio('u', frame, piece);
    clock.advance(FRAME_MS);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / frames;
};

const mixUs = (frames: number, input: MixInput): number => {
  using mix = new FrameMix();
  const before = process.cpuUsage();
  for (let frame = 0; frame < frames; frame += 1) mix.encode(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / frames;
};

interface Times {
  readonly toFirstMs: number[];
  readonly toSilenceMs: number[];
  readonly latenessP99Ms: number;
}

/** Utterances in real time: how long the first packet takes after its audio was there, and silence after a cancel. */
const inRealTime = async (rounds: number): Promise<Times> => {
  const output = new Notes();
  using playback = new Playback({ clock: systemClock, output, played: { played: () => undefined }, listeners });
  const toFirstMs: number[] = [];
  const toSilenceMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const utteranceId = `u${round}`;
    const packets = output.audioMs.length;
    playback.beginSpeech({ utteranceId, sampleRate: RATE });
    const from = performance.now();
    playback.speech.audio(utteranceId, 0, tonePcm(440, 1000));
    await pause(200 + ((round * 7) % FRAME_MS));
    toFirstMs.push((output.audioMs[packets] ?? Number.NaN) - from);
    const cancelled = performance.now();
    playback.speech.cancel(utteranceId);
    await pause(100);
    // The first packet of silence follows the one in which the utterance fades.
    toSilenceMs.push((output.silenceMs.find((at) => at >= cancelled) ?? Number.NaN) - cancelled - FRAME_MS);
    await pause((round * 13) % 200);
  }
  return { toFirstMs, toSilenceMs, latenessP99Ms: playback.stats?.latenessP99Ms ?? Number.NaN };
};

/** What playing costs, and how punctual it is. Times are judged only while the machine is at most half busy. */
export const playout: Bench = {
  name: 'playout',
  says: 'what the bot plays: CPU of a frame; from audio to the first packet, from a cancel to silence, lateness of ticks',
  async run({ sanity }) {
    const frames = sanity ? 50 : 1500;
    const runs = sanity ? 1 : 5;
    const repeat = (job: () => number) => median(Array.from({ length: runs }, job));
    const speech = Float32Array.from({ length: 960 }, (_, at) => 0.2 * Math.sin(at / 9) * Math.sin(at / 300));
    const music = Float32Array.from({ length: 1920 }, (_, at) => 0.3 * Math.sin(at / 30 + (at % 2)));
    const said = repeat(() => speechUs(frames));
    const figures: Figure[] = [
      { name: 'speech, from its pieces to a packet', unit: 'µs CPU', ...said },
      { name: 'music to a packet', unit: 'µs CPU', ...repeat(() => mixUs(frames, { music })) },
      { name: 'speech over music to a packet', unit: 'µs CPU', ...repeat(() => mixUs(frames, { speech, music })) },
      { name: '20 bots speaking, of one core', unit: '%', value: (20 * 50 * said.value) / 10_000 },
    ];
    const { toFirstMs, toSilenceMs, latenessP99Ms } = await inRealTime(sanity ? 3 : 60);
    const isQuiet = machineLoad() < 0.5;
    const judged = (value: number, limit: number, text: string) =>
      isQuiet ? { budget: { text, ok: value <= limit } } : {};
    const first = p99(toFirstMs);
    const silence = p99(toSilenceMs);
    return [
      ...figures,
      { name: 'audio to the first packet, p99', unit: 'ms', value: first, ...judged(first, 85, '≤ 60 + 25 ms') },
      { name: 'cancel to the last audible packet, p99', unit: 'ms', value: silence, ...judged(silence, 40, '≤ 40 ms') },
      { name: 'lateness of ticks, p99', unit: 'ms', value: latenessP99Ms, ...judged(latenessP99Ms, 5, '< 5 ms') },
    ];
  },
};
