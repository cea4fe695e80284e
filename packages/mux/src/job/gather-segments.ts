import { renameSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { collectYoung } from '../collect-young.ts';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import { type SegmentSidecar, segmentSidecarSchema } from '../formats/segment-sidecar.ts';
import type { Skipped } from '../formats/session-file.ts';
import { repairOpusFile } from '../ogg/repair.ts';
import { innerDamage, type OpusWalk, walkOpusFile } from '../ogg/walk.ts';
import type { JournalView } from '../timeline/journal-view.ts';
import type { WalkedSegment } from '../timeline/timeline.ts';
import { folderName, isFile, listFolder } from './list-folder.ts';
import { type ReadJson, readJson } from './read-json.ts';
import { parseSegmentName, rebuildSidecar, type SegmentName } from './rebuild-sidecar.ts';
import { writeJson } from './write-atomically.ts';

/** A segment on disk, with everything found out about it. */
export interface GatheredSegment extends WalkedSegment {
  readonly path: string;
  readonly walk: OpusWalk;
  /** How its sidecar was found; one that is not `valid` was made up from the audio and the journal. */
  readonly sidecarFound: 'valid' | 'missing' | 'invalid';
}

export interface Gathered {
  readonly segments: readonly GatheredSegment[];
  readonly skipped: readonly Skipped[];
  /** Files (relative) whose writer was killed and that were made whole in this run. */
  readonly recovered: readonly string[];
}

export interface GatherOptions {
  readonly layout: RecordingLayout;
  readonly view: JournalView;
  readonly recordingSessionId: string;
  /** Epoch milliseconds of sample 0. */
  readonly startTime: number;
  /** Cut torn tails and rewrite sidecars of killed writers; without it nothing on disk is touched. */
  readonly repair: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

/** Every stem in a person's folder that has audio, a sidecar, or both; what others have put there besides is passed over. */
const stemsOf = (userId: string, folder: string): { stem: string; audio: boolean }[] => {
  const names = listFolder(folder).filter((name) => isFile(join(folder, name)));
  const audio = new Set(names.filter((name) => name.endsWith('.ogg')).map((name) => name.slice(0, -4)));
  const sidecars = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
  const own = sidecars.filter((stem) => audio.has(stem) || parseSegmentName(userId, stem) !== null);
  return [...new Set([...audio, ...own])].toSorted().map((stem) => ({ stem, audio: audio.has(stem) }));
};

/** Whether the writer was killed, or the file lost its tail in a power cut. */
const needsRecovery = (sidecar: SegmentSidecar | null, walk: OpusWalk): boolean =>
  sidecar === null || sidecar.status === 'open' || !walk.ended || walk.fileBytes !== walk.intactBytes;

/** A start is refined by moments after the file was named for it; one that stands farther away than this (60 s) is damaged. */
const START_REACH_SAMPLES = 60 * 48_000;

/** The sidecar beside a segment; one that contradicts where its file stands is as good as none. */
const readSidecar = (path: string, userId: string, name: SegmentName | null): ReadJson<SegmentSidecar> => {
  const read = readJson(path, segmentSidecarSchema);
  if (read.found !== 'valid') return read;
  const { value } = read;
  if (value.userId !== userId) return { found: 'invalid', reason: 'userId: another one than the folder’s' };
  if (name !== null && Math.abs(value.startSample - name.startSample) > START_REACH_SAMPLES) {
    return { found: 'invalid', reason: 'startSample: far from the file name’s' };
  }
  return read;
};

/** Looks at every segment of a recording, repairs what a killed writer left, and says which files cannot be used and why. */
export class SegmentGatherer {
  readonly #options: GatherOptions;
  readonly #segments: GatheredSegment[] = [];
  readonly #skipped: Skipped[] = [];
  readonly #recovered: string[] = [];

  constructor(options: GatherOptions) {
    this.#options = options;
  }

  /** @throws the file system's error, or the signal's reason */
  async run(): Promise<Gathered> {
    const { layout, onProgress, signal } = this.#options;
    const all = listFolder(layout.segments)
      .filter((userId) => folderName.test(userId))
      .flatMap((userId) => stemsOf(userId, join(layout.segments, userId)).map((found) => ({ userId, ...found })));
    for (const [i, { userId, stem, audio }] of all.entries()) {
      await this.#take(userId, stem, audio);
      if (i % 32 === 31) {
        onProgress?.(i / all.length);
        collectYoung();
        await setImmediate();
        signal?.throwIfAborted();
      }
    }
    return { segments: this.#segments, skipped: this.#skipped, recovered: this.#recovered };
  }

  async #take(userId: string, stem: string, audio: boolean): Promise<void> {
    const { layout } = this.#options;
    const path = join(layout.segments, userId, `${stem}.ogg`);
    const sidecarPath = join(layout.segments, userId, `${stem}.json`);
    const skip = (reason: Skipped['reason'], more: { lostSamples?: number } = {}): void => {
      this.#skipped.push({ file: relative(layout.root, path), reason, ...more });
    };
    if (!audio) return skip('audio_missing');
    if (statSync(path).size === 0) return skip('zero_bytes');
    const name = parseSegmentName(userId, stem);
    const sidecar = readSidecar(sidecarPath, userId, name);
    if (sidecar.found !== 'valid' && name === null) {
      return skip(sidecar.found === 'missing' ? 'sidecar_missing' : 'sidecar_invalid');
    }
    const left = sidecar.found === 'valid' ? sidecar.value : null;
    const walk = walkOpusFile(path);
    const headerOnly = walk.packets === 0 && innerDamage(walk).length === 0 && walk.pages > 0;
    if (headerOnly || (walk.packets === 0 && walk.fileBytes < 1024)) return skip('header_only');
    if (walk.head === null || walk.packets === walk.invalidPackets) return skip('damaged');

    const named = name ?? { userId, stem, startSample: left?.startSample ?? 0, part: left?.part ?? 1 };
    const recover = needsRecovery(left, walk);
    if (recover && this.#options.repair) await this.#repair(path, sidecarPath, walk, sidecar.found === 'invalid');
    let shown = left;
    if (recover && this.#options.repair) {
      shown = this.#rebuilt(left, named, walkOpusFile(path));
      writeJson(sidecarPath, shown);
      this.#recovered.push(relative(layout.root, path));
    }
    shown ??= this.#rebuilt(left, named, walk);
    const lostSamples = Math.max(0, (left?.samples ?? 0) - walk.samples);
    if (innerDamage(walk).length > 0 || lostSamples > 0) skip('damaged', { lostSamples });
    const file = relative(layout.root, path);
    this.#segments.push({ sidecar: shown, file, path, walk, sidecarFound: sidecar.found });
  }

  #rebuilt(left: SegmentSidecar | null, name: SegmentName, walk: OpusWalk): SegmentSidecar {
    const { view, recordingSessionId, startTime } = this.#options;
    return rebuildSidecar({ left, name, walk, view, recordingSessionId, startTime });
  }

  async #repair(path: string, sidecarPath: string, walk: OpusWalk, keepSidecar: boolean): Promise<void> {
    if (keepSidecar) renameSync(sidecarPath, `${sidecarPath}.bad`);
    await repairOpusFile(path, walk);
  }
}
