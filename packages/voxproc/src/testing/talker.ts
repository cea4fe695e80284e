import type { DropReason } from '@parley/mux';
import type { PacketSink } from '../receive/packet-source.ts';
import { speechPacket } from './packet-stream.ts';
import type { Bench } from './simulate.ts';

/** Where packets are delivered, and the clock they are delivered by. */
export interface TalkedTo {
  readonly clock: Bench['clock'];
  readonly recorder: Pick<PacketSink, 'packet' | 'dropped'>;
}

/** A person who talks into a bench packet by packet: 20 ms frames, RTP that goes on in pauses, delivered without delay. */
export class Talker {
  readonly userId: string;
  ssrc: number;
  sequence: number;
  timestamp: number;
  /** Index the next speech packet carries. */
  index = 0;
  readonly #bench: TalkedTo;

  constructor(bench: TalkedTo, userId: string, { ssrc = 1, sequence = 100, timestamp = 1_000_000 } = {}) {
    this.#bench = bench;
    this.userId = userId;
    this.ssrc = ssrc;
    this.sequence = sequence;
    this.timestamp = timestamp;
  }

  /** Speaks `frames` frames, one each 20 ms of the clock. */
  say(frames: number, opus: (index: number) => Uint8Array = (index) => speechPacket(index)): void {
    for (let frame = 0; frame < frames; frame += 1) {
      this.send(opus(this.index));
      this.index += 1;
      this.#bench.clock.advance(20);
    }
  }

  /** Sends the silence frames of a pause, one each 20 ms. */
  hush(frames: number): void {
    this.say(frames, () => Uint8Array.of(0xf8, 0xff, 0xfe));
  }

  /** Says nothing for `ms`; RTP time goes on, the numbering does not. */
  wait(ms: number): void {
    this.#bench.clock.advance(ms);
    this.timestamp += ms * 48;
  }

  /** Loses `frames` frames on the way. */
  lose(frames: number): void {
    this.sequence += frames;
    this.wait(frames * 20);
  }

  /** Delivers one packet now and counts on. */
  send(opus: Uint8Array): void {
    this.#bench.recorder.packet({ ...this.#header(), opus });
    this.#next();
  }

  /** Delivers one packet that cannot be used, and lets 20 ms pass. */
  fail(reason: DropReason): void {
    this.#bench.recorder.dropped({ ...this.#header(), reason });
    this.#next();
    this.#bench.clock.advance(20);
  }

  /** Delivers a packet of the past again, `back` packets ago. */
  repeat(back: number, opus: Uint8Array = speechPacket(this.index - back)): void {
    const header = this.#header();
    this.#bench.recorder.packet({
      ...header,
      sequence: (this.sequence - back) & 0xffff,
      timestamp: (this.timestamp - back * 960) >>> 0,
      opus,
    });
  }

  #header() {
    return {
      userId: this.userId,
      ssrc: this.ssrc,
      sequence: this.sequence & 0xffff,
      timestamp: this.timestamp >>> 0,
      arrivalUs: this.#bench.clock.monotonicUs(),
    };
  }

  #next(): void {
    this.sequence += 1;
    this.timestamp += 960;
  }
}
