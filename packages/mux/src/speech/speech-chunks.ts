import { trackPackets } from '../mix/track-packets.ts';
import { decodeRuns } from './decode-runs.ts';
import { SPEECH_DECIMATION, SPEECH_RATE } from './downsampler.ts';
import { loudestDb } from './quiet-cut.ts';
import { type SpeechPiece, speechPieces } from './speech-pieces.ts';
import { speechWav } from './speech-wav.ts';

/** Silence before and after each piece: 0.3 s, which recognizers need to find the first and the last word. */
const MARGIN = (SPEECH_RATE * 3) / 10;
/** A piece that never gets louder than this (dB of full scale) is the noise of an open microphone. */
const NOISE_DB = -60;

/** Where a piece stands in a chunk (16 kHz samples), and where on the recording's clock (48 kHz samples). */
export interface ChunkPiece {
  readonly at: number;
  readonly samples: number;
  readonly startSample: number;
}

/** Speech of one person, its long pauses left out, as a recognizer takes it. */
export interface SpeechChunk {
  readonly pieces: readonly ChunkPiece[];
  /** Length in seconds: what a provider counts. */
  readonly seconds: number;
  /** WAV: 16-bit mono at 16 kHz. */
  readonly wav: Buffer;
}

export interface SpeechChunkOptions {
  /** The longest chunk, seconds. */
  readonly maxSeconds: number;
  /** One piece to each chunk: for recognizers that do not say when they heard a word. */
  readonly single?: boolean;
}

class Packing {
  #pieces: ChunkPiece[] = [];
  #blocks: Int16Array[] = [];
  #length = 0;

  /** What the chunk would be long with this piece, seconds. */
  with({ pcm }: SpeechPiece): number {
    return (this.#length + pcm.length + 2 * MARGIN) / SPEECH_RATE;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  add({ startSample, pcm }: SpeechPiece): void {
    this.#pieces.push({ at: this.#length + MARGIN, samples: pcm.length, startSample });
    this.#blocks.push(new Int16Array(MARGIN), pcm, new Int16Array(MARGIN));
    this.#length += pcm.length + 2 * MARGIN;
  }

  take(): SpeechChunk {
    const chunk = { pieces: this.#pieces, seconds: this.#length / SPEECH_RATE, wav: speechWav(this.#blocks) };
    this.#pieces = [];
    this.#blocks = [];
    this.#length = 0;
    return chunk;
  }
}

/** Packs pieces into chunks in order. Pure. */
export function* packPieces(
  pieces: Iterable<SpeechPiece>,
  { maxSeconds, single = false }: SpeechChunkOptions,
): Generator<SpeechChunk, void, undefined> {
  const packing = new Packing();
  for (const piece of pieces) {
    if (loudestDb(piece.pcm) < NOISE_DB) continue;
    if (!packing.isEmpty && (single || packing.with(piece) > maxSeconds)) yield packing.take();
    packing.add(piece);
  }
  if (!packing.isEmpty) yield packing.take();
}

/**
 * What one person said, from their track, as chunks for a recognizer; the same track gives the same chunks. Blocking between chunks; memory
 * for one chunk.
 * @throws MuxError `codec_missing`; the file system's error
 */
export const speechChunks = (track: string, options: SpeechChunkOptions): Generator<SpeechChunk, void, undefined> =>
  packPieces(speechPieces(decodeRuns(trackPackets(track)), options.maxSeconds - (2 * MARGIN) / SPEECH_RATE), options);

/** The sample of the recording's clock that sounds at this second of a chunk; in a margin, the nearest one of a piece. Pure. */
export const recordingSampleAt = (pieces: readonly ChunkPiece[], seconds: number): number => {
  const at = seconds * SPEECH_RATE;
  let best = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (const piece of pieces) {
    const inside = Math.min(Math.max(at, piece.at), piece.at + piece.samples);
    const away = Math.abs(at - inside);
    if (away >= distance) continue;
    distance = away;
    best = piece.startSample + Math.round((inside - piece.at) * SPEECH_DECIMATION);
  }
  return Math.max(0, best);
};
