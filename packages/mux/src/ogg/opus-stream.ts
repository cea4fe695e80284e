import { decodeOpusHead, decodeOpusTags, type OpusHead, type OpusTags } from './opus-headers.ts';
import { opusPacketSamples } from './opus-packet.ts';
import type { OggPage } from './page.ts';
import type { ByteDamage, ScanEvent } from './page-scanner.ts';

/** Damage of the stream as a whole: pages that are missing, or do not belong, or whose granule does not fit their packets. */
export interface StreamDamage {
  readonly type: 'sequence_gap' | 'foreign_stream' | 'granule_mismatch' | 'broken_packet' | 'bad_header';
  /** Byte offset of the page where it shows. */
  readonly offset: number;
  /** Bytes of that page. */
  readonly bytes: number;
}

export type OggDamage = ByteDamage | StreamDamage;

export interface OpusPacket {
  /** A view into the page; copy it to keep it beyond the next page. */
  readonly data: Buffer;
  /** Duration in samples at 48 kHz by its TOC; 0 when the packet is not valid Opus. */
  readonly samples: number;
  /** Granule position of its first sample, by the granules of the pages: right after a damaged page too. */
  readonly position: number;
}

export type OpusEvent =
  | { readonly type: 'head'; readonly head: OpusHead }
  | { readonly type: 'tags'; readonly tags: OpusTags }
  | { readonly type: 'page'; readonly page: OggPage; readonly packets: readonly OpusPacket[] }
  | { readonly type: 'damage'; readonly damage: OggDamage };

/**
 * Turns the pages of one Ogg Opus file into headers, packets and damage. Tolerant: pages of other streams are reported and
 * skipped, packets after a missing page are placed where the granules say.
 */
export class OpusStream {
  #serial: number | null = null;
  #stage: 'head' | 'tags' | 'audio' | 'headless' = 'head';
  #nextSequence = 0;
  #granule = 0;
  #placed = false;
  #partial: Buffer[] = [];

  *take(event: ScanEvent): Generator<OpusEvent, void, undefined> {
    if (event.type === 'damage') {
      yield event;
      return;
    }
    const { page } = event;
    const here = { offset: page.offset, bytes: page.length };
    this.#serial ??= page.serial;
    if (page.serial !== this.#serial || (page.bos && this.#stage !== 'head')) {
      yield { type: 'damage', damage: { type: 'foreign_stream', ...here } };
      return;
    }
    const contiguous = page.sequence === this.#nextSequence;
    this.#nextSequence = page.sequence + 1;
    if (!contiguous) {
      this.#partial = [];
      yield { type: 'damage', damage: { type: 'sequence_gap', ...here } };
    }
    const { whole, broken } = this.#packetsOf(page);
    if (broken) {
      yield { type: 'damage', damage: { type: 'broken_packet', ...here } };
    }
    if (this.#stage === 'audio') {
      yield* this.#audio(page, whole, contiguous);
    } else if (this.#stage !== 'headless') {
      yield* this.#header(page, whole);
    }
  }

  *#header(page: OggPage, whole: readonly Buffer[]): Generator<OpusEvent, void, undefined> {
    const [packet] = whole;
    if (packet === undefined) {
      yield { type: 'page', page, packets: [] };
      return;
    }
    const head = this.#stage === 'head' ? decodeOpusHead(packet) : null;
    const tags = this.#stage === 'tags' ? decodeOpusTags(packet) : null;
    if (head !== null) {
      this.#stage = 'tags';
      yield { type: 'head', head };
    } else if (tags !== null) {
      this.#stage = 'audio';
      yield { type: 'tags', tags };
    } else {
      const damage: StreamDamage = { type: 'bad_header', offset: page.offset, bytes: page.length };
      yield { type: 'damage', damage };
      // Without its identification the stream may be anything; lost comments do not harm the audio.
      if (this.#stage !== 'tags') {
        this.#stage = 'headless';
        return;
      }
      this.#stage = 'audio';
      if (page.granule !== 0) {
        yield* this.#audio(page, whole, false);
        return;
      }
    }
    yield { type: 'page', page, packets: [] };
  }

  *#audio(page: OggPage, whole: readonly Buffer[], contiguous: boolean): Generator<OpusEvent, void, undefined> {
    const durations = whole.map((packet) => opusPacketSamples(packet) ?? 0);
    const total = durations.reduce((sum, samples) => sum + samples, 0);
    const byGranule = (page.granule ?? 0) - total;
    // The last page may end before its packets do (end trimming), so it cannot say where it begins.
    let position = this.#granule;
    if (!this.#placed || !contiguous) {
      position = page.eos ? Math.max(this.#granule, byGranule) : byGranule;
    }
    const fits = page.eos ? byGranule <= position : byGranule === position;
    if (page.granule !== null && (position < 0 || !fits)) {
      yield { type: 'damage', damage: { type: 'granule_mismatch', offset: page.offset, bytes: page.length } };
      position = Math.max(position, 0);
    }
    this.#placed ||= page.granule !== null;
    const packets = whole.map((data, i) => {
      const samples = durations[i] as number;
      position += samples;
      return { data, samples, position: position - samples };
    });
    this.#granule = position;
    yield { type: 'page', page, packets };
  }

  /** The packets that end on this page, the one continued from the page before it included. */
  #packetsOf(page: OggPage): { whole: Buffer[]; broken: boolean } {
    const whole: Buffer[] = [];
    let broken = page.continued !== this.#partial.length > 0;
    let skip = page.continued && this.#partial.length === 0;
    if (!page.continued) {
      this.#partial = [];
    }
    let start = 0;
    let end = 0;
    for (const value of page.lacing) {
      end += value;
      if (value === 255) {
        continue;
      }
      const piece = page.body.subarray(start, end);
      if (!skip) {
        whole.push(this.#partial.length > 0 ? Buffer.concat([...this.#partial, piece]) : piece);
      }
      skip = false;
      this.#partial = [];
      start = end;
    }
    if (start < end || page.lacing.at(-1) === 255) {
      if (!skip) {
        this.#partial.push(Buffer.from(page.body.subarray(start)));
      }
      broken ||= page.eos;
    }
    return { whole, broken };
  }
}
