import { Decoder } from '@evan/opus';
import type { Decrypted } from './dave-peer.ts';

/** Frames kept for a second try while a transition is under way. */
const RETRY_LIMIT = 256;

/** One packet as it was heard. */
export interface HeardFrame {
  readonly atUs: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly samples: number;
}

/** What one person heard of one other: 48 kHz mono, in the order of arrival. */
export class Heard {
  readonly frames: HeardFrame[] = [];
  /** Packets that could not be decrypted. */
  failures = 0;
  /** Packets beyond the limit of what is kept. */
  dropped = 0;
  readonly #chunks: Int16Array[] = [];
  readonly #limitSamples: number;
  readonly #decoder = new Decoder({ channels: 1, sample_rate: 48_000 });
  #samples = 0;

  constructor(limitMs: number) {
    this.#limitSamples = limitMs * 48;
  }

  get packets(): number {
    return this.frames.length;
  }

  /** When the first packet came, CLOCK_MONOTONIC in µs; null before. */
  get firstUs(): number | null {
    return this.frames[0]?.atUs ?? null;
  }

  get lastUs(): number | null {
    return this.frames.at(-1)?.atUs ?? null;
  }

  get pcm(): Int16Array {
    const all = new Int16Array(this.#samples);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  add(opus: Buffer, frame: Omit<HeardFrame, 'samples'>): void {
    if (this.#samples >= this.#limitSamples) {
      this.dropped += 1;
      return;
    }
    const bytes = this.#decoder.decode(opus);
    const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    this.#chunks.push(pcm);
    this.#samples += pcm.length;
    this.frames.push({ ...frame, samples: pcm.length });
  }
}

interface Arrival {
  readonly userId: string;
  readonly payload: Buffer;
  readonly frame: Omit<HeardFrame, 'samples'>;
}

/** A person's ears: decrypts and decodes what the others send. */
export class Listener {
  readonly heard = new Map<string, Heard>();
  readonly #limitMs: number;
  #later: Arrival[] = [];

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  hear(arrival: Arrival, decrypt: (userId: string, payload: Buffer) => Decrypted): void {
    if (arrival.payload.length === 0) return;
    const opus = decrypt(arrival.userId, arrival.payload);
    const heard = this.#of(arrival.userId);
    if (opus === 'failed') heard.failures += 1;
    else if (opus !== 'later') this.#decode(heard, opus, arrival);
    else if (this.#later.push(arrival) > RETRY_LIMIT) {
      this.#later.shift();
      heard.failures += 1;
    }
  }

  /** Tries again what came before its keys. */
  retry(decrypt: (userId: string, payload: Buffer) => Decrypted): void {
    const waiting = this.#later;
    this.#later = [];
    for (const arrival of waiting) this.hear(arrival, decrypt);
  }

  #of(userId: string): Heard {
    let heard = this.heard.get(userId);
    if (!heard) {
      heard = new Heard(this.#limitMs);
      this.heard.set(userId, heard);
    }
    return heard;
  }

  #decode(heard: Heard, opus: Buffer, arrival: Arrival): void {
    try {
      heard.add(opus, arrival.frame);
    } catch {
      heard.failures += 1;
    }
  }
}
