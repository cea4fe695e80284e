import { PRE_SKIP } from '../../ogg/opus-headers.ts';
import type { MixSource } from '../mix-engine.ts';
import { trackPackets } from '../track-packets.ts';
import { CHUNK_SAMPLES, FRAME, LEAD_SAMPLES, type MixChunk, TRAIL_SAMPLES } from './chunk.ts';
import { Lane } from './lane.ts';

/** A chunk may end up to 4 s earlier when there is a pause: a joint in silence costs nothing. */
const EARLIER_SAMPLES = 4 * 48_000;
/** Chunks end on whole steps of the loudness meter. */
const STEP_SAMPLES = 4800;
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
    const packed = this.#lanes.map((lane, source) => lane.packed(source, from, to + TRAIL_SAMPLES));
    const chunk = { index: this.#index, from, to, ceilingDb: this.#ceilingDb };
    this.#from = to;
    this.#index += 1;
    return { ...chunk, people: packed.filter((person) => person !== null) };
  }

  [Symbol.dispose](): void {
    for (const lane of this.#lanes) lane[Symbol.dispose]();
  }

  #endOfChunk(from: number): number {
    if (this.#end - from <= CHUNK_SAMPLES) return this.#end;
    const busy = new Uint8Array(CHUNK_SAMPLES / STEP_SAMPLES + 1);
    for (const lane of this.#lanes) lane.markBusy(busy, from, STEP_SAMPLES);
    const quiet = busy.lastIndexOf(0);
    const samples = quiet * STEP_SAMPLES;
    return from + (samples >= CHUNK_SAMPLES - EARLIER_SAMPLES ? samples : CHUNK_SAMPLES);
  }
}
