import { type CaptureEndReason, type Clock, ProtocolError, type RequestResult } from '@parley/protocol';
import type { DroppedPacket, MediaPacket, PacketSink } from '../receive/packet-source.ts';
import { Capture, type CaptureParams } from './capture.ts';
import type { CaptureSink } from './capture-sink.ts';
import { type DeafCause, Deafness } from './deafness.ts';
import { DecoderPool } from './decoder-pool.ts';
import { Ear } from './ear.ts';
import { microsecondsAt, samplesAt } from './ear-clock.ts';
import { EchoCorrelator } from './echo/echo-correlator.ts';
import { EchoMeter } from './echo/echo-meter.ts';
import type { EchoReference } from './echo/echo-reference.ts';
import { EchoTurns } from './echo/echo-turns.ts';

/** How often open captures are looked at, milliseconds. */
const TICK_MS = 10;
/** A look that comes this much too late, microseconds, means that packets wait unread in the socket: they are read first. */
const STALL_US = 50_000;
const READ_FIRST_US = 40_000;

export interface CapturesOptions {
  readonly clock: Clock;
  readonly sink: CaptureSink;
  /** What the bot plays. */
  readonly echo: EchoReference;
  /** Whether this person is there, no bot, and has not opted out. */
  readonly mayBeHeard: (userId: string) => boolean;
  /** The position of an instant of CLOCK_MONOTONIC (microseconds). */
  readonly positionAt: (us: number) => number;
  /** A defect; the capture it was met in is over. What is recorded must not end with it. */
  readonly onError: (error: Error) => void;
}

/**
 * Hears for the agent, beside the recorder and from the same packets: the last second of everybody is kept undecoded, and a capture
 * decodes one person from there on. Needs no recording.
 */
export class Captures implements Disposable {
  readonly #options: CapturesOptions;
  readonly #ears = new Map<string, Ear>();
  readonly #open = new Map<string, Capture>();
  #tick: Disposable | null = null;
  #tickUs = 0;
  #notBeforeUs = Number.NEGATIVE_INFINITY;
  readonly #deafness = new Deafness();
  readonly #decoders = new DecoderPool();
  #over = false;
  #correlator: EchoCorrelator | null = null;
  readonly #turns: EchoTurns;

  constructor(options: CapturesOptions) {
    this.#options = options;
    this.#turns = new EchoTurns(
      () => this.#open.size,
      () => options.clock.monotonicUs(),
    );
  }

  /** A sink that hands everything on, and lets the ears hear. */
  beside(sink: PacketSink): PacketSink {
    return {
      packet: (packet) => {
        sink.packet(packet);
        this.#guarded(packet.userId, () => this.#ear(packet)?.packet(packet));
      },
      dropped: (packet) => {
        sink.dropped(packet);
        this.#guarded(packet.userId, () => this.#ear(packet)?.dropped(packet));
      },
      unattributed: (count) => sink.unattributed(count),
      foreign: (count) => sink.foreign(count),
      bot: (count) => sink.bot(count),
      optedOut: (count) => sink.optedOut(count),
    };
  }

  /**
   * Captures a person; the pre-roll is sent at once, before the answer.
   * @throws ProtocolError `already_capturing`, `not_heard`; `internal` without a codec
   */
  start(params: CaptureParams): RequestResult<'supervisor', 'capture.start'> {
    const { captureId, userId, preRollMs } = params;
    if (this.#over) throw new ProtocolError('not_joined', 'capture.start: the session has ended');
    if (!this.#options.mayBeHeard(userId)) {
      throw new ProtocolError(
        'not_heard',
        `capture.start: ${userId} is a bot, has opted out, or is not in the channel`,
      );
    }
    const ear = this.#earOf(userId);
    if (ear.capture !== null || this.#open.has(captureId)) {
      throw new ProtocolError('already_capturing', `capture.start: ${userId} is being captured, or ${captureId} is`);
    }
    const nowUs = this.#options.clock.monotonicUs();
    const capture = this.#make(params, ear);
    ear.capture = capture;
    this.#open.set(captureId, capture);
    this.#look(nowUs);
    try {
      capture.preRoll(ear.lately(preRollMs, nowUs));
    } catch (error) {
      this.#fail(userId, capture);
      throw error;
    }
    const heardMs = capture.durationMs > 0 ? (samplesAt(nowUs) - capture.start) / 48 : 0;
    return { position: this.#options.positionAt(microsecondsAt(capture.start)), preRollMs: Math.max(0, heardMs) };
  }

  /** Ends a capture; resolves when all of it was sent. @throws ProtocolError `unknown_capture` */
  async stop(captureId: string): Promise<RequestResult<'supervisor', 'capture.stop'>> {
    const capture = this.#open.get(captureId);
    if (capture === undefined) {
      throw new ProtocolError('unknown_capture', `capture.stop: there is no capture ${captureId}, or it has ended`);
    }
    this.#guarded(capture.userId, () => capture.end('stopped'), capture);
    await this.#options.sink.taken(capture.userId);
    return { durationMs: capture.durationMs };
  }

  /** Hears a person no more, at once, and forgets what was heard: they left, or may not be heard any more. */
  forget(userId: string, reason: 'left' | 'excluded'): void {
    const ear = this.#ears.get(userId);
    this.#ears.delete(userId);
    const capture = ear?.capture;
    if (capture) this.#guarded(userId, () => capture.end(reason), capture);
    if (reason === 'excluded') this.#options.sink.discard(userId);
  }

  /** Ends all captures and forgets everybody: the channel is left. */
  endAll(reason: CaptureEndReason = 'session_ended'): void {
    for (const capture of [...this.#open.values()]) {
      this.#guarded(capture.userId, () => capture.end(reason), capture);
    }
    this.#ears.clear();
  }

  /** The voice server is a new one: SSRCs, sequence numbers and timestamps are forgotten; captures go on. */
  serverChanged(): void {
    for (const [userId, ear] of this.#ears) this.#guarded(userId, () => ear.serverChanged());
  }

  /** The connection is lost, or the keys for what comes are: for a while nobody can be heard to be silent. */
  deaf(cause: DeafCause): void {
    this.#deafness.begins(cause, this.#options.clock.monotonicUs());
  }

  hearsAgain(cause: DeafCause): void {
    this.#deafness.ends(cause, this.#options.clock.monotonicUs());
  }

  /** People listened to, captured or not. */
  get listened(): number {
    return this.#ears.size;
  }

  /** To be called a few times a second: forgets what is too old, and who has long said nothing. */
  expire(): void {
    const nowUs = this.#options.clock.monotonicUs();
    for (const [userId, ear] of this.#ears) {
      ear.expire(nowUs);
      if (ear.isIdle(nowUs)) this.#ears.delete(userId);
    }
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.endAll();
    this.#decoders[Symbol.dispose]();
  }

  /** Null when nobody is listened to any more. */
  #ear({ userId }: MediaPacket | DroppedPacket): Ear | null {
    return this.#over ? null : this.#earOf(userId);
  }

  #earOf(userId: string): Ear {
    const known = this.#ears.get(userId);
    if (known !== undefined) return known;
    const ear = new Ear();
    this.#ears.set(userId, ear);
    return ear;
  }

  #make(params: CaptureParams, ear: Ear): Capture {
    const { clock, sink, echo, positionAt } = this.#options;
    const decoder = this.#decoders.take();
    this.#correlator ??= new EchoCorrelator();
    const meter = new EchoMeter(echo, this.#correlator, this.#turns);
    const capture: Capture = new Capture(params, {
      sink,
      decoder,
      positionOf: (place) => positionAt(microsecondsAt(place)),
      echo: (samples, us) => meter.hear(samples, us),
      nowUs: () => clock.monotonicUs(),
      ended: () => {
        this.#decoders.giveBack(decoder);
        this.#open.delete(params.captureId);
        if (ear.capture === capture) ear.capture = null;
        if (this.#open.size === 0) this.#rest();
      },
    });
    return capture;
  }

  /** Looks at the open captures from now on. */
  #look(nowUs: number): void {
    if (this.#tick !== null) return;
    this.#tickUs = nowUs;
    this.#tick = this.#options.clock.setInterval(() => this.#advance(), TICK_MS);
  }

  #rest(): void {
    this.#tick?.[Symbol.dispose]();
    this.#tick = null;
  }

  #advance(): void {
    const nowUs = this.#options.clock.monotonicUs();
    if (nowUs - this.#tickUs > TICK_MS * 1_000 + STALL_US) this.#notBeforeUs = nowUs + READ_FIRST_US;
    this.#tickUs = nowUs;
    if (nowUs < this.#notBeforeUs) return;
    const listeningUs = this.#deafness.listeningSinceUs(nowUs);
    for (const capture of [...this.#open.values()]) {
      this.#guarded(capture.userId, () => capture.advance(nowUs, listeningUs), capture);
    }
  }

  /** Hearing somebody is never worth a recording: what it throws ends their capture, and nothing else. */
  #guarded(userId: string, job: () => void, capture = this.#ears.get(userId)?.capture ?? null): void {
    try {
      job();
    } catch (error) {
      this.#fail(userId, capture);
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Forgets a person's ear, which may be half changed, and ends their capture. */
  #fail(userId: string, capture: Capture | null): void {
    this.#ears.delete(userId);
    try {
      capture?.end('failed');
    } catch {
      // It is over all the same: what is told of the end comes last.
    }
  }
}
