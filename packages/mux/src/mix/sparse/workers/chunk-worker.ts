import type { MixChunk, MixedChunk } from '../chunk.ts';

/** Something that mixes chunks, one after the other. */
export interface ChunkWorker extends AsyncDisposable {
  /** Chunks it should have at a time so that it never waits. */
  readonly depth: number;
  /** @throws MuxError `mixer_failed`, `codec_missing` */
  mix(chunk: MixChunk): Promise<MixedChunk>;
}

/** What a mixing process answers. */
export type MixerAnswer =
  | { readonly type: 'mixed'; readonly chunk: MixedChunk }
  | { readonly type: 'failed'; readonly message: string };
