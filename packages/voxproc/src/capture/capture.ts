import type { CaptureEndReason, RequestParams } from '@parley/protocol';
import type { CaptureSink } from './capture-sink.ts';
import { Continuity } from './continuity.ts';
import { samplesAt } from './ear-clock.ts';
import type { HeardPacket } from './heard-packet.ts';
import { PacketOrder } from './packet-order.ts';
import { type Piece, PieceWriter } from './piece-writer.ts';
import type { VoiceDecoder } from './voice-decoder.ts';

/** A person without packets for this long has paused, microseconds (as `speaking.stopped`). */
const PAUSED_US = 100_000;
/** Silence is written in blocks of this many samples at most. */
const SILENCE_BLOCK = 48_000;
const silence = new Float32Array(SILENCE_BLOCK);

export type CaptureParams = RequestParams<'supervisor', 'capture.start'>;

export interface CaptureHost {
  readonly sink: CaptureSink;
  readonly decoder: VoiceDecoder;
  /** A place of the clock as a position: samples since sample 0 of the recording, or since the session's zero. */
  positionOf(place: number): number;
  /** How much of what was just decoded is the bot's own voice, 0–1; undefined while it has not played. */
  echo(samples: Float32Array, nowUs: number): number | undefined;
  nowUs(): number;
  /** Told once. */
  ended(): void;
}

/** `silent`: nothing was heard yet. */
type State = 'silent' | 'speaking' | 'silence_frames' | 'no_packets' | 'ended';

/** One stretch of a person's speech on its way to the agent: in order, decoded, continuous on the clock, told piece by piece. */
export class Capture {
  readonly captureId: string;
  readonly userId: string;
  readonly #params: CaptureParams;
  readonly #host: CaptureHost;
  readonly #order: PacketOrder;
  readonly #continuity = new Continuity();
  readonly #pieces: PieceWriter;
  #state: State = 'silent';
  /** Places on the clock: of the first sample, and of the one after the last. */
  #start: number;
  #cursor: number | null = null;
  #spoken = 0;
  /** Whether it is as long as it may be. */
  #full = false;
  #lastPacketUs: number;
  #lastSpeechUs: number;
  #echo: number | undefined;

  constructor(params: CaptureParams, host: CaptureHost) {
    this.captureId = params.captureId;
    this.userId = params.userId;
    this.#params = params;
    this.#host = host;
    const nowUs = host.nowUs();
    this.#start = Math.round(samplesAt(nowUs));
    this.#lastPacketUs = nowUs;
    this.#lastSpeechUs = nowUs;
    this.#order = new PacketOrder((packet, lost, restart) => this.#ordered(packet, lost, restart));
    this.#pieces = new PieceWriter(params.sampleRate, (piece) => this.#give(piece));
  }

  /** Where its audio begins on the clock, or, while there is none, where it was started. */
  get start(): number {
    return this.#start;
  }

  get durationMs(): number {
    return this.#cursor === null ? 0 : (this.#cursor - this.#start) / 48;
  }

  /** Takes what was kept from before it, as one piece. */
  preRoll(packets: readonly HeardPacket[]): void {
    this.#pieces.together(() => {
      for (const packet of packets) this.#order.push(packet);
      this.#order.advance(this.#host.nowUs());
    });
    this.#lastPacketUs = packets.at(-1)?.arrivalUs ?? this.#lastPacketUs;
    this.#endIfFull();
  }

  packet(packet: HeardPacket): void {
    this.#lastPacketUs = packet.arrivalUs;
    this.#order.push(packet);
    this.#endIfFull();
  }

  /** The next packet is of another numbering: a new SSRC or a new voice server. */
  numberingChanged(): void {
    this.#order.startAnew();
  }

  /**
   * Moves time on: gives up what is missing, notices pauses, and ends after silence.
   * @param listeningUs since when something could have been heard at all, CLOCK_MONOTONIC, microseconds
   */
  advance(nowUs: number, listeningUs: number): void {
    this.#order.advance(nowUs);
    this.#endIfFull();
    if (this.#state === 'speaking' && nowUs - this.#lastPacketUs >= PAUSED_US) this.#pause('no_packets');
    const silentUs = nowUs - Math.max(this.#lastSpeechUs, listeningUs);
    if (silentUs >= this.#params.silenceMs * 1_000) this.end('silence');
  }

  /**
   * Ends it. What was heard is sent first, but nothing of a person who may not be heard any more, and nothing after a defect, which must
   * not be met again.
   */
  end(reason: CaptureEndReason): void {
    if (this.#state === 'ended') return;
    const { sink } = this.#host;
    if (reason === 'excluded') sink.discard(this.userId);
    else if (reason !== 'failed') {
      this.#order.drain();
      this.#pieces.flush();
    }
    this.#state = 'ended';
    this.#host.ended();
    const { captureId, userId, durationMs } = this;
    const position = this.#host.positionOf(this.#cursor ?? this.#start);
    sink.ended({ captureId, userId, reason, durationMs, position });
  }

  #endIfFull(): void {
    if (this.#full) this.end('max_length');
  }

  #ordered(packet: HeardPacket, lost: number, restart: boolean): void {
    if (this.#full || this.#state === 'ended') return;
    if (packet.kind === 'silence') {
      if (this.#state === 'speaking') this.#pause('silence_frames');
      return;
    }
    if (packet.opus === null) this.#continuity.missed(lost, restart);
    else if (packet.kind === 'speech' || this.#state === 'speaking') this.#write(packet, packet.opus, lost, restart);
  }

  #write(packet: HeardPacket, opus: Uint8Array, lost: number, restart: boolean): void {
    const { decoder } = this.#host;
    const before = this.#state === 'silence_frames' || this.#state === 'no_packets' ? this.#state : 'speech';
    const gap = this.#continuity.before(packet, lost, restart, this.#cursor, before);
    if (this.#cursor === null) {
      this.#start = packet.clock.placeOf(packet.rtp, packet.arrivalUs);
      this.#cursor = this.#start;
    }
    const wasPaused = before !== 'speech';
    this.#state = 'speaking';
    if (wasPaused) this.#resumed(this.#cursor + gap.concealed + gap.silence);
    const concealed = decoder.conceal(gap.concealed, (piece) => this.#put(piece));
    this.#fill(gap.silence + gap.concealed - concealed);
    if (packet.kind === 'speech' && packet.arrivalUs > this.#lastSpeechUs) this.#lastSpeechUs = packet.arrivalUs;
    const samples = decoder.decode(opus);
    this.#echo = this.#host.echo(samples, packet.arrivalUs);
    this.#put(samples);
    this.#spoken += samples.length;
    this.#full = this.#spoken >= this.#params.maxMs * 48;
  }

  #put(samples: Float32Array): void {
    this.#cursor = (this.#cursor ?? this.#start) + samples.length;
    this.#pieces.write(samples);
  }

  /** Silence in one message: what waits for a slow reader is counted in time, and this is no speech. */
  #fill(samples: number): void {
    if (samples <= 0) return;
    const write = () => {
      for (let left = samples; left > 0; left -= SILENCE_BLOCK)
        this.#put(silence.subarray(0, Math.min(left, SILENCE_BLOCK)));
    };
    write();
  }

  #give({ offset, ms, ...piece }: Piece): void {
    const { captureId, userId } = this;
    const position = this.#host.positionOf(this.#start + offset);
    const echo = this.#echo === undefined ? {} : { echo: this.#echo };
    this.#host.sink.audio({ captureId, userId, position, ...piece, ...echo }, ms);
  }

  #pause(cause: 'silence_frames' | 'no_packets'): void {
    this.#state = cause;
    const { captureId, userId } = this;
    this.#host.sink.paused({ captureId, userId, position: this.#host.positionOf(this.#cursor ?? this.#start), cause });
  }

  #resumed(place: number): void {
    const { captureId, userId } = this;
    this.#host.sink.resumed({ captureId, userId, position: this.#host.positionOf(place) });
  }
}
