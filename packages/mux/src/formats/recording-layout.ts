import { join } from 'node:path';

/** Samples a second of every position in Parley: the RTP clock of Opus (RFC 7587 §4.1). */
export const SAMPLE_RATE = 48_000;

/** The paths of one recording's folder. `root` is `<recordings>/sessions/<recordingSessionId>`. */
export const recordingLayout = (root: string) => ({
  root,
  segments: join(root, 'segments'),
  personSegments: (userId: string) => join(root, 'segments', userId),
  journal: join(root, 'journal'),
  supervisorJournal: join(root, 'journal', 'supervisor.jsonl'),
  voxprocJournal: (n: number) => join(root, 'journal', `voxproc-${n}.jsonl`),
  /** Where voxproc `n` keeps space back; the file loses its name as soon as it is there. */
  reserve: (n: number) => join(root, 'journal', `reserve-${n}`),
  sessionFile: join(root, 'session.json'),
  mix: join(root, 'full.ogg'),
  /** A copy of the mix that is small enough for a place with a limit. */
  small: join(root, 'small.ogg'),
  /** Who said what when, once it was transcribed. */
  transcript: join(root, 'transcript.json'),
  tracks: join(root, 'tracks'),
  /** Who is to be erased: one mark each, until it is done. */
  erasures: join(root, 'erase'),
  track: (userId: string) => join(root, 'tracks', `${userId}.ogg`),
});

export type RecordingLayout = ReturnType<typeof recordingLayout>;

/** The folder of a recording below the recordings root. */
export const recordingFolder = (recordingsDir: string, recordingSessionId: string): string =>
  join(recordingsDir, 'sessions', recordingSessionId);

/** A segment's file stem: its provisional start sample in 12 digits, and its part. */
export const segmentStem = (startSample: number, part: number): string =>
  `${String(Math.max(0, Math.round(startSample))).padStart(12, '0')}-${part}`;
