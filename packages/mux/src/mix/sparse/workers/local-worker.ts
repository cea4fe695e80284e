import { setImmediate } from 'node:timers/promises';
import type { MixChunk, MixedChunk } from '../chunk.ts';
import { ChunkMixer } from '../chunk-mixer.ts';
import type { ChunkWorker } from './chunk-worker.ts';

/** Mixes in this process. */
export class LocalWorker implements ChunkWorker {
  readonly depth = 1;
  readonly #mixer = new ChunkMixer();

  async mix(chunk: MixChunk): Promise<MixedChunk> {
    await setImmediate();
    return this.#mixer.mix(chunk);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#mixer[Symbol.dispose]();
  }
}
