import { decodePage, MAX_PAGE_BYTES, type OggPage, pageIsIntact, pageLengthAt } from './page.ts';

/** Bytes that are no intact page. `torn` is an unfinished page at the end of the file: what a killed writer leaves. */
export interface ByteDamage {
  readonly type: 'garbage' | 'bad_crc' | 'torn';
  readonly offset: number;
  readonly bytes: number;
}

export type ScanEvent =
  | { readonly type: 'page'; readonly page: OggPage }
  | { readonly type: 'damage'; readonly damage: ByteDamage };

/**
 * Finds pages in bytes that arrive piece by piece, and goes on after damage at the next intact page. Holds at most one page
 * beyond the piece at hand. Pages are views into the pieces, good until the next one.
 */
export class PageScanner {
  #bytes: Buffer = Buffer.alloc(0);
  /** File offset of `#bytes[0]`. */
  #base = 0;
  #damage: { type: ByteDamage['type']; offset: number } | null = null;

  /** Events of everything that is certain after these bytes. */
  *push(piece: Buffer): Generator<ScanEvent, void, undefined> {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    yield* this.#scan(false);
  }

  /** Events of what was still open when the file ended. */
  *end(): Generator<ScanEvent, void, undefined> {
    yield* this.#scan(true);
    yield* this.#closeDamage(this.#base);
  }

  *#scan(final: boolean): Generator<ScanEvent, void, undefined> {
    let at = 0;
    while (at < this.#bytes.length) {
      const length = pageLengthAt(this.#bytes, at);
      const whole = length > 0 && at + length <= this.#bytes.length;
      if (whole && pageIsIntact(this.#bytes, at, length)) {
        yield* this.#closeDamage(this.#base + at);
        yield { type: 'page', page: decodePage(this.#bytes, at, length, this.#base) };
        at += length;
        continue;
      }
      if (!whole && length >= 0 && !final) {
        break;
      }
      // A page that claims more than there is may be torn, or its lacing may be damaged and swallow intact pages after it.
      this.#damage ??= {
        type: length < 0 ? 'garbage' : whole ? 'bad_crc' : 'torn',
        offset: this.#base + at,
      };
      const next = this.#bytes.indexOf('OggS', at + 1, 'latin1');
      if (next < 0) {
        at = final ? this.#bytes.length : Math.max(at + 1, this.#bytes.length - 3);
        if (!final) {
          break;
        }
      } else {
        if (this.#damage.type === 'torn') {
          this.#damage.type = 'bad_crc';
        }
        at = next;
      }
    }
    this.#base += at;
    // A copy: the caller may use the piece's memory again.
    this.#bytes = Buffer.from(this.#bytes.subarray(at));
  }

  *#closeDamage(until: number): Generator<ScanEvent, void, undefined> {
    if (this.#damage !== null) {
      const { type, offset } = this.#damage;
      this.#damage = null;
      yield { type: 'damage', damage: { type, offset, bytes: until - offset } };
    }
  }
}

/** Bytes to read at a time: a few pages, so memory stays flat for files of any length. */
export const SCAN_CHUNK_BYTES = 2 * MAX_PAGE_BYTES;
