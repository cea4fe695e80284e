import type { TranscriptionUsage } from './provider-event.ts';
import type { ProviderId } from './realtime-provider.ts';

/** One piece of speech as text. */
export interface Transcript {
  readonly text: string;
  /** Mean log probability; null where it is not told. */
  readonly confidence: number | null;
  /** What it cost, where the provider tells it. */
  readonly usage?: TranscriptionUsage;
}

/** What a transcription socket says of one committed piece; `id` from `commit`. `partial`: all of the piece so far. `closed`: once, at the end. */
export type TranscriberEvent =
  | { readonly type: 'partial'; readonly id: string; readonly text: string }
  | { readonly type: 'final'; readonly id: string; readonly transcript: Transcript }
  | { readonly type: 'failed'; readonly id: string; readonly code: string; readonly message: string }
  | { readonly type: 'closed'; readonly code: string; readonly reason: string; readonly retryable: boolean };

/** A socket that turns speech into text, one committed piece after the other. Disposing closes it. */
export interface TranscriberSession extends AsyncDisposable {
  /** Resolves on the provider's own ready event. @throws AgentConnectError; the signal's reason */
  connect(signal: AbortSignal): Promise<void>;
  /** s16le mono at `rate`. Kept (10 s, oldest dropped and counted) until connected. */
  append(pcm: Uint8Array): void;
  /** Ends a piece. @returns its id; finals come in the order of commits, whatever the provider's order */
  commit(): string;
  /** Takes back what was appended since the last commit. */
  clear(): void;
}

/** Makes transcription sockets of one vendor. */
export interface Transcriber {
  readonly provider: ProviderId;
  /** Hz of the pcm16 it takes. */
  readonly rate: number;
  open(config: TranscriberConfig, events: (event: TranscriberEvent) => void): TranscriberSession;
}

export interface TranscriberConfig {
  readonly model: string;
  readonly language: string;
  readonly prompt: string;
  readonly noiseReduction: 'near_field' | 'far_field' | 'off';
}

/** Turns a whole piece of speech into text at once (`file_wav`). */
export interface FileTranscriber {
  readonly rate: number;
  /** @param pcm s16le mono at `rate` @throws Error with a code in its `cause`; the signal's reason */
  transcribe(pcm: Uint8Array, config: TranscriberConfig, signal: AbortSignal): Promise<Transcript>;
}

/** Speaks text (`ttsMode: api`). */
export interface SpeechSynthesizer {
  /** Hz of the pcm16 mono that comes. */
  readonly rate: number;
  /** Pieces of s16le mono as they come. @throws the signal's reason, or what failed */
  speak(text: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}
