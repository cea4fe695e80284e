import { existsSync } from 'node:fs';
import { type ExportSource, openExportSource } from '../export/export-source.ts';
import { MuxError } from '../mux-error.ts';

/** One person of a recording with a track to be heard. */
export interface SpeechTrack {
  readonly userId: string;
  readonly displayName: string;
  /** Path of `tracks/<userId>.ogg`. */
  readonly track: string;
}

/** A finished recording, opened for recognizers. */
export interface SpeechSource {
  readonly source: ExportSource;
  readonly tracks: readonly SpeechTrack[];
}

/**
 * Opens a recording whose tracks are made. Who is to be erased, or is left out, is not among its people. Changes nothing.
 * @throws MuxError `recording_live`, `mix_missing` while its tracks are not made, `not_a_recording`, `nothing_readable`; the file system's error;
 * the signal's reason
 */
export const openSpeech = async (
  folder: string,
  without: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<SpeechSource> => {
  const source = await openExportSource(folder, { signal });
  const { layout, session, timeline, marks } = source;
  if (source.live) throw new MuxError('recording_live', `${layout.root} is still being recorded.`);
  if (session.status === 'recording' || session.status === 'muxing') {
    throw new MuxError('mix_missing', `${layout.root} is not mixed yet: its tracks may change.`);
  }
  const marked = new Set(marks.map(({ userId }) => userId));
  const tracks = timeline.people
    .filter(({ userId }) => !without.has(userId) && !marked.has(userId))
    .map(({ userId, displayName }) => ({ userId, displayName, track: layout.track(userId) }))
    .filter(({ track }) => existsSync(track))
    .toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  return { source, tracks };
};
