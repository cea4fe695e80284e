import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { readOpusFileSync } from '../ogg/read-opus.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { type TrackResult, writeTrack } from '../tracks/write-track.ts';
import { isFile } from './list-folder.ts';

export interface TracksJob {
  readonly layout: RecordingLayout;
  readonly timeline: Timeline;
  /** Where the audio of a segment is, by its id. */
  readonly paths: ReadonlyMap<string, string>;
  readonly recordingSessionId: string;
  readonly signal?: AbortSignal | undefined;
  /** Told the share of people done. */
  readonly onProgress?: (fraction: number) => void;
}

/** Whether a file is a track of ours: it says so itself, or it is damaged and has the name of one (a person's id). */
const isTrack = (folder: string, name: string): boolean => {
  if (/^\d+\.ogg(\.tmp)?$/.test(name)) return true;
  if (!name.endsWith('.ogg')) return false;
  for (const event of readOpusFileSync(join(folder, name))) {
    if (event.type === 'tags') return event.tags.comments.some(([comment]) => comment === 'PARLEY_RECORDING');
    if (event.type === 'page') return false;
  }
  return false;
};

/** Removes tracks of people who are not on the recording any more, and what killed runs left; nothing that is not ours. */
const removeOthers = (folder: string, wanted: ReadonlySet<string>): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!wanted.has(name) && isFile(path) && isTrack(folder, name)) rmSync(path, { force: true });
  }
};

/**
 * Writes the full-length track of every person who has audio, and removes stale ones.
 * @throws the file system's error, or the signal's reason
 */
export const writeTracks = async (job: TracksJob): Promise<readonly TrackResult[]> => {
  const { layout, timeline, paths, recordingSessionId, signal, onProgress } = job;
  const people = timeline.people.filter((person) => person.placements.length > 0);
  mkdirSync(layout.tracks, { recursive: true, mode: 0o700 });
  const results: TrackResult[] = [];
  for (const person of people) {
    const path = layout.track(person.userId);
    const fileOf = (segmentId: string): string => paths.get(segmentId) ?? '';
    const track = { person, durationSamples: timeline.durationSamples, recordingSessionId, path, fileOf };
    results.push(await writeTrack({ ...track, ...(signal && { signal }) }));
    onProgress?.(results.length / people.length);
  }
  removeOthers(layout.tracks, new Set(results.map(({ path }) => basename(path))));
  return results;
};
