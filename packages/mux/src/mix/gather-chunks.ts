import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { type ChunkPerson, FRAME, LEAD_SAMPLES, type MixChunk, TRAIL_SAMPLES } from './chunk.ts';
import type { MixSource } from './mix-engine.ts';
import { type PlacedPacket, trackPackets } from './track-packets.ts';

/** The longest chunk: 20 s. */
const CHUNK_SAMPLES = 20 * 48_000;
/** A chunk may end up to 5 s earlier when there is a pause: a joint in silence costs nothing. */
const EARLIER_SAMPLES = 5 * 48_000;
/** Chunks end on whole steps of the loudness meter. */
const STEP_SAMPLES = 4800;
/** A joint is silent when nobody's packet lies within so many samples before it or after it. */
const QUIET_SAMPLES = 7 * FRAME;

/** One person's packets from the track, kept while a chunk needs them. */
class Lane {
  readonly #packets: Iterator<PlacedPacket>;
  #held: PlacedPacket[] = [];
  #next: PlacedPacket | null = null;
  #done = false;

  constructor(packets: Iterator<PlacedPacket>) {
    this.#packets = packets;
  }

  /** Reads on until every packet that begins before `granule` is held. */
  readTo(granule: number): void {
    for (;;) {
      if (this.#next === null) {
        if (this.#done) return;
        const { done, value } = this.#packets.next();
        if (done === true) {
          this.#done = true;
          return;
        }
        this.#next = { position: value.position, samples: value.samples, data: Buffer.from(value.data) };
      }
      if (this.#next.position >= granule) return;
      this.#held.push(this.#next);
      this.#next = null;
    }
  }

  forgetBefore(granule: number): void {
    const kept = this.#held.findIndex(({ position, samples }) => position + samples > granule);
    this.#held = kept < 0 ? [] : this.#held.slice(kept);
  }

  /** The held packets that begin before `to`, or null without any. */
  packed(from: number, to: number): ChunkPerson | null {
    const end = this.#held.findLastIndex(({ position }) => position < to) + 1;
    const packets = this.#held.slice(0, end);
    if (packets.length === 0) return null;
    return {
      positions: Int32Array.from(packets, ({ position }) => position - from),
      samples: Uint16Array.from(packets, ({ samples }) => samples),
      sizes: Uint16Array.from(packets, ({ data }) => data.length),
      bytes: Buffer.concat(packets.map(({ data }) => data)),
    };
  }

  /** Marks in `busy` the steps (from granule `from` on) near which a packet lies. */
  markBusy(busy: Uint8Array, from: number): void {
    for (const { position, samples } of this.#held) {
      const first = Math.ceil((position - QUIET_SAMPLES - from) / STEP_SAMPLES);
      const last = Math.floor((position + samples + QUIET_SAMPLES - from) / STEP_SAMPLES);
      if (last >= 0) busy.fill(1, Math.max(0, first), last + 1);
    }
  }

  close(): void {
    this.#packets.return?.();
  }
}

/**
 * Reads the people's tracks side by side and cuts the mix into chunks, in pauses where there are any. Blocking; holds a chunk at a time.
 */
export class ChunkGatherer implements Disposable {
  readonly #lanes: readonly Lane[];
  readonly #end: number;
  readonly #ceilingDb: number;
  #from = 0;
  #index = 0;

  constructor(sources: readonly MixSource[], durationSamples: number, ceilingDb: number) {
    this.#lanes = sources.map(({ track }) => new Lane(trackPackets(track)));
    this.#end = Math.ceil((durationSamples + PRE_SKIP) / FRAME) * FRAME;
    this.#ceilingDb = ceilingDb;
  }

  /** Samples of all chunks together. */
  get samples(): number {
    return this.#end;
  }

  /** The next chunk, or null after the last. @throws the file system's error */
  next(): MixChunk | null {
    const from = this.#from;
    if (from >= this.#end) return null;
    for (const lane of this.#lanes) {
      lane.forgetBefore(from - LEAD_SAMPLES);
      lane.readTo(from + CHUNK_SAMPLES + TRAIL_SAMPLES);
    }
    const to = this.#endOfChunk(from);
    const packed = this.#lanes.map((lane) => lane.packed(from, to + TRAIL_SAMPLES));
    const chunk = { index: this.#index, from, to, ceilingDb: this.#ceilingDb };
    this.#from = to;
    this.#index += 1;
    return { ...chunk, people: packed.filter((person) => person !== null) };
  }

  [Symbol.dispose](): void {
    for (const lane of this.#lanes) lane.close();
  }

  #endOfChunk(from: number): number {
    if (this.#end - from <= CHUNK_SAMPLES) return this.#end;
    const busy = new Uint8Array(CHUNK_SAMPLES / STEP_SAMPLES + 1);
    for (const lane of this.#lanes) lane.markBusy(busy, from);
    const quiet = busy.lastIndexOf(0);
    const samples = quiet * STEP_SAMPLES;
    return from + (samples >= CHUNK_SAMPLES - EARLIER_SAMPLES ? samples : CHUNK_SAMPLES);
  }
}
