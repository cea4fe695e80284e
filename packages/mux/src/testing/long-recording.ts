import type { FillPacket } from '../ogg/silence.ts';
import { silenceFill } from '../ogg/silence.ts';
import { RecordingBuilder } from './recording-builder.ts';
import { encodePackets, seededRandom, voiceSamples } from './tones.ts';

export interface LongRecordingOptions {
  /** Length in seconds; one hour by default. */
  readonly seconds?: number;
  /** People; 6 by default. */
  readonly people?: number;
  /** Segments of all people together; 1000 by default. */
  readonly segments?: number;
  /** Speech of all people together in seconds; by default 5 s a segment, at 1000 segments. */
  readonly speechSeconds?: number;
  readonly seed?: number;
}

const FRAMES_A_SECOND = 50;

/**
 * Writes a long recording quickly: each person's voice is encoded once (10 s) and its packets are used again and again. People take
 * turns and overlap a little.
 * @returns the ended recording, ready to be muxed
 */
export const writeLongRecording = (folder: string, options: LongRecordingOptions = {}): RecordingBuilder => {
  const { seconds = 3600, people = 6, segments = 1000, speechSeconds = 5000, seed = 7 } = options;
  const random = seededRandom(seed);
  const builder = new RecordingBuilder(folder);
  const voices = Array.from({ length: people }, (_, i): FillPacket[] =>
    encodePackets(voiceSamples(100 + 23 * i, -12, 10 * 48_000, seed + i), { bitrate: 64_000 }),
  );
  const userIds = voices.map((_, i) => String(1001 + i));
  for (const userId of userIds) builder.person({ userId });
  const trail = [...silenceFill(5 * 960)];
  const slot = (seconds * FRAMES_A_SECOND) / segments;
  const frames = Math.max(5, Math.round((speechSeconds * FRAMES_A_SECOND) / segments));
  const ends = new Map<string, number>();
  for (let i = 0; i < segments; i += 1) {
    const person = i % people;
    const userId = userIds[person] as string;
    const voice = voices[person] as FillPacket[];
    const wanted = Math.round(slot * i + random() * slot * 0.5) * 960;
    const startSample = Math.max(wanted, ends.get(userId) ?? 0);
    const first = Math.floor(random() * voice.length);
    const speech = Array.from({ length: frames }, (_, k) => voice[(first + k) % voice.length] as FillPacket);
    ends.set(userId, startSample + (frames + trail.length) * 960);
    builder.segment({ userId, startSample, packets: [...speech, ...trail], maxPacketsPerPage: 50 });
  }
  return builder.end(seconds * 48_000);
};
