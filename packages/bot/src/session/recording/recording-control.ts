import { rm } from 'node:fs/promises';
import { ProtocolError, type RecordingSpec } from '@parley/protocol';
import type { PacketTotals } from '../../http/metrics.ts';
import { type FoundRecording, type RecordingOptions, RecordingRun } from '../../recordings/recording-run.ts';
import type { JournalEntry } from '../../recordings/supervisor-journal.ts';
import type { VoxprocClient } from '../../vox/voxproc-client.ts';
import type { Announcer } from '../announcer.ts';
import type { VoiceChannelView } from '../discord-port.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';
import { RecordingTotals } from './recording-totals.ts';

export interface RecordingControlOptions {
  readonly services: SessionServices;
  readonly info: SessionInfo;
  readonly voxproc: VoxprocClient;
  /** Where the mix is delivered to: where the session speaks. */
  readonly announcer: Pick<Announcer, 'textChannelId'>;
}

export interface StopOptions {
  /** How long voxproc may take, milliseconds; by default what the protocol says. */
  readonly deadlineMs?: number;
  /** Makes sure that a child that did not answer writes no more. @returns whether it wrote everything first. By default it is replaced. */
  readonly halt?: () => Promise<boolean>;
}

/** The recordings of a session, one at a time: begins them, keeps their journal, ends them and hands them to the mixer. */
export class RecordingControl {
  readonly totals = new RecordingTotals();
  #options: RecordingControlOptions;
  #run: RecordingRun | null = null;
  /** Whether the recording of now began here and has stored nothing yet. */
  #unborn = false;
  #finishing: Promise<void> = Promise.resolve();
  #barred = false;
  /** What the metrics know the recording of now by, one for each child. */
  #metricsKeys = new Set<string>();

  constructor(options: RecordingControlOptions) {
    this.#options = options;
  }

  /** The recording that runs now. */
  get current(): RecordingRun | null {
    return this.#run;
  }

  /** Whether nothing may be recorded, whoever wants it: the session is incognito. */
  get isBarred(): boolean {
    return this.#barred;
  }

  bar(on: boolean): void {
    this.#barred = on;
  }

  /**
   * Begins a recording of a channel; from the answer on everything is written.
   * @throws ProtocolError, or what the file system says, or that it may not; no folder is left then.
   */
  async start(channel: VoiceChannelView, continues?: string): Promise<RecordingRun> {
    this.#refuseIfBarred();
    const { info, voxproc } = this.#options;
    const run = await RecordingRun.start(this.#recordingOptions, {
      sessionId: info.sessionId,
      guildId: info.guildId,
      channelId: channel.id,
      channelName: channel.name,
      requestedByUserId: info.requestedByUserId,
      ...(continues === undefined ? {} : { continues }),
    });
    this.#run = run;
    this.#unborn = true;
    try {
      await voxproc.request('recording.start', { recording: run.spec() });
    } catch (error) {
      this.#run = null;
      // It may write all the same, into a folder that is about to go.
      if (isUnanswered(error)) await voxproc.replace('it did not begin the recording');
      await this.#remove(run);
      throw error;
    }
    this.#started(run, channel.name);
    return run;
  }

  /** Takes up a recording that a former supervisor left; the join that follows goes on with it. */
  async takeUp(found: FoundRecording, channelName: string): Promise<RecordingRun> {
    this.#refuseIfBarred();
    const run = await RecordingRun.resume(this.#recordingOptions, found);
    this.#run = run;
    this.#unborn = false;
    this.#started(run, channelName);
    return run;
  }

  /** Takes in what the child of the moment has counted of the running recording. */
  observe({ received, written, lost, dropped }: PacketTotals): void {
    const { services, voxproc } = this.#options;
    if (!this.#run) return;
    const key = `${this.#run.recordingSessionId}:${voxproc.pid}`;
    this.#metricsKeys.add(key);
    services.metrics.observePackets(key, { received, written, lost, dropped });
  }

  /** What the next child of this recording is told; undefined while none runs. */
  specForNextVoxproc(): RecordingSpec | undefined {
    const run = this.#run;
    if (!run) return undefined;
    const spec = run.nextVoxproc();
    this.#options.services.store.recordings.updated(run.recordingSessionId, { voxprocs: spec.voxprocNumber + 1 });
    return spec;
  }

  /**
   * Stores nothing until `resume`. It is noted before voxproc is told, so that a child which takes over begins paused; one that does not
   * answer is replaced.
   * @throws ProtocolError; it is paused all the same.
   */
  async pause(): Promise<'done' | 'unchanged' | 'not_recording'> {
    const run = this.#run;
    if (!run) return 'not_recording';
    if (run.isPaused) return 'unchanged';
    run.setPaused(true);
    await this.#tell('recording.pause', 'it did not pause');
    return 'done';
  }

  /** Stores again. @throws ProtocolError; it is paused still. */
  async resume(): Promise<'done' | 'unchanged' | 'not_recording'> {
    const run = this.#run;
    if (!run) return 'not_recording';
    if (!run.isPaused) return 'unchanged';
    run.setPaused(false);
    try {
      await this.#tell('recording.resume', 'it did not resume');
    } catch (error) {
      run.setPaused(true);
      throw error;
    }
    return 'done';
  }

  /** The session speaks in another text channel: what becomes of the recording is told there, after a crash too. */
  textChannelChanged(): void {
    if (!this.#run) return;
    const { services, announcer } = this.#options;
    services.store.recordings.updated(this.#run.recordingSessionId, { textChannelId: announcer.textChannelId });
  }

  /** Has a child that took over while the pause was being changed do what holds now. */
  async assertPause(): Promise<void> {
    if (this.#run)
      await this.#tell(this.#run.isPaused ? 'recording.pause' : 'recording.resume', 'it did not follow a pause');
  }

  /** A child that is gone is followed by one that begins as the recording says. */
  async #tell(request: 'recording.pause' | 'recording.resume', why: string): Promise<void> {
    const { voxproc } = this.#options;
    try {
      await voxproc.request(request, {});
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'link_closed') return;
      if (!isUnanswered(error)) throw error;
      await voxproc.replace(why);
    }
  }

  /** Notes something in the journal of the running recording; `atUs` (CLOCK_MONOTONIC) when it happened, by default now. */
  note(entry: JournalEntry, atUs?: number): void {
    this.#run?.note(entry, atUs);
  }

  /** Notes that nothing was captured between two CLOCK_MONOTONIC times (µs). */
  noteHole(reason: 'voxproc_failed' | 'supervisor_down', fromUs: number, toUs: number): void {
    const run = this.#run;
    if (!run) return;
    run.note({ type: 'hole', fromSample: run.sampleAt(fromUs), toSample: run.sampleAt(toUs), reason });
  }

  /** Ends the recording, the session goes on. When it resolves no child writes to it any more. Never throws. */
  async stop(reason: string, { deadlineMs, halt = () => this.#replaceChild() }: StopOptions = {}): Promise<void> {
    const run = this.#run;
    if (!run) return await this.#finishing;
    const { voxproc, services, info } = this.#options;
    try {
      const options = deadlineMs === undefined ? {} : { deadlineMs };
      const { summary } = await voxproc.request('recording.stop', { reason }, options);
      this.observe(summary);
      await this.finish(reason, summary.endSample);
    } catch (error) {
      const { sessionId } = info;
      services.logger.warn({ err: error, sessionId }, 'voxproc did not answer the end of the recording');
      const isOver = error instanceof ProtocolError && error.code === 'not_recording';
      if (!isOver && this.#run === run) {
        // A child that takes over must not go on with it, and the mixer must not repair files that are still written.
        this.#run = null;
        this.#finishing = this.#finishHalted(run, reason, halt);
      }
      await this.finish(reason, null);
    }
  }

  /**
   * Ends the recording on disk and hands it to the mixer; `endSample` null: now. While another end is under way it waits for that one.
   * Never throws: files come first, and stay.
   */
  async finish(reason: string, endSample: number | null): Promise<void> {
    const run = this.#run;
    if (run) {
      this.#run = null;
      this.#finishing = this.#finish(run, reason, endSample);
    }
    await this.#finishing;
  }

  async #replaceChild(): Promise<boolean> {
    await this.#options.voxproc.replace('it did not end the recording');
    return false;
  }

  async #finishHalted(run: RecordingRun, reason: string, halt: () => Promise<boolean>): Promise<void> {
    const fromUs = this.#options.voxproc.capturedUs;
    const isWhole = await halt();
    const end = run.nowSample();
    if (!isWhole && fromUs !== null) {
      run.note({ type: 'hole', fromSample: run.sampleAt(fromUs), toSample: end, reason: 'voxproc_failed' });
    }
    await this.#finish(run, reason, end);
  }

  async #finish(run: RecordingRun, reason: string, endSample: number | null): Promise<void> {
    const { services, info, announcer } = this.#options;
    this.#forgetPackets();
    const end = Math.max(0, endSample ?? run.nowSample());
    try {
      await run.finish(reason, end);
    } catch (error) {
      services.logger.error(
        { err: error, recordingSessionId: run.recordingSessionId },
        'session.json could not be written; the mixer rebuilds it from the journal',
      );
    }
    const durationMs = Math.round(end / 48);
    this.totals.durationMs += durationMs;
    services.store.recordings.updated(run.recordingSessionId, {
      status: 'muxing',
      endTime: run.identity.startTime + durationMs,
      durationMs,
      textChannelId: announcer.textChannelId,
    });
    services.logger.info(
      { recordingSessionId: run.recordingSessionId, sessionId: info.sessionId, reason, durationMs },
      'recording ended',
    );
    services.enqueueMux({
      recordingSessionId: run.recordingSessionId,
      folder: run.folder,
      guildId: info.guildId,
      textChannelId: announcer.textChannelId,
      requestedByUserId: info.requestedByUserId,
    });
  }

  /** Lets go of a recording without ending it; one that began in the join being unwound is removed, its folder included. */
  async discard(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    this.#forgetPackets();
    if (this.#unborn) await this.#remove(run);
    else await run[Symbol.asyncDispose]();
  }

  #refuseIfBarred(): void {
    if (this.#barred) throw new Error('the session is incognito: nothing may be recorded');
  }

  #forgetPackets(): void {
    for (const key of this.#metricsKeys) this.#options.services.metrics.forgetPackets(key);
    this.#metricsKeys.clear();
  }

  async #remove(run: RecordingRun): Promise<void> {
    await run[Symbol.asyncDispose]();
    await rm(run.folder, { recursive: true, force: true });
  }

  #started(run: RecordingRun, channelName: string): void {
    const { services, info, announcer } = this.#options;
    this.totals.recordings += 1;
    const { recordingSessionId, channelId, startTime, continues } = run.identity;
    const spec = run.spec();
    services.store.recordings.started({
      recordingSessionId,
      sessionId: info.sessionId,
      guildId: info.guildId,
      channelId,
      channelName,
      textChannelId: announcer.textChannelId,
      requestedByUserId: info.requestedByUserId,
      folder: run.folder,
      bootId: services.bootId,
      originUs: run.originUs,
      startTime,
      endTime: null,
      durationMs: null,
      status: 'recording',
      outputFile: null,
      continues: continues ?? null,
      voxprocs: spec.voxprocNumber + 1,
      error: null,
    });
    services.logger.info(
      { recordingSessionId, sessionId: info.sessionId, guildId: info.guildId, channelId, folder: run.folder },
      'recording started',
    );
  }

  get #recordingOptions(): RecordingOptions {
    const { clock, logger, settings, bootId } = this.#options.services;
    return {
      recordingsDir: settings.recordingsDir,
      bootId,
      silenceMs: settings.segment.silenceMs,
      durable: settings.durable,
      minFreeBytes: settings.minFreeMegabytes * 1_000_000,
      clock,
      logger,
    };
  }
}

const isUnanswered = (error: unknown): boolean => error instanceof ProtocolError && error.code === 'deadline_exceeded';
