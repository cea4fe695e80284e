import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { recordingFolder, recordingLayout, SAMPLE_RATE, type SessionFile } from '@parley/mux';
import { type Clock, type RecordingSpec, recordingSessionIdOf } from '@parley/protocol';
import type { Logger } from '../log.ts';
import { asMuxing, newSessionFile, type RecordingIdentity, writeSessionFile } from './session-files.ts';
import { type JournalEntry, SupervisorJournal } from './supervisor-journal.ts';

/** How often a running recording notes in its journal that it is alive, milliseconds; less than the mixer allows audio after the end. */
export const aliveIntervalMs = 4000;

/** What the person who records and the machine decide about a recording. */
export interface RecordingOptions {
  readonly recordingsDir: string;
  readonly bootId: string;
  readonly silenceMs: number;
  readonly durable: boolean;
  readonly minFreeBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type NewRecording = Omit<RecordingIdentity, 'recordingSessionId' | 'startTime'> & {
  readonly requestedByUserId: string;
};

/** A recording found on disk that goes on. */
export interface FoundRecording {
  readonly file: SessionFile;
  readonly originUs: number;
  /** How many voxprocs have served it. */
  readonly voxprocs: number;
  /** Everybody who was in it, and was told. */
  readonly humans: ReadonlySet<string>;
  /** Whether it was paused. */
  readonly paused?: boolean;
}

/**
 * One recording while it runs: its folder, its sample clock, its journal. Sample 0 is the instant `start` read both clocks; it never
 * moves, whatever happens to processes and connections.
 */
export class RecordingRun implements AsyncDisposable {
  readonly folder: string;
  readonly identity: RecordingIdentity;
  readonly originUs: number;
  #options: RecordingOptions;
  #file: SessionFile;
  #journal: SupervisorJournal;
  #voxprocNumber: number;
  #alive: Disposable;
  #finished: Promise<void> | null = null;
  #paused = false;

  private constructor(
    options: RecordingOptions,
    file: SessionFile,
    journal: SupervisorJournal,
    originUs: number,
    voxprocNumber: number,
  ) {
    this.#options = options;
    this.#file = file;
    this.#journal = journal;
    this.#voxprocNumber = voxprocNumber;
    this.originUs = originUs;
    this.identity = file;
    this.folder = folderOf(options, file.recordingSessionId);
    this.#alive = options.clock.setInterval(() => this.note({ type: 'alive' }), aliveIntervalMs);
  }

  /**
   * Makes the folder and the files of a new recording and starts its clock.
   * @throws when the folder cannot be written; nothing of the recording is left then, where the disk allows that.
   */
  static async start(options: RecordingOptions, recording: NewRecording): Promise<RecordingRun> {
    const { clock, bootId } = options;
    const { requestedByUserId, ...identity } = recording;
    await mkdir(join(resolve(options.recordingsDir), 'sessions'), { recursive: true, mode: 0o700 });
    let startTime = clock.now();
    const originUs = clock.monotonicUs();
    while (
      !(await makeFolder(folderOf(options, recordingSessionIdOf(recording.guildId, recording.channelId, startTime))))
    ) {
      startTime += 1;
    }
    const recordingSessionId = recordingSessionIdOf(recording.guildId, recording.channelId, startTime);
    const file = newSessionFile({ ...identity, recordingSessionId, startTime });
    const folder = folderOf(options, recordingSessionId);
    // What is left of a start that failed would be taken for a recording at the next start of Parley.
    await using undo = new AsyncDisposableStack();
    undo.defer(() => rm(folder, { recursive: true, force: true }).catch(() => undefined));
    await mkdir(recordingLayout(folder).journal, { mode: 0o700 });
    await mkdir(recordingLayout(folder).segments, { mode: 0o700 });
    const journal = undo.use(await SupervisorJournal.open(recordingLayout(folder).supervisorJournal, options.logger));
    journal.append(
      { at: startTime, sample: 0 },
      {
        type: 'recording_started',
        sessionId: recording.sessionId,
        recordingSessionId,
        guildId: recording.guildId,
        channelId: recording.channelId,
        channelName: recording.channelName,
        requestedByUserId,
        originUs,
        bootId,
        ...(recording.continues === undefined ? {} : { continues: recording.continues }),
      },
    );
    await journal.flush();
    await writeSessionFile(folder, file);
    undo.move();
    return new RecordingRun(options, file, journal, originUs, 0);
  }

  /** Goes on with a recording of a supervisor that is gone: same folder, same clock, the next voxproc number. */
  static async resume(options: RecordingOptions, found: FoundRecording): Promise<RecordingRun> {
    const folder = folderOf(options, found.file.recordingSessionId);
    const journal = await SupervisorJournal.open(recordingLayout(folder).supervisorJournal, options.logger);
    const run = new RecordingRun(options, found.file, journal, found.originUs, found.voxprocs);
    run.#paused = found.paused ?? false;
    return run;
  }

  /** Whether nothing is stored until somebody resumes it. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Notes that it is paused or goes on, for whoever takes the recording over: another voxproc, or another supervisor. */
  setPaused(on: boolean): void {
    if (this.#paused === on) return;
    this.#paused = on;
    this.note({ type: 'pause', on });
  }

  get recordingSessionId(): string {
    return this.#file.recordingSessionId;
  }

  /** Milliseconds since sample 0. */
  get elapsedMs(): number {
    return (this.#options.clock.monotonicUs() - this.originUs) / 1000;
  }

  /** The sample at a CLOCK_MONOTONIC time in µs. */
  sampleAt(us: number): number {
    return Math.max(0, Math.round(((us - this.originUs) / 1e6) * SAMPLE_RATE));
  }

  nowSample(): number {
    return this.sampleAt(this.#options.clock.monotonicUs());
  }

  /** What the voxproc of the moment is told. */
  spec(): RecordingSpec {
    return {
      recordingSessionId: this.recordingSessionId,
      folder: this.folder,
      startTime: this.#file.startTime,
      originUs: this.originUs,
      voxprocNumber: this.#voxprocNumber,
      silenceMs: this.#options.silenceMs,
      durable: this.#options.durable,
      minFreeBytes: this.#options.minFreeBytes,
      ...(this.#paused ? { paused: true } : {}),
    };
  }

  /** Another voxproc takes over; it gets a journal of its own. */
  nextVoxproc(): RecordingSpec {
    this.#voxprocNumber += 1;
    return this.spec();
  }

  /** Notes what happened, at a CLOCK_MONOTONIC time in µs or now. */
  note(entry: JournalEntry, atUs = this.#options.clock.monotonicUs()): void {
    const agoMs = (this.#options.clock.monotonicUs() - atUs) / 1000;
    this.#journal.append({ at: this.#options.clock.now() - agoMs, sample: this.sampleAt(atUs) }, entry);
  }

  /** Waits until the notes are on disk. Never throws: a failure is logged and counted by the journal. */
  async flush(): Promise<void> {
    await this.#journal.flush().catch(() => undefined);
  }

  /**
   * Ends the recording on disk: the last journal line, then `session.json` as `muxing`. Repeated calls share one end.
   * @throws when `session.json` cannot be written; the next start finishes it then.
   */
  finish(reason: string, endSample: number): Promise<void> {
    this.#finished ??= this.#finish(reason, endSample);
    return this.#finished;
  }

  /** Closes the files without ending the recording. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#alive[Symbol.dispose]();
    await this.#journal[Symbol.asyncDispose]();
  }

  async #finish(reason: string, endSample: number): Promise<void> {
    this.#alive[Symbol.dispose]();
    const durationMs = Math.round((endSample / SAMPLE_RATE) * 1000);
    const endTime = this.#file.startTime + durationMs;
    this.#journal.append({ at: endTime, sample: endSample }, { type: 'recording_ended', reason });
    await this.#journal[Symbol.asyncDispose]();
    await writeSessionFile(this.folder, asMuxing(this.#file, { endTime, durationMs }));
  }
}

const folderOf = (options: Pick<RecordingOptions, 'recordingsDir'>, recordingSessionId: string): string =>
  recordingFolder(resolve(options.recordingsDir), recordingSessionId);

/** @returns false when the name is taken. */
const makeFolder = async (folder: string): Promise<boolean> => {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
