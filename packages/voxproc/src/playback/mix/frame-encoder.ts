import { OpusEncoder } from '@parley/mux';
import { ProtocolError } from '@parley/protocol';

/** What an encoded frame holds: a voice alone goes as mono, music as stereo. */
export type Content = 'voice' | 'music';

/**
 * Bits a second. At 40,000 libopus takes hybrid frames for a voice, the whole band with in-band FEC; above about 63,000 it would take
 * CELT, which has none. 96,000 is what music in stereo takes to be transparent for most.
 */
const bitrates: Record<Content, number> = { voice: 40_000, music: 96_000 };
/** Of 10: 200 µs for a frame of voice and 70 for one of music where 10 takes 260 and 120. */
const COMPLEXITY = 5;
/** Packets expected to be lost on the way to listeners, percent. */
const EXPECTED_LOSS = 5;

/**
 * Encodes what is played: one encoder for voice and music, so that going from one to the other has no seam.
 */
export class FrameEncoder implements Disposable {
  #encoder: OpusEncoder;
  #content: Content | null = null;

  /** @throws ProtocolError `internal`: libopus cannot be loaded on this machine */
  constructor() {
    try {
      this.#encoder = new OpusEncoder({ channels: 2, complexity: COMPLEXITY });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new ProtocolError(
        'internal',
        `playing needs libopus: ${words}. Install Parley’s dependencies anew on this machine`,
        undefined,
        { cause: error },
      );
    }
    this.#encoder.setExpectedLoss(EXPECTED_LOSS);
  }

  /** Encodes 20 ms of interleaved stereo: 1,920 numbers. */
  encode(stereo: Int16Array, content: Content): Buffer {
    if (content !== this.#content) {
      this.#content = content;
      this.#encoder.setBitrate(bitrates[content]);
      this.#encoder.setSignal(content);
      this.#encoder.setChannels(content === 'voice' ? 'mono' : 'stereo');
    }
    const { buffer, byteOffset, byteLength } = this.#encoder.encode(stereo);
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  /** What comes next follows silence, or packets of somebody else. */
  reset(): void {
    this.#encoder.reset();
  }

  [Symbol.dispose](): void {
    this.#encoder[Symbol.dispose]();
  }
}
