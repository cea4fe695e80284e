import { VoiceDecoder } from './voice-decoder.ts';

/** Decoders kept for the next capture; more than speak at once. */
const MAX_IDLE = 32;

/**
 * Decoders that are used again. Each holds memory the collector does not see: one for each capture would let the process grow by tens of
 * megabytes before it is given back.
 */
export class DecoderPool implements Disposable {
  readonly #idle: VoiceDecoder[] = [];

  /** A decoder that has heard nothing. @throws ProtocolError `internal` when libopus cannot be loaded on this machine */
  take(): VoiceDecoder {
    return this.#idle.pop() ?? new VoiceDecoder();
  }

  giveBack(decoder: VoiceDecoder): void {
    if (this.#idle.length >= MAX_IDLE) {
      decoder[Symbol.dispose]();
      return;
    }
    decoder.reset();
    this.#idle.push(decoder);
  }

  [Symbol.dispose](): void {
    for (const decoder of this.#idle.splice(0)) decoder[Symbol.dispose]();
  }
}
