import {
  type Channel,
  type Clock,
  type Connected,
  ProtocolError,
  type RecordingSummary,
  type RequestParams,
  type Stats,
} from '@parley/protocol';
import type { Logger } from 'pino';
import type { LoopDelay } from '../loop-delay.ts';
import { statsOf } from '../stats.ts';
import { notifier, tellWarning } from './notifier.ts';
import { answerPlayback } from './playback-requests.ts';
import { type JoinParams, VoiceSession } from './voice-session.ts';
import { Warnings } from './warnings.ts';

/** Milliseconds between two `stats`. */
const STATS_MS = 5000;
/** Silence of the supervisor that is worth a warning, milliseconds. */
const PING_MS = 5000;
/** A blocked event loop that is worth a warning, milliseconds. */
const BLOCKED_MS = 200;

export interface SessionOptions {
  readonly channel: Channel<'voxproc'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly loopDelay: LoopDelay;
  /** `shutdown` was asked for and everything is closed. */
  readonly onShutdown: () => void;
}

type State =
  | { readonly name: 'none' }
  | { readonly name: 'joining'; readonly voice: VoiceSession }
  | { readonly name: 'joined'; readonly voice: VoiceSession }
  | { readonly name: 'leaving'; readonly done: Promise<RecordingSummary | null> };

const none: State = { name: 'none' };

/** Answers the supervisor: what it asks for, one voice session at a time, and what it should know. */
export class Session implements AsyncDisposable {
  #options: SessionOptions;
  #state: State = none;
  #gatewayAvailable = true;
  #warnings: Warnings;
  #scope = new AsyncDisposableStack();
  #startedUs: number;
  #pingMs: number;

  constructor(options: SessionOptions) {
    const { channel, clock, log } = options;
    this.#options = options;
    this.#startedUs = clock.monotonicUs();
    this.#pingMs = this.#nowMs();
    this.#warnings = new Warnings(clock, (warning) => tellWarning(channel, log, warning));
    this.#answer();
    this.#listen();
    this.#scope.use(clock.setInterval(() => this.#onStats(), STATS_MS));
  }

  /** Closes all segments without a word to the gateway: the supervisor is gone, or this process ends. */
  async abandon(ending: 'orphaned' | 'shutdown'): Promise<RecordingSummary | null> {
    return await this.#leave(ending, ending, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon('shutdown');
    await this.#scope.disposeAsync();
  }

  #answer(): void {
    const { channel } = this.#options;
    const use = (handler: Disposable) => this.#scope.use(handler);
    use(channel.onRequest('ping', ({ seq }) => this.#ping(seq)));
    use(channel.onRequest('session.join', (params) => this.#join(params)));
    use(channel.onRequest('session.move', (params) => this.#move(params)));
    use(channel.onRequest('session.leave', async ({ reason }) => ({ summary: await this.#leave('leave', reason) })));
    use(
      channel.onRequest('recording.start', ({ recording }) =>
        this.#joined('recording.start').recording.start(recording),
      ),
    );
    use(channel.onRequest('recording.pause', () => this.#joined('recording.pause').recording.pause()));
    use(channel.onRequest('recording.resume', () => this.#joined('recording.resume').recording.resume()));
    use(
      channel.onRequest('recording.stop', async ({ reason }) => ({
        summary: await this.#joined('recording.stop').recording.stop('leave', reason),
      })),
    );
    use(channel.onRequest('recording.exclude', ({ userId }) => this.#present('recording.exclude').exclude(userId)));
    use(
      channel.onRequest('recording.include', ({ userId }) => {
        this.#present('recording.include').include(userId);
        return {};
      }),
    );
    use(
      answerPlayback(
        channel,
        (request) => this.#joined(request),
        () => this.#voice,
      ),
    );
    use(channel.onRequest('capture.start', (params) => this.#joined('capture.start').hearing.captures.start(params)));
    use(
      channel.onRequest('capture.stop', ({ captureId }) =>
        this.#joined('capture.stop').hearing.captures.stop(captureId),
      ),
    );
    use(channel.onRequest('voice.test', (params) => this.#joined('voice.test').hearing.voiceTest.run(params)));
    use(channel.onRequest('stats.get', () => this.#stats()));
    use(channel.onRequest('shutdown', async ({ reason }) => await this.#shutdown(reason)));
  }

  #listen(): void {
    const { channel } = this.#options;
    const use = (listener: Disposable) => this.#scope.use(listener);
    use(channel.onNotification('gateway.voiceState', ({ data }) => this.#voice?.voiceState(data)));
    use(channel.onNotification('gateway.voiceServer', ({ data }) => this.#voice?.voiceServer(data)));
    use(channel.onNotification('roster.changed', (entry) => this.#voice?.rosterChanged(entry)));
    use(
      channel.onNotification('gateway.available', ({ available }) => {
        this.#gatewayAvailable = available;
        this.#voice?.gatewayAvailable(available);
      }),
    );
  }

  get #voice(): VoiceSession | null {
    return 'voice' in this.#state ? this.#state.voice : null;
  }

  /** @throws ProtocolError `not_joined` */
  #joined(request: string): VoiceSession {
    if (this.#state.name === 'joined') return this.#state.voice;
    throw new ProtocolError('not_joined', `${request}: no voice channel has been joined`);
  }

  /** Somebody can opt out while the bot is still joining. @throws ProtocolError `not_joined` */
  #present(request: string): VoiceSession {
    return this.#voice ?? this.#joined(request);
  }

  async #join(params: JoinParams): Promise<Connected> {
    if (this.#state.name === 'leaving') await this.#state.done;
    if (this.#state.name !== 'none') {
      throw new ProtocolError('already_joined', 'session.join: this process serves a voice channel already');
    }
    const { clock } = this.#options;
    const voice = new VoiceSession({
      clock,
      join: params,
      gatewayAvailable: this.#gatewayAvailable,
      listeners: notifier(this.#options.channel, this.#options.log),
    });
    const joining: State = { name: 'joining', voice };
    this.#state = joining;
    try {
      await voice.excludeAll(params.excluded);
      if (params.recording) await voice.recording.start(params.recording);
      const connected = await voice.join(params.target.channelId);
      if (this.#state === joining) this.#state = { name: 'joined', voice };
      return connected;
    } catch (error) {
      // A leave that came in between is ending this session already.
      if (this.#state === joining) await this.#leave('leave', 'join_failed');
      throw error;
    }
  }

  async #move({ channelId, roster }: RequestParams<'supervisor', 'session.move'>): Promise<Connected> {
    return await this.#joined('session.move').move(channelId, roster);
  }

  /** @returns the summary of the recording, null when none was running or nothing was joined. */
  async #leave(
    ending: 'leave' | 'shutdown' | 'orphaned',
    reason: string,
    quietly = false,
  ): Promise<RecordingSummary | null> {
    if (this.#state.name === 'leaving') return await this.#state.done;
    const voice = this.#voice;
    if (!voice) return null;
    const done = this.#end(voice, ending, reason, quietly);
    this.#state = { name: 'leaving', done };
    return await done;
  }

  async #end(
    voice: VoiceSession,
    ending: 'leave' | 'shutdown' | 'orphaned',
    reason: string,
    quietly: boolean,
  ): Promise<RecordingSummary | null> {
    try {
      await using ended = voice;
      return await ended.leave(ending, reason, quietly);
    } finally {
      this.#state = none;
    }
  }

  async #shutdown(reason: string): Promise<{ summary: RecordingSummary | null }> {
    const summary = await this.#leave('shutdown', reason);
    this.#options.onShutdown();
    return { summary };
  }

  #ping(seq: number) {
    const { channel, loopDelay } = this.#options;
    this.#pingMs = this.#nowMs();
    return {
      seq,
      loopDelayP99Ms: loopDelay.p99Ms,
      controlQueued: channel.queued,
      rssBytes: process.memoryUsage.rss(),
    };
  }

  #stats(): Stats {
    const { channel, clock, loopDelay } = this.#options;
    return statsOf({
      clock,
      startedUs: this.#startedUs,
      voice: this.#voice,
      loopDelayP99Ms: loopDelay.p99Ms,
      lanes: { control: channel.queued, dropped: channel.dropped.coalesced },
    });
  }

  #onStats(): void {
    const { channel, loopDelay } = this.#options;
    channel.notify('stats', this.#stats());
    const blockedMs = loopDelay.maxMs;
    loopDelay.reset();
    if (blockedMs > BLOCKED_MS) {
      this.#warnings.warn({ code: 'loop_blocked', message: 'The event loop was blocked.', details: { ms: blockedMs } });
    }
    if (channel.crowded) {
      this.#warnings.warn({
        code: 'control_overflow_near',
        message: 'The supervisor reads too slowly: more than half of what may wait for it does.',
        details: { queued: channel.queued },
      });
    }
    const silentMs = this.#nowMs() - this.#pingMs;
    if (silentMs > PING_MS) {
      const details = { ms: Math.round(silentMs) };
      this.#warnings.warn({
        code: 'supervisor_silent',
        message: 'No ping from the supervisor; recording on.',
        details,
      });
    }
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
