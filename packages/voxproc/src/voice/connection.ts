import { joinVoiceChannel, type Networking, type VoiceConnection, VoiceConnectionStatus } from '@discordjs/voice';
import { type Clock, type Connected, ProtocolError, type VoiceEndReason } from '@parley/protocol';
import { Asker } from './asker.ts';
import type { ConnectionListeners, ConnectionReport, LossCause } from './connection-listeners.ts';
import { transition } from './connection-machine.ts';
import type { ConnectionEffect, ConnectionEvent, ConnectionState } from './connection-state.ts';
import type { DatagramReceiver } from './datagram-receiver.ts';
import { type DaveNegotiation, negotiate, notNegotiated } from './dave-negotiation.ts';
import type { FrameContext } from './frame-decryptor.ts';
import { GatewayAdapter, type VoiceStatePayload } from './gateway-adapter.ts';
import { HOLD_US } from './hold-queue.ts';
import { isRekeying } from './library-seam.ts';
import { NetworkingTap } from './networking-tap.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly guildId: string;
  /** The bot's own id. */
  readonly userId: string;
  readonly sessionId: string;
  readonly receiver: DatagramReceiver;
  readonly send: (payload: VoiceStatePayload) => void;
  readonly listeners: ConnectionListeners;
  /** Chance in [0, 1) for the jitter of the backoff. */
  readonly random?: () => number;
}

interface Waiter {
  readonly channelId: string;
  readonly sinceMs: number;
  serverMs: number;
  readonly promise: PromiseWithResolvers<Connected>;
}

/**
 * Our end of one voice connection. Owns everything below "this session should be in that channel": what is asked of the main
 * gateway and when, what is resumed, what is given up. Decisions are `transition`'s; this class carries out its effects on
 * @discordjs/voice.
 */
export class Connection implements AsyncDisposable {
  readonly adapter: GatewayAdapter;
  #options: ConnectionOptions;
  #state: ConnectionState = { name: 'idle' };
  #voice: VoiceConnection | null = null;
  #tap: NetworkingTap | null = null;
  #negotiation: DaveNegotiation = notNegotiated;
  #deadline: Disposable | null = null;
  #asker: Asker;
  #waiter: Waiter | null = null;
  #signOfLifeUs = 0;
  #lastError: string | null = null;
  #resuming = false;
  #keysReady = false;
  /** Since when the library could open frames of the epoch it was let into. */
  #letInUs: number | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { clock, guildId, userId, send, listeners } = options;
    this.adapter = new GatewayAdapter({ clock, guildId, userId, send, onHeldBack: () => listeners.heldBack() });
    this.#asker = new Asker(clock, this.adapter, (channelId) => this.#signal(channelId));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The library's connection, for sending; null before the first join and after the end. */
  get voice(): VoiceConnection | null {
    return this.#voice;
  }

  /** The library's session of the moment; null while there is none. */
  get networking(): Networking | null {
    return this.#tap?.networking ?? null;
  }

  /** End-to-end encryption as it is now. `ready`: keys are there, or none are needed. */
  get encryption(): { readonly version: number; readonly ready: boolean; readonly privacyCode: string | null } {
    const dave = this.#tap?.dave ?? null;
    const version = dave?.protocolVersion ?? 0;
    const ready = this.#state.name === 'ready' && (version === 0 || dave?.session?.ready === true);
    return { version, ready, privacyCode: version > 0 ? (dave?.voicePrivacyCode ?? null) : null };
  }

  /** For the receiver: what is known of the call's encryption at this instant. */
  frameContext(nowMs: number): FrameContext {
    const dave = this.#tap?.dave ?? null;
    return {
      session: dave?.session ?? null,
      negotiation: this.#negotiation,
      rekeying: dave !== null && isRekeying(dave),
      keyless: !this.#keysReady,
      nowMs,
    };
  }

  /**
   * Joins, or goes to another channel of the guild.
   * @throws ProtocolError `gateway_unavailable`; `voice_timeout` after `timeoutMs`, the attempt goes on; `voice_ended`, for good.
   */
  async enter(channelId: string, timeoutMs: number): Promise<Connected> {
    if (this.#state.name === 'ended') {
      const { reason } = this.#state;
      throw new ProtocolError('voice_ended', `the voice connection is over: ${reason}`, { reason });
    }
    if (!this.adapter.available) {
      throw new ProtocolError('gateway_unavailable', 'the main gateway cannot take a voice state update now');
    }
    if (this.#state.name === 'ready' && this.#state.channelId === channelId) return this.#connected(channelId, 0, 0);
    this.#fail(new ProtocolError('aborted', 'another channel was asked for'));
    const promise = Promise.withResolvers<Connected>();
    const waiter: Waiter = { channelId, sinceMs: this.#nowMs(), serverMs: 0, promise };
    this.#waiter = waiter;
    using _ = this.#options.clock.setTimeout(() => {
      if (this.#waiter !== waiter) return;
      this.#waiter = null;
      const detail = this.#lastError === null ? '' : ` (${this.#lastError})`;
      promise.reject(
        new ProtocolError('voice_timeout', `the voice connection was not ready within ${timeoutMs} ms${detail}`),
      );
    }, timeoutMs);
    this.#feed(this.#state.name === 'idle' ? { type: 'join', channelId } : { type: 'move', channelId });
    return await promise.promise;
  }

  /** The watchdog's wish: a fresh voice session, because nothing comes out of this one. */
  rejoin(): void {
    this.#feed({ type: 'rejoin' });
  }

  /** Builds the end-to-end encryption session anew. The library itself would not do it for transition 0. */
  recoverEncryption(): void {
    const dave = this.#tap?.dave;
    if (!dave?.session) return;
    // A recovery that was never answered would block every later one.
    dave.reinitializing = false;
    dave.recoverFromInvalidTransition(dave.lastTransitionId ?? 0);
    this.#lookForKeys();
  }

  /** The main gateway came back or went away. */
  gatewayAvailable(available: boolean): void {
    const isBack = available && !this.adapter.available;
    this.adapter.available = available;
    if (isBack) this.#feed({ type: 'gateway_back' });
    if (available) this.#asker.look();
  }

  /** @returns our own voice state, when the data is one of ours. */
  voiceState(data: Record<string, unknown>) {
    const state = this.adapter.voiceState(data);
    if (state) this.#feed({ type: 'voice_state', channelId: state.channel_id });
    return state;
  }

  voiceServer(data: Record<string, unknown>): void {
    if (!this.adapter.voiceServer(data)) return;
    if (this.#waiter?.serverMs === 0) this.#waiter.serverMs = this.#nowMs() - this.#waiter.sinceMs;
    if (data.endpoint === null) this.#feed({ type: 'endpoint_gone' });
  }

  /** Leaves the channel, waiting at most a second for the turn to say so. The connection is over then. */
  async leave(): Promise<void> {
    if (this.#state.name === 'ended') return;
    const voice = this.#voice;
    // Timers may fire a fraction of a millisecond early: looks again until the turn has come.
    for (;;) {
      const waitMs = this.adapter.waitMs();
      if (!voice || waitMs === 0 || !Number.isFinite(waitMs)) break;
      const { promise, resolve } = Promise.withResolvers<void>();
      using _ = this.#options.clock.setTimeout(resolve, Math.ceil(waitMs));
      await promise;
    }
    if (voice && this.#voice === voice)
      this.adapter.permit(null, () => voice.rejoin({ ...voice.joinConfig, channelId: null }));
    this.#feed({ type: 'leave' });
  }

  /** Ends at once without a word to the gateway: the other process is gone. */
  abandon(): void {
    this.#feed({ type: 'leave' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  #feed(event: ConnectionEvent): void {
    const before = this.#state;
    const { state, effects } = transition(before, event, this.#nowMs(), (this.#options.random ?? Math.random)());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#lookForKeys();
    if (this.#state !== state) return;
    if (state.name === 'ready' && before.name !== 'ready') this.#becameReady(state.channelId);
    this.#schedule(state);
  }

  #carryOut(effect: ConnectionEffect): void {
    const { listeners } = this.#options;
    switch (effect.do) {
      case 'signal':
        this.#asker.ask(effect.channelId);
        return;
      case 'lost':
        this.#resuming = effect.cause === 'resuming';
        listeners.lost(effect.cause, this.#lastHeardUs(effect.cause));
        return;
      case 'report':
        listeners.report(this.#reportOf(effect));
        return;
      case 'drop':
        this.#tap?.networking.destroy();
        return;
      case 'ended':
        this.#end(effect);
    }
  }

  #reportOf(effect: Extract<ConnectionEffect, { do: 'report' }>): ConnectionReport {
    const { state } = this;
    return {
      state: effect.state,
      ...('channelId' in state ? { channelId: state.channelId } : {}),
      ...(effect.attempt === undefined ? {} : { attempt: effect.attempt }),
      ...(effect.code === undefined ? {} : { code: effect.code }),
      ...(effect.state === 'reconnecting' && this.#lastError !== null ? { detail: this.#lastError } : {}),
    };
  }

  #becameReady(channelId: string): void {
    const resumed = this.#resuming;
    this.#resuming = false;
    this.#lastError = null;
    this.#options.listeners.ready(resumed);
    const waiter = this.#waiter;
    if (waiter?.channelId !== channelId) return;
    this.#waiter = null;
    waiter.promise.resolve(this.#connected(channelId, waiter.serverMs, this.#nowMs() - waiter.sinceMs));
  }

  #connected(channelId: string, serverMs: number, readyMs: number): Connected {
    const state = this.#tap?.networking.state;
    const encryptionMode = state && 'dave' in state ? state.connectionData.encryptionMode : '';
    return { channelId, encryptionMode, daveVersion: this.encryption.version, timings: { serverMs, readyMs } };
  }

  #end({ reason, code }: { reason: VoiceEndReason; code?: number }): void {
    this.#asker[Symbol.dispose]();
    this.#tap?.[Symbol.dispose]();
    this.#tap = null;
    const voice = this.#voice;
    this.#voice = null;
    if (voice && voice.state.status !== VoiceConnectionStatus.Destroyed) voice.destroy(false);
    const details = code === undefined ? { reason } : { reason, code };
    this.#fail(new ProtocolError('voice_ended', `the voice connection is over: ${reason}`, details));
    this.#options.listeners.report({
      state: 'ended',
      ...details,
      ...(this.#lastError === null ? {} : { detail: this.#lastError }),
    });
  }

  #fail(error: ProtocolError): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.promise.reject(error);
  }

  #signal(channelId: string | null): void {
    const config = { selfDeaf: false, selfMute: false };
    this.adapter.permit(channelId, () => {
      if (this.#voice) this.#voice.rejoin({ ...config, channelId: channelId as string });
      else if (channelId !== null) this.#voice = this.#create(channelId, config);
    });
  }

  #create(channelId: string, config: { selfDeaf: boolean; selfMute: boolean }): VoiceConnection {
    const { guildId, sessionId, listeners } = this.#options;
    const voice = joinVoiceChannel({
      ...config,
      guildId,
      channelId,
      group: sessionId,
      adapterCreator: this.adapter.creator,
      debug: false,
      // Recovery from failures is decided per person, not by the library's count over everybody.
      decryptionFailureTolerance: Number.MAX_SAFE_INTEGER,
    });
    voice.on('error', (error) => {
      this.#lastError = error.message;
      listeners.error(error);
    });
    voice.on('stateChange', (_, state) => {
      if ('networking' in state && state.networking) this.#adopt(voice, state.networking);
    });
    return voice;
  }

  /** The library connects to a voice server: another than before means new SSRCs and keys. */
  #adopt(voice: VoiceConnection, networking: Networking): void {
    if (this.#tap?.networking === networking || this.#state.name === 'ended') return;
    this.#tap?.[Symbol.dispose]();
    this.#resuming = false;
    this.#feed({ type: 'networking' });
    const { listeners, receiver } = this.#options;
    receiver.newServer();
    listeners.newServer();
    this.#negotiation = notNegotiated;
    this.#tap = new NetworkingTap({
      networking,
      receiver,
      libraryReceiver: voice.receiver,
      clock: this.#options.clock,
      events: {
        ready: () => this.#feed({ type: 'networking_ready' }),
        resuming: () => this.#feed({ type: 'networking_resuming' }),
        closed: (code) => this.#feed({ type: 'closed', code }),
        alive: () => {
          this.#signOfLifeUs = this.#options.clock.monotonicUs();
          this.#lookForKeys();
        },
        negotiated: (event) => {
          this.#negotiation = negotiate(this.#negotiation, event, this.#nowMs());
          listeners.encryption(this.#negotiation.inForce);
          this.#lookForKeys();
        },
        spoke: (userId) => listeners.spoke(userId),
        left: (userId) => listeners.left(userId),
      },
    });
  }

  /**
   * Messages of the voice gateway have been worked in by the library when they are seen here. Who is let into a group can open nothing
   * until the others send with its keys: when the transition is executed, or has waited for that as long as a frame may.
   */
  #lookForKeys(): void {
    const nowUs = this.#options.clock.monotonicUs();
    const dave = this.#tap?.dave ?? null;
    const letIn = this.encryption.ready;
    this.#letInUs = letIn ? (this.#letInUs ?? nowUs) : null;
    const waits = dave !== null && isRekeying(dave) && nowUs - (this.#letInUs ?? nowUs) < HOLD_US;
    const ready = letIn && (this.#keysReady || !waits);
    if (ready === this.#keysReady) return;
    this.#keysReady = ready;
    this.#options.listeners.keys(ready);
  }

  /**
   * Since when audio may be missing: the last audio, or a later sign that the path still was alive. A socket that breaks without a
   * close is noticed late, so its own end is no such sign.
   */
  #lastHeardUs(cause: LossCause): number {
    const nowUs = this.#options.clock.monotonicUs();
    const audioUs = this.#options.receiver.lastAudioUs ?? 0;
    switch (cause) {
      case 'asked':
      case 'server_changed':
        return nowUs;
      case 'distrusted':
        return audioUs === 0 ? nowUs : audioUs;
      case 'closed':
      case 'resuming':
        return Math.max(audioUs, this.#signOfLifeUs);
    }
  }

  #schedule(state: ConnectionState): void {
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = null;
    if (!('deadlineMs' in state)) return;
    const inMs = Math.max(0, state.deadlineMs - this.#nowMs());
    this.#deadline = this.#options.clock.setTimeout(() => this.#feed({ type: 'tick' }), Math.ceil(inMs));
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
