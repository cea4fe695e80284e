import type { SegmentEnding } from '@parley/mux';
import { type Clock, ProtocolError, type RecordingSpec, type RecordingSummary } from '@parley/protocol';
import { Recorder } from '../recording/recorder.ts';
import type { RecorderEvent } from '../recording/recorder-event.ts';

const SAMPLES_PER_US = 48_000 / 1_000_000;

export interface SessionRecordingOptions {
  readonly clock: Clock;
  /** The session's zero, CLOCK_MONOTONIC, microseconds: where positions count from while nothing is recorded. */
  readonly originUs: number;
  readonly onEvent: (event: RecorderEvent) => void;
  readonly onError: (error: Error) => void;
  /** A recording has begun: what is missing right now is missing from its first sample on. */
  readonly begun: () => void;
  /** A recording is about to end: whatever still waits or is still missing belongs to it. */
  readonly ending: () => void;
}

/** The recordings of one session, one after the other, and what positions mean meanwhile. */
export class SessionRecording implements AsyncDisposable {
  readonly recorder: Recorder;
  readonly #options: SessionRecordingOptions;
  /** Where positions count from: sample 0 of the recording that runs, or the session's zero. */
  #zeroUs: number;
  #isRunning = false;

  constructor(options: SessionRecordingOptions) {
    this.#options = options;
    this.#zeroUs = options.originUs;
    this.recorder = new Recorder({ clock: options.clock, onEvent: (event) => this.#onEvent(event) });
  }

  /** Whether a recording runs, paused or not. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The position of an instant of CLOCK_MONOTONIC (microseconds): in the recording, without one since the session's zero. */
  positionAt(us: number): number {
    return Math.round((us - this.#zeroUs) * SAMPLES_PER_US);
  }

  /** @throws ProtocolError, see `Recorder.start` */
  async start(spec: RecordingSpec): Promise<{ sample: number }> {
    const started = await this.recorder.start(spec);
    this.#isRunning = true;
    this.#zeroUs = spec.originUs;
    if (spec.paused === true) await this.recorder.pause('paused');
    this.#options.begun();
    return started;
  }

  async pause(): Promise<{ sample: number }> {
    return await this.recorder.pause('paused');
  }

  async resume(): Promise<{ sample: number }> {
    return await this.recorder.resume();
  }

  /** @throws ProtocolError `not_recording` */
  async stop(ending: SegmentEnding, reason: string): Promise<RecordingSummary> {
    this.#options.ending();
    try {
      return await this.recorder.stop(ending, reason);
    } finally {
      this.#over();
    }
  }

  /** Ends it if there is one. @returns its summary, null when none was running or the disk does not answer */
  async stopIfRunning(ending: SegmentEnding, reason: string): Promise<RecordingSummary | null> {
    try {
      return await this.stop(ending, reason);
    } catch (error) {
      // A disk that does not answer holds up no leave; the recorder has warned of it.
      const codes: readonly string[] = ['not_recording', 'folder_unwritable'];
      if (error instanceof ProtocolError && codes.includes(error.code)) return null;
      throw error;
    }
  }

  /** Another channel is another recording: nothing of it may go into this one. The supervisor decides what follows. */
  moved(): void {
    this.recorder.pause('moved').catch((error: unknown) => {
      if (error instanceof ProtocolError && error.code === 'not_recording') return;
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.recorder[Symbol.asyncDispose]();
  }

  #onEvent(event: RecorderEvent): void {
    if (event.type === 'ended') this.#over();
    this.#options.onEvent(event);
  }

  #over(): void {
    this.#isRunning = false;
    this.#zeroUs = this.#options.originUs;
  }
}
