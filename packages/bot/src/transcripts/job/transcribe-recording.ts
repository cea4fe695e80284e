import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import {
  dropPartsBut,
  dropPartsOf,
  keepPart,
  makeWorkFolder,
  openSpeech,
  publishTranscript,
  readPart,
  recordingLayout,
  type SpeechChunk,
  type SpeechSource,
  speechChunks,
  type TranscriptSegment,
} from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Engine } from '../engines/engine.ts';
import { segmentsOf } from './heard-segments.ts';
import type { Bound, JobConfig } from './job-config.ts';

export interface TranscribeOptions {
  readonly engine: Engine;
  readonly without: ReadonlySet<string>;
  readonly budget: JobConfig['budget'];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Share done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Told at once when seconds of speech were paid for. */
  readonly onPaid?: (seconds: number) => void;
}

export interface Transcribed {
  readonly source: SpeechSource['source'];
  readonly segments: readonly TranscriptSegment[];
  /** What was recognized now; the rest was known from an earlier run. */
  readonly seconds: number;
  /** null: all of it is there. */
  readonly bound: Bound | null;
}

/** Stands for the audio, the person, and who hears it how. */
const keyOf = ({ name, model, language }: Engine, userId: string, { wav }: SpeechChunk): string =>
  createHash('sha256')
    .update(JSON.stringify([name, model, language, userId]))
    .update(wav)
    .digest('hex');

/** One run over a recording: its chunks are taken in order by a few at once. */
class Run {
  readonly #options: TranscribeOptions;
  readonly #speech: SpeechSource;
  readonly #chunks: Iterator<{ readonly userId: string; readonly chunk: SpeechChunk }>;
  readonly #keys = new Set<string>();
  readonly #segments: TranscriptSegment[] = [];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #total: number;
  #done = 0;
  #seconds = 0;
  #reserved = 0;
  #bound: Bound | null = null;

  constructor(options: TranscribeOptions, speech: SpeechSource) {
    this.#options = options;
    this.#speech = speech;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    const { tracks, source } = speech;
    const wanted = new Set(tracks.map(({ userId }) => userId));
    this.#total = source.timeline.people
      .filter(({ userId }) => wanted.has(userId))
      .reduce((sum, { speechSamples }) => sum + speechSamples / 48_000, 0);
    this.#chunks = chunksOf(speech, options.engine);
  }

  async finish(): Promise<Transcribed> {
    const workers = Array.from({ length: this.#options.engine.concurrency }, () => this.#work());
    const failed = (await Promise.allSettled(workers)).find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const { source } = this.#speech;
    const { engine, clock } = this.#options;
    const segments = await publishTranscript(source, {
      schema: 1,
      segments: this.#segments,
      made: {
        ...{ engine: engine.name, model: engine.model, language: engine.language },
        ...{ at: Math.round(clock.now()), complete: this.#bound === null },
      },
    });
    if (this.#bound === null) await dropPartsBut(source.layout, this.#keys);
    return { source, segments, seconds: this.#seconds, bound: this.#bound };
  }

  async #work(): Promise<void> {
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const next = this.#chunks.next();
        if (next.done === true) return;
        await this.#take(next.value.userId, next.value.chunk);
      }
    } catch (error) {
      this.#stop.abort(error);
      throw error;
    }
  }

  async #take(userId: string, chunk: SpeechChunk): Promise<void> {
    const { engine, onProgress } = this.#options;
    const { layout } = this.#speech.source;
    const key = keyOf(engine, userId, chunk);
    this.#keys.add(key);
    let heard = readPart(layout, userId, key);
    if (heard === null && this.#mayRecognize(chunk.seconds)) {
      heard = await engine.recognize(chunk, this.#signal, this.#payerOf(chunk.seconds));
      this.#seconds += chunk.seconds;
      await keepPart(layout, userId, key, heard);
    }
    this.#segments.push(...segmentsOf(userId, chunk.pieces, heard ?? []));
    this.#done += chunk.pieces.reduce((sum, { samples }) => sum + samples / 16_000, 0);
    onProgress?.(Math.min(1, this.#done / Math.max(1, this.#total)));
  }

  /** Counts what a chunk costs: once it is in what the bounds allowed, each further time comes on top. */
  #payerOf(seconds: number): () => void {
    let times = 0;
    return () => {
      times += 1;
      if (times > 1) this.#reserved += seconds;
      this.#options.onPaid?.(seconds);
    };
  }

  /** Whether the bounds allow so many seconds more; what runs at the same time is counted before it is done. */
  #mayRecognize(seconds: number): boolean {
    const { engine, budget } = this.#options;
    if (!engine.paid) return true;
    const after = this.#reserved + seconds;
    if (budget.recording !== null && after > budget.recording) this.#bound = 'recording';
    else if (budget.day !== null && after > budget.day) this.#bound ??= 'day';
    else {
      this.#reserved = after;
      return true;
    }
    return false;
  }
}

function* chunksOf({ tracks }: SpeechSource, { chunks }: Engine) {
  for (const { userId, track } of tracks) {
    for (const chunk of speechChunks(track, chunks)) yield { userId, chunk };
  }
}

/** Where recognizers that are programs find their files. */
export const workFolderOf = (folder: string): string => recordingLayout(folder).transcriptWork;

/**
 * Transcribes a mixed recording, from its folder alone. Every chunk that was heard is kept at once, so that a run that is killed or fails goes
 * on where it was; what people said who are left out is removed.
 * @throws TranscriptionError; MuxError; the file system's error; the signal's reason
 */
export const transcribeRecording = async (folder: string, options: TranscribeOptions): Promise<Transcribed> => {
  const speech = await openSpeech(folder, options.without, options.signal);
  const { layout } = speech.source;
  await dropPartsOf(layout, options.without);
  await rm(layout.transcriptWork, { recursive: true, force: true });
  await makeWorkFolder(layout);
  try {
    return await new Run(options, speech).finish();
  } finally {
    await rm(layout.transcriptWork, { recursive: true, force: true });
  }
};
