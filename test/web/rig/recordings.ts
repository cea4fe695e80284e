import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { muxRecording, recordingFolder, recordingLayout, type SessionFile, sessionFileSchema } from '@parley/mux';
import { RecordingBuilder, seededRandom } from '@parley/mux/testing';
import type { ApiSpoken } from '@parley/protocol/api';
import { talk } from './talk.ts';

export interface Speaker {
  readonly userId: string;
  readonly displayName: string;
}

export interface RecordingPlan {
  readonly recordingsDir: string;
  readonly id: string;
  readonly sessionId: string;
  readonly guildId: string;
  readonly channelName: string;
  /** Epoch milliseconds. */
  readonly startTime: number;
  readonly people: readonly Speaker[];
}

/** A recording on disk, and what was said in it. */
export interface MadeRecording {
  readonly folder: string;
  readonly file: SessionFile;
  readonly spoken: readonly ApiSpoken[];
}

const second = 48_000;

const shared = ({ id, sessionId, guildId, channelName, startTime }: RecordingPlan): Partial<SessionFile> => ({
  ...{ recordingSessionId: id, sessionId, guildId, channelName, startTime },
  channelId: '300000000000000001',
});

/** A real recording of a conversation: segments, journal, tracks, mix and levels, with a stretch that is missing and two notes. */
export const recordedTalk = async (
  plan: RecordingPlan,
  { seconds, hole, notes }: { seconds: number; hole: readonly [number, number]; notes: readonly [number, string][] },
): Promise<MadeRecording> => {
  const { id, people, startTime, recordingsDir } = plan;
  const folder = recordingFolder(recordingsDir, id);
  const builder = new RecordingBuilder(folder, { recordingSessionId: id, startTime });
  for (const person of people) builder.person({ ...person, bot: false });
  const lines = talk(people.length, seconds, hole);
  for (const { speaker, startSample, packets } of lines) {
    builder.segment({ userId: people[speaker]?.userId ?? '', startSample, packets });
  }
  builder.hole({ fromSample: hole[0] * second, toSample: hole[1] * second, reason: 'reconnecting' });
  for (const [at, text] of notes) {
    builder.note(at * second, { type: 'marker', userId: people[0]?.userId ?? '', text });
  }
  builder.end(seconds * second);
  const durationMs = seconds * 1000;
  builder.writeSession({ ...shared(plan), status: 'muxing', durationMs, endTime: startTime + durationMs });
  const { session, error, warnings } = await muxRecording(folder);
  const [problem] = [error, ...warnings].filter((one) => one !== null);
  if (problem !== undefined) throw problem;
  const spoken = lines.map(({ speaker, startSample, endSample, text }) => ({
    userId: people[speaker]?.userId ?? '',
    fromMs: startSample / 48,
    toMs: endSample / 48,
    text,
  }));
  return { folder, file: session, spoken: spoken.toSorted((a, b) => a.fromMs - b.fromMs) };
};

/** A recording of which there is only what pages read: `session.json`, and levels and audio where `like` lends them. */
export const describedRecording = (
  plan: RecordingPlan,
  part: Partial<SessionFile>,
  like: MadeRecording | null = null,
): MadeRecording => {
  const folder = recordingFolder(plan.recordingsDir, plan.id);
  const { startTime, people } = plan;
  const builder = new RecordingBuilder(folder, { recordingSessionId: plan.id, startTime });
  const durationMs = part.durationMs ?? 60_000;
  const speechMs = like ? durationMs / (people.length + 1) : 0;
  const file = {
    ...{ ...shared(plan), durationMs, endTime: startTime + durationMs, status: 'completed' as const },
    participants: people.map((person) => ({ ...person, username: person.displayName, bot: false, speechMs })),
    ...part,
  };
  builder.writeSession(file);
  builder.writeJournal();
  if (like) lend(folder, people, durationMs, like);
  const written: unknown = JSON.parse(readFileSync(recordingLayout(folder).sessionFile, 'utf8'));
  return { folder, file: sessionFileSchema.parse(written), spoken: [] };
};

/** Levels that look like turns of speech, and the mix of another recording as everybody's track. */
const lend = (folder: string, people: readonly Speaker[], durationMs: number, like: MadeRecording): void => {
  const layout = recordingLayout(folder);
  for (const path of [layout.peaks, layout.tracks]) mkdirSync(path, { recursive: true, mode: 0o700 });
  copyFileSync(recordingLayout(like.folder).mix, layout.mix);
  for (const [index, { userId }] of people.entries()) {
    copyFileSync(recordingLayout(like.folder).mix, layout.track(userId));
    const random = seededRandom(index + 1);
    let speaks = false;
    const levels = Uint8Array.from({ length: durationMs / 100 }, () => {
      if (random() < (speaks ? 0.02 : 0.004)) speaks = !speaks;
      return speaks ? 40 + random() * 180 : 0;
    });
    writeFileSync(
      layout.peaksOf(userId),
      JSON.stringify({ msPerPoint: 100, levels: Buffer.from(levels).toString('base64') }),
    );
  }
};
