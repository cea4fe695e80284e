import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FillPacket, silenceFill } from '@parley/mux';
import { encodePackets, seededRandom } from '@parley/mux/testing';
import { readWav } from '../../../scripts/lib/wav.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'speech');

interface Clip {
  readonly name: string;
  readonly text: string;
}

const { clips } = JSON.parse(readFileSync(join(fixtures, 'speech.json'), 'utf8')) as { clips: readonly Clip[] };

/** One thing somebody says: from its first sample at 48 kHz on. */
export interface Line {
  readonly speaker: number;
  readonly startSample: number;
  readonly endSample: number;
  readonly text: string;
  readonly packets: readonly FillPacket[];
}

const second = 48_000;
const spoken = new Map<string, readonly FillPacket[]>();

/** A clip as Opus packets, `gain` times as loud; encoded once. */
const packetsOf = (name: string, gain: number): readonly FillPacket[] => {
  const key = `${name} ${gain}`;
  const known = spoken.get(key);
  if (known) return known;
  const { samples, sampleRate } = readWav(readFileSync(join(fixtures, `${name}.wav`)));
  const factor = second / sampleRate;
  const mono = Float32Array.from({ length: samples.length * factor }, (_, i) => {
    const at = Math.floor(i / factor);
    const [here, next] = [samples[at] ?? 0, samples[at + 1] ?? 0];
    return ((here + (next - here) * (i / factor - at)) * gain) / 32_768;
  });
  const packets = [...encodePackets(mono, { channels: 1, bitrate: 32_000 }), ...silenceFill(5 * 960)];
  spoken.set(key, packets);
  return packets;
};

/** How loud each of the four sits at the table, and whose clips they speak with. */
const seats = [
  { prefix: 'ada', gain: 1.4 },
  { prefix: 'ben', gain: 2.2 },
  { prefix: 'cleo', gain: 0.8 },
  { prefix: 'ben', gain: 0.6 },
] as const;

/**
 * A conversation of up to four people from the recorded clips: turns of one to three lines, a little overlap, pauses. Always the same.
 * @param seconds how long it goes on @param quiet a stretch in which nobody speaks, seconds
 */
export const talk = (people: number, seconds: number, quiet: readonly [number, number] = [0, 0]): Line[] => {
  const random = seededRandom(11);
  const lines: Line[] = [];
  const ends = new Array<number>(people).fill(0);
  let at = second;
  let speaker = 0;
  for (let turn = 0; ; turn += 1) {
    speaker = (speaker + 1 + Math.floor(random() * (people - 1))) % people;
    const seat = seats[speaker % seats.length] ?? seats[0];
    const own = clips.filter(({ name }) => name.startsWith(seat.prefix));
    for (let more = 1 + Math.floor(random() * 2); more > 0; more -= 1) {
      const clip = own[(turn + more) % own.length] as Clip;
      const packets = packetsOf(clip.name, seat.gain);
      const length = packets.reduce((sum, { samples }) => sum + samples, 0);
      let startSample = Math.max(at, (ends[speaker] ?? 0) + second / 2);
      if (startSample + length > quiet[0] * second && startSample < quiet[1] * second) {
        startSample = (quiet[1] + 0.4) * second;
      }
      startSample = Math.round(startSample / 960) * 960;
      const endSample = startSample + length;
      if (endSample > (seconds - 1) * second) return lines;
      lines.push({ speaker, startSample, endSample, text: clip.text, packets });
      ends[speaker] = endSample;
      at = endSample + Math.round(random() * 0.9 * second);
    }
    at += Math.round((random() * 1.6 - 0.5) * second);
  }
};
