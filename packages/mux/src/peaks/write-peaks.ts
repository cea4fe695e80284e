import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PEAKS_MS_PER_POINT, type Peaks } from '../formats/peaks.ts';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { writeAtomically } from '../job/write-atomically.ts';
import { trackLevels } from './track-levels.ts';

export interface PeaksJob {
  readonly layout: RecordingLayout;
  readonly durationSamples: number;
  /** Whose track there is. */
  readonly userIds: readonly string[];
  /** Levels that are known already, by user id; the others' tracks are decoded. */
  readonly known: ReadonlyMap<string, Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** Told the share of people done. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Writes `peaks/<userId>.json` for every person with a track, and removes those of people without one. One person after the other, a
 * byte of memory a point; each file is replaced as a whole.
 * @throws MuxError `codec_missing`; the file system's error; the signal's reason
 */
export const writePeaks = async (job: PeaksJob): Promise<void> => {
  const { layout, durationSamples, userIds, known, signal, onProgress } = job;
  if (userIds.length === 0) {
    rmSync(layout.peaks, { recursive: true, force: true });
    return;
  }
  mkdirSync(layout.peaks, { recursive: true, mode: 0o700 });
  const wanted = new Set(userIds.map((userId) => basename(layout.peaksOf(userId))));
  for (const name of readdirSync(layout.peaks)) {
    if (!wanted.has(name)) rmSync(join(layout.peaks, name), { recursive: true, force: true });
  }
  for (const [index, userId] of userIds.entries()) {
    const levels = known.get(userId) ?? (await trackLevels({ path: layout.track(userId), durationSamples, signal }));
    const peaks: Peaks = { msPerPoint: PEAKS_MS_PER_POINT, levels: Buffer.from(levels).toString('base64') };
    writeAtomically(layout.peaksOf(userId), JSON.stringify(peaks));
    onProgress?.((index + 1) / userIds.length);
  }
};
