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
  /** The same for people to read, and for players. */
  transcriptText: (format: 'md' | 'vtt' | 'srt') => join(root, `transcript.${format}`),
  /** What recognizers have heard so far, one file for each chunk of a person's speech. */
  transcriptParts: join(root, 'transcript', 'parts'),
  /** What recognizers read and write while they are at work. */
  transcriptWork: join(root, 'transcript', 'work'),
  /** What a recording was about. */
  summary: join(root, 'summary.json'),
  tracks: join(root, 'tracks'),
  /** Who is to be erased: one mark each, until it is done. */
  erasures: join(root, 'erase'),
  track: (userId: string) => join(root, 'tracks', `${userId}.ogg`),
  peaks: join(root, 'peaks'),
  /** The level of a person's track over time, for showing it. */
  peaksOf: (userId: string) => join(root, 'peaks', `${userId}.json`),
});

export type RecordingLayout = ReturnType<typeof recordingLayout>;

/** The folder of a recording below the recordings root. */
export const recordingFolder = (recordingsDir: string, recordingSessionId: string): string =>
  join(recordingsDir, 'sessions', recordingSessionId);

/** A segment's file stem: its provisional start sample in 12 digits, and its part. */
export const segmentStem = (startSample: number, part: number): string =>
  `${String(Math.max(0, Math.round(startSample))).padStart(12, '0')}-${part}`;
