import { statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { readMarks } from '../erase/person-mark.ts';
import { type FindFfmpegOptions, findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { MuxError } from '../mux-error.ts';
import type { PersonTimeline } from '../timeline/timeline.ts';
import { chooseWindow, type WindowWish } from './choose-window.ts';
import { completeFormats, type ExportFormat, exportFormats, isSingleFile } from './export-formats.ts';
import { ExportProgressMeter } from './export-progress.ts';
import { type ExportSource, openExportSource } from './export-source.ts';
import { Staging } from './output/staging.ts';
import { writeOutput } from './output/write-output.ts';
import { EntryPlanner, needsFfmpeg } from './plan-entries.ts';
import { speechOf } from './text/speech.ts';
import { formatTimeText } from './time-text.ts';
import type { ExportWindow } from './window/export-window.ts';

export interface ExportOptions extends WindowWish {
  readonly formats: readonly ExportFormat[];
  /** Where the result goes; by default into the current folder, named after the recording. */
  readonly out?: string | undefined;
  /** People who are left out. */
  readonly without?: ReadonlySet<string> | undefined;
  /** Leave out as well whoever is opted out by now, also what they said before. */
  readonly consenting?: boolean | undefined;
  readonly ffmpeg?: FindFfmpegOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the share done, 0 to 1, in steps of a hundredth. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** CLOCK_MONOTONIC in µs. */
  readonly nowUs?: (() => number) | undefined;
}

export interface ExportResult {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** What was exported, in samples of the recording, and how long it is: shorter than that when pauses were cut. */
  readonly fromSample: number;
  readonly toSample: number;
  readonly samples: number;
  /** Ids of the people who can be heard in it, or whose words are in it. */
  readonly people: readonly string[];
  /** Whether the recording was still running. */
  readonly live: boolean;
}

const optedOut = ({ excluded }: PersonTimeline): boolean => excluded.at(-1)?.to === Number.POSITIVE_INFINITY;

/** Who is in the export: whoever can be heard in the window and is not left out, in order of their ids. */
const peopleIn = (source: ExportSource, window: ExportWindow, options: ExportOptions): PersonTimeline[] =>
  source.timeline.people
    .filter(({ userId }) => options.without?.has(userId) !== true)
    .filter((person) => !(options.consenting === true && optedOut(person)))
    .filter((person) => speechOf(person, window).length > 0)
    .toSorted((a, b) => (a.userId < b.userId ? -1 : 1));

/** Whether somebody asked to be erased since the recording was read. */
const erasedMeanwhile = async (
  { layout, marks }: ExportSource,
  people: readonly PersonTimeline[],
): Promise<boolean> => {
  const before = new Map(marks.map(({ userId, upToSample }) => [userId, upToSample]));
  const now = await readMarks(layout);
  return now.some(
    ({ userId, upToSample }) => people.some((person) => person.userId === userId) && before.get(userId) !== upToSample,
  );
};

/** Name of an export that nobody named: recording, what it is, which part. */
const defaultName = (source: ExportSource, window: ExportWindow, options: ExportOptions): string => {
  const { from: start, to: end, last } = options;
  const whole = start === undefined && end === undefined && last === undefined;
  const [from, to] = [window.pieces[0]?.from ?? 0, window.pieces.at(-1)?.to ?? 0];
  const part = whole ? '' : `-${[from, to].map((at) => formatTimeText(at).replaceAll(':', '.')).join('-')}`;
  const formats = completeFormats(options.formats);
  const [only] = formats;
  const ending =
    isSingleFile(formats) && only !== undefined ? `.${exportFormats[only].extension}` : `-${formats.join('-')}.zip`;
  return `${source.session.recordingSessionId}${part}${ending}`;
};

const outOf = (source: ExportSource, wanted: string): string => {
  const out = resolve(wanted);
  if (source.live && out.startsWith(source.layout.root + sep)) {
    throw new MuxError('bad_output', `${out} is inside of ${source.layout.root}, which is being recorded.`);
  }
  return out;
};

/**
 * Exports a recording, or a part of it, also one that is still running: reads the folder and writes one file elsewhere. The result
 * appears whole or not at all; nothing of the recording is changed. Memory does not grow with the length.
 * @throws MuxError `not_a_recording`, `nothing_readable`, `range_outside`, `nothing_in_range`, `transcript_missing`,
 * `transcript_invalid`, `bad_output`, `busy`, `erased_meanwhile`, `ffmpeg_missing`, `ffmpeg_failed`, `ffmpeg_timeout`; the file system's error; the signal's reason
 */
export const exportRecording = async (folder: string, options: ExportOptions): Promise<ExportResult> => {
  const { signal } = options;
  const formats = completeFormats(options.formats);
  const source = await openExportSource(folder, { signal, ...(options.nowUs && { nowUs: options.nowUs }) });
  const window = chooseWindow(source, options);
  const people = peopleIn(source, window, options);
  const [fromSample, toSample] = [window.pieces[0]?.from ?? 0, window.pieces.at(-1)?.to ?? 0];
  if (people.length === 0) {
    const range = `${formatTimeText(fromSample)} and ${formatTimeText(toSample)}`;
    throw new MuxError('nothing_in_range', `Nobody can be heard between ${range} of ${source.layout.root}.`);
  }
  const out = outOf(source, options.out ?? defaultName(source, window, options));
  const ffmpeg = formats.some(needsFfmpeg) ? await findFfmpeg({ ...options.ffmpeg, signal }) : null;
  using staging = new Staging(out);
  const entries = new EntryPlanner({ source, window, people, formats, staging, ffmpeg, signal }).plan();
  const meter = new ExportProgressMeter(
    entries.map(({ weight }) => weight),
    options.onProgress,
  );
  const path = staging.path('result');
  const mtime = new Date(source.session.startTime);
  await writeOutput({ entries, single: isSingleFile(formats), path, mtime, meter, signal });
  const { size } = statSync(path);
  staging.sync(path);
  signal?.throwIfAborted();
  // The last look comes right before the result appears: whoever erases somebody from then on finds it.
  if (await erasedMeanwhile(source, people)) {
    throw new MuxError('erased_meanwhile', `Somebody was erased from ${source.layout.root} while it was exported.`);
  }
  staging.commit(path);
  return {
    ...{ file: out, bytes: size, fromSample, toSample, samples: window.samples, live: source.live },
    people: people.map(({ userId }) => userId),
  };
};
