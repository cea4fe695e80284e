import type { SegmentEnding } from '@parley/mux';
import {
  type Clock,
  type Connected,
  ProtocolError,
  type RecordingSummary,
  type RequestParams,
  type RosterEntry,
} from '@parley/protocol';
import type { CaptureSink } from '../capture/capture-sink.ts';
import { Playback } from '../playback/playback.ts';
import { voiceOutput } from '../playback/voice-output.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { RecorderEvent } from '../recording/recorder-event.ts';
import { Connection } from '../voice/connection.ts';
import type { ConnectionReport, LossCause } from '../voice/connection-listeners.ts';
import { DatagramReceiver } from '../voice/datagram-receiver.ts';
import type { VoiceStatePayload } from '../voice/gateway-adapter.ts';

import { enterTimeouts, moveTo } from './enter.ts';
import { Hearing } from './hearing.ts';
import { Holes } from './holes.ts';
import { KeyGap } from './key-gap.ts';
import { Oversight } from './oversight.ts';
import { People } from './people.ts';
import { playbackListeners, type TellPlayback } from './playback-telling.ts';
import { SessionRecording } from './session-recording.ts';
import { type Warning, Warnings } from './warnings.ts';

const TICK_MS = 250;
export type JoinParams = RequestParams<'supervisor', 'session.join'>;

export interface VoiceSessionListeners {
  send(payload: VoiceStatePayload): void;
  connection(report: ConnectionReport): void;
  recorder(event: RecorderEvent): void;
  left(userId: string): void;
  warning(warning: Warning): void;
  readonly playback: TellPlayback;
  readonly capture: CaptureSink;
  error(error: Error): void;
}

export interface VoiceSessionOptions {
  readonly clock: Clock;
  readonly join: Pick<JoinParams, 'sessionId' | 'target' | 'excluded' | 'roster' | 'originUs'>;
  readonly gatewayAvailable: boolean;
  readonly listeners: VoiceSessionListeners;
}

/**
 * One stay in a guild's voice channels: the connection, what is received from it, the recording, what is played. Everything it
 * owns ends with it.
 */
export class VoiceSession implements AsyncDisposable {
  #clock: Clock;
  #listeners: VoiceSessionListeners;
  #people: People;
  #warnings: Warnings;
  #oversight: Oversight;
  #recording: SessionRecording;
  #receiver: DatagramReceiver;
  #connection: Connection;
  #playback: Playback;
  #hearing: Hearing;
  #holes: Holes;
  #keyGap: KeyGap;
  #tick: Disposable;
  #daveInForce = 0;

  constructor({ clock, join, gatewayAvailable, listeners }: VoiceSessionOptions) {
    const { target, sessionId, roster, excluded } = join;
    this.#clock = clock;
    this.#listeners = listeners;
    this.#people = new People(target.userId, roster, excluded);
    this.#warnings = new Warnings(clock, (warning) => listeners.warning(warning));
    this.#recording = new SessionRecording({
      clock,
      originUs: join.originUs,
      onEvent: (event) => listeners.recorder(event),
      onError: (error) => listeners.error(error),
      begun: () => this.#holes.split(clock.monotonicUs()),
      ending: () => this.#closeAccounts(),
    });
    for (const entry of roster) this.recorder.setRoster(entry);
    this.#holes = new Holes({
      onHole: (hole) => this.recorder.hole(hole),
      sampleAt: (us) => this.recorder.sampleAt(us),
    });
    this.#keyGap = new KeyGap({
      holes: this.#holes,
      held: () => this.#receiver.held.unopened + this.#receiver.held.gathered,
    });
    this.#oversight = new Oversight({
      clock,
      connection: () => this.#connection,
      receiver: () => this.#receiver,
      holes: this.#holes,
      warnings: this.#warnings,
      unmutedPeople: () => this.#people.unmuted,
    });
    const { health, watchdog } = this.#oversight;
    this.#hearing = new Hearing({
      clock,
      sink: listeners.capture,
      mayBeHeard: (userId) => this.#people.mayBeHeard(userId),
      positionAt: (us) => this.#recording.positionAt(us),
      player: { playFrames: (frames, signal) => this.#playback.sounds.playFrames(frames, signal) },
      onError: (error) => listeners.error(error),
    });
    this.#receiver = new DatagramReceiver({
      clock,
      sink: this.#hearing.beside(this.recorder),
      health,
      verdictOf: (userId) => this.#people.verdictOf(userId),
      frameContext: (nowMs) => this.#connection.frameContext(nowMs),
      onKeyless: (arrivalUs) => this.#keyGap.lost(arrivalUs),
      onDatagram: (kind, nowMs) => (kind === 'audio' ? watchdog.audio(nowMs) : watchdog.datagram(nowMs)),
    });
    this.#connection = new Connection({
      clock,
      guildId: target.guildId,
      userId: target.userId,
      sessionId,
      receiver: this.#receiver,
      send: (payload) => listeners.send(payload),
      listeners: {
        report: (report) => this.#onReport(report),
        lost: (cause, sinceUs) => this.#onLost(cause, sinceUs),
        ready: (resumed) => this.#onReady(resumed),
        keys: (ready) => this.#onKeys(ready),
        newServer: () => this.#onNewServer(),
        spoke: () => watchdog.spoke(clock.monotonicUs() / 1000),
        left: (userId) => this.#onLeft(userId),
        encryption: (version) => this.#onEncryption(version),
        heldBack: () => this.#warnings.warn({ code: 'op4_held_back', message: 'A voice state update was held back.' }),
        error: (error) => listeners.error(error),
      },
    });
    this.#connection.gatewayAvailable(gatewayAvailable);
    this.#playback = new Playback({
      clock,
      output: voiceOutput(this.#connection),
      played: this.#hearing.echo,
      listeners: playbackListeners({
        clock,
        warnings: this.#warnings,
        positionAt: (us) => this.#recording.positionAt(us),
        tell: listeners.playback,
        error: (error) => listeners.error(error),
      }),
    });
    this.#tick = clock.setInterval(() => this.#onTick(), TICK_MS);
  }

  /** For `stats`. */
  get connectionState(): string {
    return this.#connection.state.name;
  }

  get encryption() {
    return this.#connection.encryption;
  }

  get recorder(): Recorder {
    return this.#recording.recorder;
  }

  /** Makes the recorder refuse who must not be recorded, too: the source is the first guard, not the only one. */
  async excludeAll(userIds: readonly string[]): Promise<void> {
    await Promise.all(userIds.map((userId) => this.recorder.exclude(userId)));
  }

  /** Joins the channel. @throws ProtocolError, see `Connection.enter` */
  async join(channelId: string): Promise<Connected> {
    return await this.#connection.enter(channelId, enterTimeouts.join);
  }

  /**
   * Goes to another channel; when that fails, back to the one before.
   * @throws ProtocolError `already_recording`, `voice_timeout` (the details say whether it is back), and those of `Connection.enter`
   */
  async move(channelId: string, roster: readonly RosterEntry[]): Promise<Connected> {
    if (this.#recording.isRunning) {
      throw new ProtocolError('already_recording', 'session.move: the recording belongs to one channel; stop it first');
    }
    this.#channelLeft();
    for (const entry of roster) this.rosterChanged(entry);
    const connected = await moveTo(this.#connection, channelId);
    // On the way the old channel could still be heard.
    this.#hearing.channelLeft();
    return connected;
  }

  /** Empties what waits of a person and records nothing of them from now on. Resolves when their file is closed. */
  async exclude(userId: string): Promise<{ closedSegmentId: string | null; discarded: number }> {
    this.#people.exclude(userId);
    this.#hearing.forget(userId, 'excluded');
    const waiting = this.#receiver.forget(userId);
    const { closedSegmentId, discarded } = await this.recorder.exclude(userId);
    return { closedSegmentId, discarded: discarded + waiting };
  }

  include(userId: string): void {
    this.#people.include(userId);
    this.recorder.include(userId);
  }

  get recording(): SessionRecording {
    return this.#recording;
  }

  /** What the agent hears, and voice tests. */
  get hearing(): Hearing {
    return this.#hearing;
  }

  /** What the bot plays. */
  get playback(): Playback {
    return this.#playback;
  }

  gatewayAvailable(available: boolean): void {
    this.#connection.gatewayAvailable(available);
  }

  voiceState(data: Record<string, unknown>): void {
    const state = this.#connection.voiceState(data);
    if (!state) return;
    this.#oversight.deafened(state.deaf === true);
    this.#playback.muted(state.mute === true || state.suppress === true);
  }

  voiceServer(data: Record<string, unknown>): void {
    this.#connection.voiceServer(data);
  }

  rosterChanged(entry: RosterEntry): void {
    if (this.#people.set(entry)) this.#receiver.forget(entry.userId);
    this.#hearing.rosterChanged(entry);
    this.recorder.setRoster(entry);
  }

  /**
   * Closes all segments and leaves the channel.
   * @returns the summary of the recording, null when none was running
   */
  async leave(ending: SegmentEnding, reason: string, quietly = false): Promise<RecordingSummary | null> {
    const stopping = this.#recording.stopIfRunning(ending, reason);
    this.#oversight.watchdog.disconnected();
    this.#hearing[Symbol.dispose]();
    this.#playback[Symbol.dispose]();
    if (quietly) this.#connection.abandon();
    else await this.#connection.leave();
    return await stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tick[Symbol.dispose]();
    await this.leave('leave', 'disposed', this.#connection.state.name === 'idle');
    this.#receiver[Symbol.dispose]();
    await this.#recording[Symbol.asyncDispose]();
  }

  /** Whatever still waits or is still missing belongs to the recording that ends. */
  #closeAccounts(): void {
    this.#receiver.flush();
    this.#keyGap.settle(this.#clock.monotonicUs());
    this.#holes.split(this.#clock.monotonicUs());
  }

  #onTick(): void {
    this.#receiver.tick();
    this.#keyGap.tick(this.#clock.monotonicUs());
    this.#oversight.tick();
    this.#hearing.captures.expire();
  }

  #onReport(report: ConnectionReport): void {
    if (report.state === 'moved') this.#recording.moved();
    if (report.state === 'ended') this.#oversight.watchdog.disconnected();
    if (report.state === 'moved' || report.state === 'ended') this.#channelLeft();
    this.#listeners.connection(report);
  }

  /** Other people sit in the next channel: what was heard and what was to be said stay in this one. */
  #channelLeft(): void {
    this.#hearing.channelLeft();
    this.#playback.channelLeft();
  }

  #onLeft(userId: string): void {
    this.#hearing.forget(userId, 'left');
    this.#listeners.left(userId);
  }

  #onLost(cause: LossCause, sinceUs: number): void {
    this.#oversight.watchdog.disconnected();
    this.#hearing.captures.deaf('connection');
    if (cause === 'asked') return;
    this.#keyGap.disconnected(sinceUs);
    this.#holes.begin(cause === 'distrusted' ? 'no_datagrams' : 'reconnecting', sinceUs);
  }

  #onReady(resumed: boolean): void {
    const nowUs = this.#clock.monotonicUs();
    this.#oversight.watchdog.connected(nowUs / 1000);
    this.#hearing.captures.hearsAgain('connection');
    if (resumed) {
      this.#holes.discard('reconnecting');
      this.#keyGap.resumed();
      return;
    }
    this.#keyGap.connected(nowUs);
    this.#playback.greet();
  }

  #onKeys(ready: boolean): void {
    this.#keyGap.keys(ready, this.#clock.monotonicUs());
    const { captures } = this.#hearing;
    if (ready) captures.hearsAgain('keys');
    else captures.deaf('keys');
  }

  #onNewServer(): void {
    this.#oversight.newServer();
    this.recorder.serverChanged();
    this.#hearing.captures.serverChanged();
  }

  #onEncryption(version: number): void {
    const before = this.#daveInForce;
    this.#daveInForce = version;
    this.recorder.setEncryptionVersion(version);
    if (version === 0 && before > 0) {
      this.#warnings.warn({ code: 'encryption_downgraded', message: 'The call is no longer end-to-end encrypted.' });
    }
  }
}
