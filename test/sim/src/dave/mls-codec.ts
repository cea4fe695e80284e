import { SimError } from '../errors.ts';

/** Variable-size vectors of MLS (RFC 9420 §2.1.2): a length of 1, 2 or 4 bytes, told by its two highest bits. */
export const vector = (...pieces: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(pieces);
  const { length } = content;
  if (length < 1 << 6) return Buffer.concat([Buffer.from([length]), content]);
  const head = Buffer.alloc(length < 1 << 14 ? 2 : 4);
  if (head.length === 2) head.writeUInt16BE(length | 0x4000);
  else head.writeUInt32BE((length | 0x8000_0000) >>> 0);
  return Buffer.concat([head, content]);
};

export const u8 = (value: number): Buffer => Buffer.from([value]);

export const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
};

export const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
};

export const u64 = (value: bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(value);
  return buffer;
};

/** Reads MLS structures front to back; throws `mls_malformed` beyond the end. */
export class MlsReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get offset(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#data.length;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#data.length) {
      throw new SimError(
        'mls_malformed',
        `An MLS message ends ${this.#at + length - this.#data.length} bytes too early.`,
      );
    }
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
  }

  u8(): number {
    return this.take(1).readUInt8();
  }

  u16(): number {
    return this.take(2).readUInt16BE();
  }

  u32(): number {
    return this.take(4).readUInt32BE();
  }

  u64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  vector(): Buffer {
    const first = this.u8();
    const extra = [0, 1, 3][first >> 6];
    if (extra === undefined) throw new SimError('mls_malformed', 'A vector has a length of no known size.');
    let length = first & 0x3f;
    for (const byte of this.take(extra)) length = length * 256 + byte;
    return this.take(length);
  }

  /** Everything not read yet. */
  rest(): Buffer {
    return this.take(this.#data.length - this.#at);
  }

  /** The bytes from `start` to here. */
  since(start: number): Buffer {
    return this.#data.subarray(start, this.#at);
  }
}
