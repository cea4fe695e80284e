import type { Heard, SpeechChunk, SpeechChunkOptions } from '@parley/mux';

/** A recognizer of speech. */
export interface Engine {
  readonly name: string;
  readonly model: string;
  readonly language: string | null;
  /** How it wants to be fed. */
  readonly chunks: SpeechChunkOptions;
  /** Whether each minute costs money. */
  readonly paid: boolean;
  /** Chunks at once. */
  readonly concurrency: number;
  /**
   * What it hears in a chunk, with places in seconds of the chunk. @param onPaid told each time the chunk has cost something, also when
   * nothing comes of it @throws TranscriptionError; the signal's reason
   */
  recognize(
    chunk: Pick<SpeechChunk, 'wav' | 'seconds'>,
    signal: AbortSignal,
    onPaid: () => void,
  ): Promise<readonly Heard[]>;
}

/** One line, without the blanks that recognizers put around words. */
export const tidy = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
