import { type HoleReason, SAMPLE_RATE, segmentSidecarSchema } from '@parley/mux';
import type { NotificationParams, Stats, VoiceEndReason } from '@parley/protocol';
import { describeExit } from '../vox/child-exit.ts';
import type { VoxprocEvents } from '../vox/voxproc-events.ts';
import type { Announcer } from './announcer.ts';
import type { GatewayPayload } from './discord-port.ts';
import { LiveNews } from './live-news.ts';
import { newPlayoutTroubles } from './playout-troubles.ts';
import type { RecordingControl } from './recording/recording-control.ts';
import type { SessionInfo, SessionServices } from './session-services.ts';

/** How a voice connection ended for good, as voxproc says it. */
export interface VoiceEnd {
  readonly reason: VoiceEndReason;
  readonly code: number | null;
  readonly detail: string | null;
}

export interface VoiceReportsOptions {
  readonly services: SessionServices;
  readonly info: SessionInfo;
  readonly recording: () => RecordingControl;
  readonly announcer: Announcer;
  readonly on: {
    gatewaySend(payload: GatewayPayload): void;
    /** Somebody speaks. */
    heard(): void;
    respawned(): void;
    moved(channelId: string): void;
    voiceEnded(end: VoiceEnd): void;
    recordingEnded(reason: 'disk_full' | 'folder_unwritable', endSample: number): void;
    voxprocFailed(): void;
  };
}

/** Holes of a voice connection that was away. */
const outages: ReadonlySet<string> = new Set<HoleReason>(['reconnecting', 'no_datagrams']);

/** Takes in what voxproc reports: to the store, the metrics, the log, the people, and what only the session can decide to the session. */
export class VoiceReports implements VoxprocEvents {
  /** The latest figures; null before the first. */
  latest: Stats | null = null;
  /** For live pages. */
  readonly news = new LiveNews();
  #options: VoiceReportsOptions;
  #heard = new Set<string>();
  #interrupted = false;
  /** Milliseconds of the outage of now that voxproc has named as missing. */
  #missedMs = 0;
  /** A moderator moves the bot: the connection goes on by itself, and what is said of it is said of the move. */
  #moving = false;

  constructor(options: VoiceReportsOptions) {
    this.#options = options;
  }

  gatewaySend(payload: GatewayPayload): void {
    this.#options.on.gatewaySend(payload);
  }

  connectionState(state: NotificationParams<'voxproc', 'connection.state'>): void {
    const { announcer, on, services } = this.#options;
    services.logger.info({ ...this.#bindings, connection: state }, 'voice connection');
    switch (state.state) {
      case 'connecting':
        return;
      case 'reconnecting':
        if (this.#moving || this.#interrupted) return;
        this.#interrupted = true;
        announcer.say({ kind: 'reconnecting', details: {} });
        return;
      case 'ready':
        this.#moving = false;
        this.#interrupted = false;
        return;
      case 'moved':
        this.#moving = true;
        if (state.channelId !== undefined) on.moved(state.channelId);
        return;
      case 'ended':
        if (state.reason === undefined || state.reason === 'left') return;
        on.voiceEnded({ reason: state.reason, code: state.code ?? null, detail: state.detail ?? null });
    }
  }

  speakingStarted(userId: string): void {
    this.#heard.add(userId);
    this.news.speaking.add(userId);
    this.#options.on.heard();
  }

  speakingStopped(userId: string): void {
    this.news.speaking.delete(userId);
  }

  segmentOpened(): void {
    this.#options.on.heard();
  }

  /** Who was heard since the last call. */
  takeHeard(): ReadonlySet<string> {
    const heard = this.#heard;
    this.#heard = new Set();
    return heard;
  }

  segmentClosed(sidecar: Record<string, unknown>): void {
    const { services, recording } = this.#options;
    const parsed = segmentSidecarSchema.safeParse(sidecar);
    if (!parsed.success) {
      services.logger.warn({ ...this.#bindings, problem: parsed.error.message }, 'voxproc sent an invalid sidecar');
      return;
    }
    recording().totals.add(parsed.data);
    services.metrics.recordedBytes.inc(parsed.data.bytes);
    services.store.segments.closed(parsed.data);
    const { recordingSessionId, userId, startSample, samples } = parsed.data;
    this.news.add({
      recordingSessionId,
      kind: 'spoke',
      userId,
      fromSample: startSample,
      toSample: startSample + samples,
    });
  }

  hole(hole: NotificationParams<'voxproc', 'recording.hole'>): void {
    this.#options.services.logger.warn({ ...this.#bindings, hole }, 'nothing could be captured for a while');
    const run = this.#options.recording().current;
    if (run) {
      const { recordingSessionId } = run;
      this.news.add({ ...hole, recordingSessionId, kind: 'hole', userId: hole.userId ?? null });
    }
    this.#count(hole.reason, (hole.toSample - hole.fromSample) / SAMPLE_RATE);
    if (!outages.has(hole.reason) || this.#moving) return;
    this.#missedMs += (hole.toSample - hole.fromSample) / (SAMPLE_RATE / 1000);
    if (!this.#interrupted) this.#tellMissed();
  }

  recordingEnded({ reason, summary }: NotificationParams<'voxproc', 'recording.ended'>): void {
    this.#options.recording().observe(summary);
    this.#options.on.recordingEnded(reason, summary.endSample);
  }

  participantLeft(userId: string): void {
    this.news.speaking.delete(userId);
    this.#options.services.logger.debug({ ...this.#bindings, userId }, 'the voice server says somebody left');
  }

  stats(stats: Stats): void {
    const { playoutTroubles } = this.#options.services.metrics;
    for (const { kind, count } of newPlayoutTroubles(this.latest?.playout, stats.playout)) {
      playoutTroubles.inc({ kind }, count);
    }
    this.latest = stats;
    this.#options.recording().observe(stats);
  }

  warning(warning: NotificationParams<'voxproc', 'warning'>): void {
    const { announcer, services } = this.#options;
    services.logger.warn({ ...this.#bindings, warning }, 'voxproc warns');
    services.metrics.voxprocWarnings.inc({ code: warning.code });
    if (warning.code === 'user_given_up' && warning.userId !== undefined) {
      announcer.say({ kind: 'undecryptable_person', details: { userId: warning.userId } });
    } else if (warning.code === 'encryption_downgraded') {
      announcer.say({ kind: 'encryption_off', details: {} });
    } else if (warning.code === 'disk_low') {
      announcer.say({
        kind: 'disk_low',
        details: {
          freeBytes: this.latest?.freeBytes ?? 0,
          stopsAtBytes: services.settings.minFreeMegabytes * 1_000_000,
        },
      });
    }
  }

  fatal(fatal: NotificationParams<'voxproc', 'fatal'>): void {
    this.#options.services.logger.error({ ...this.#bindings, fatal }, 'voxproc gives up');
  }

  crashed(exit: Parameters<VoxprocEvents['crashed']>[0]): void {
    const { services, info } = this.#options;
    services.metrics.voxprocRestarts.inc();
    services.store.actions.record({
      kind: 'voice_error',
      guildId: info.guildId,
      sessionId: info.sessionId,
      fields: { event: 'voxproc_crashed', error: describeExit(exit) },
    });
  }

  respawned({ lastCaptureUs, readyUs, tookMs }: Parameters<VoxprocEvents['respawned']>[0]): void {
    const { services, recording, announcer, on } = this.#options;
    recording().noteHole('voxproc_failed', lastCaptureUs, readyUs);
    const gapMs = (readyUs - lastCaptureUs) / 1000;
    this.#count('voxproc_failed', gapMs / 1000);
    services.logger.warn({ ...this.#bindings, gapMs, tookMs }, 'voxproc is back in the recording');
    this.#interrupted = false;
    this.#missedMs = 0;
    announcer.say({ kind: 'gap_voxproc', details: { gapMs } });
    services.background.run('pause after a respawn', () => recording().assertPause(), this.#bindings);
    on.respawned();
  }

  failed(): void {
    this.#options.on.voxprocFailed();
  }

  #count(reason: string, seconds: number): void {
    const { metrics } = this.#options.services;
    metrics.holes.inc({ reason });
    metrics.holeSeconds.inc({ reason }, Math.max(0, seconds));
  }

  /** The hole follows the word that the connection is back; one that was resumed without a loss leaves none and is not spoken of. */
  #tellMissed(): void {
    const gapMs = this.#missedMs;
    this.#missedMs = 0;
    if (this.#options.recording().current) this.#options.announcer.say({ kind: 'reconnected', details: { gapMs } });
  }

  get #bindings(): Record<string, string> {
    const { sessionId, guildId } = this.#options.info;
    return { sessionId, guildId };
  }
}
