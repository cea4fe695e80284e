import { encodeOpusHead, encodeOpusTags, PRE_SKIP } from './opus-headers.ts';
import { encodeHeaderPages, encodePage, MAX_LACING, MAX_PAGE_BYTES, pageFlag } from './page.ts';

/** Longest packet one page can hold: 254 full lacing values and a last one of 254. */
const MAX_PACKET_BYTES = 254 * 255 + 254;

export interface OggOpusWriterOptions {
  /** Serial number of the logical stream, any 32-bit number. */
  readonly serial: number;
  /** Samples at 48 kHz a player discards at the start; 312 by default. */
  readonly preSkip?: number;
  readonly channels?: 1 | 2;
  /** OpusTags comments: names in printable ASCII without `=`, values any text. */
  readonly comments: Readonly<Record<string, string>>;
  readonly vendor?: string;
  /** Packets on one page at most, 50 by default (one second of 20 ms packets). */
  readonly maxPacketsPerPage?: number;
  /** Granule position before the first packet, 0 by default. */
  readonly granuleStart?: number;
  /**
   * Build every page in the same memory: what `push` and `flush` return is good only until the next call. Keeps jobs that write
   * hours at once from leaving megabytes of pages to the garbage collector.
   */
  readonly reusePages?: boolean;
}

export interface EndOptions {
  /** Granule of the last page when the last packet is to be cut short (RFC 7845 §4.4); by default nothing is cut. */
  readonly granule?: number;
}

/**
 * Ogg Opus pages from packets (RFC 3533, RFC 7845). Does no I/O: every method returns the bytes to append, in call order.
 * The newest packet is held back until `end`, so that the last page carries the end-of-stream flag and a packet: an empty
 * last page makes players and opusinfo complain.
 */
export class OggOpusWriter {
  readonly #serial: number;
  readonly #maxPackets: number;
  readonly #head: Buffer;
  readonly #tags: Buffer;
  #sequence = 0;
  #ended = false;

  /** Bodies of the packets not yet paged out, the held one last. */
  #body = new Uint8Array(8192);
  #bodyBytes = 0;
  readonly #lacing = new Uint8Array(MAX_LACING * 2 + 2);
  #lacingCount = 0;
  #readyPackets = 0;
  #readyBytes = 0;
  #readyLacing = 0;
  #holding = false;
  #heldSamples = 0;
  /** Granule after the packets that are ready, without the held one. */
  #granule: number;

  readonly #target: Buffer | undefined;
  #pages = 0;
  #bytes = 0;
  #packets = 0;
  #samples = 0;

  constructor(options: OggOpusWriterOptions) {
    const { serial, preSkip = PRE_SKIP, channels = 2, comments, vendor = 'parley', granuleStart = 0 } = options;
    this.#serial = serial;
    this.#maxPackets = Math.min(Math.max(options.maxPacketsPerPage ?? 50, 1), MAX_LACING);
    this.#granule = granuleStart;
    this.#target = options.reusePages === true ? Buffer.allocUnsafe(MAX_PAGE_BYTES) : undefined;
    this.#head = encodeOpusHead({ channels, preSkip, outputGain: 0 });
    this.#tags = encodeOpusTags({ vendor, comments: Object.entries(comments) });
  }

  /** Pages returned so far, headers included. */
  get pages(): number {
    return this.#pages;
  }

  /** Bytes returned so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Packets pushed so far, the held one included. */
  get packets(): number {
    return this.#packets;
  }

  /** Samples at 48 kHz pushed so far, the held packet's included. */
  get samples(): number {
    return this.#samples;
  }

  /** The header pages, OpusHead and OpusTags; to be written first, once. */
  header(): Buffer {
    const pages = encodeHeaderPages(this.#head, pageFlag.bos, this.#serial, 0);
    pages.push(...encodeHeaderPages(this.#tags, 0, this.#serial, pages.length));
    const whole = Buffer.concat(pages);
    this.#sequence = pages.length;
    this.#pages += pages.length;
    this.#bytes += whole.length;
    return whole;
  }

  /**
   * Takes one Opus packet (its bytes are copied) of `samples` duration at 48 kHz.
   * @returns a finished page when one became full, else null
   * @throws RangeError when the packet cannot stand on one page; Error after `end`
   */
  push(packet: Uint8Array, samples: number): Buffer | null {
    if (this.#ended) {
      throw new Error('OggOpusWriter.push: the stream has ended');
    }
    const size = packet.length;
    if (size > MAX_PACKET_BYTES) {
      throw new RangeError(`OggOpusWriter.push: a packet of ${size} bytes does not fit on a page`);
    }
    let page: Buffer | null = null;
    if (this.#holding) {
      if (this.#lacingCount > MAX_LACING) {
        page = this.#emit(0);
      }
      this.#granule += this.#heldSamples;
      this.#readyPackets += 1;
      this.#readyBytes = this.#bodyBytes;
      this.#readyLacing = this.#lacingCount;
    }
    this.#append(packet, size);
    this.#holding = true;
    this.#heldSamples = samples;
    this.#packets += 1;
    this.#samples += samples;
    return this.#readyPackets >= this.#maxPackets ? this.#emit(0) : page;
  }

  /** Pages out every packet but the newest, which is held back. @returns null when there is none */
  flush(): Buffer | null {
    return this.#readyPackets > 0 ? this.#emit(0) : null;
  }

  /**
   * The end of the stream: the last page with the held packet and the end-of-stream flag (two pages when one cannot hold both
   * it and what waits). Empty when no packet was ever pushed: a file of headers alone has no last page.
   */
  end(options: EndOptions = {}): Buffer {
    if (this.#ended) {
      throw new Error('OggOpusWriter.end: the stream has ended');
    }
    this.#ended = true;
    if (!this.#holding) {
      return Buffer.alloc(0);
    }
    const first = this.#lacingCount > MAX_LACING ? Buffer.from(this.#emit(0)) : null;
    this.#granule = options.granule ?? this.#granule + this.#heldSamples;
    this.#readyPackets += 1;
    this.#readyBytes = this.#bodyBytes;
    this.#readyLacing = this.#lacingCount;
    const last = this.#emit(pageFlag.eos);
    return first === null ? last : Buffer.concat([first, last]);
  }

  #append(packet: Uint8Array, size: number): void {
    const needed = this.#bodyBytes + size;
    if (needed > this.#body.length) {
      const larger = new Uint8Array(Math.max(needed, this.#body.length * 2));
      larger.set(this.#body.subarray(0, this.#bodyBytes));
      this.#body = larger;
    }
    this.#body.set(packet, this.#bodyBytes);
    this.#bodyBytes = needed;
    let left = size;
    for (; left >= 255; left -= 255) {
      this.#lacing[this.#lacingCount] = 255;
      this.#lacingCount += 1;
    }
    this.#lacing[this.#lacingCount] = left;
    this.#lacingCount += 1;
  }

  /** One page of what is ready; what is held moves to the front. */
  #emit(flags: number): Buffer {
    const page = encodePage(
      { flags, granule: this.#granule, serial: this.#serial, sequence: this.#sequence },
      this.#lacing,
      this.#readyLacing,
      this.#body,
      this.#readyBytes,
      this.#target,
    );
    this.#sequence += 1;
    this.#pages += 1;
    this.#bytes += page.length;
    this.#body.copyWithin(0, this.#readyBytes, this.#bodyBytes);
    this.#lacing.copyWithin(0, this.#readyLacing, this.#lacingCount);
    this.#bodyBytes -= this.#readyBytes;
    this.#lacingCount -= this.#readyLacing;
    this.#readyPackets = 0;
    this.#readyBytes = 0;
    this.#readyLacing = 0;
    return page;
  }
}
