import { oggCrc32 } from './crc32.ts';

/** Bytes of a page header before its lacing values (RFC 3533 §6). */
export const PAGE_HEADER_BYTES = 27;
/** Lacing values a page can hold. */
export const MAX_LACING = 255;
/** The longest possible page: header, 255 lacing values, 255 segments of 255 bytes. */
export const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + MAX_LACING + MAX_LACING * 255;

/** Header type flags (RFC 3533 §6). */
export const pageFlag = { continued: 1, bos: 2, eos: 4 } as const;

/** One page as it stands in a file; `lacing` and `body` are views, not copies. */
export interface OggPage {
  /** Byte offset of the page in its file. */
  readonly offset: number;
  /** Bytes of the whole page. */
  readonly length: number;
  readonly continued: boolean;
  readonly bos: boolean;
  readonly eos: boolean;
  /** 48 kHz samples completed by the end of this page, pre-skip included; null when no packet ends on it. */
  readonly granule: number | null;
  readonly serial: number;
  readonly sequence: number;
  readonly lacing: Uint8Array;
  readonly body: Buffer;
}

export interface PageFields {
  readonly flags: number;
  /** null writes the granule of a page on which no packet ends. */
  readonly granule: number | null;
  readonly serial: number;
  readonly sequence: number;
}

const CRC_OFFSET = 22;
const HIGH = 0x1_0000_0000;

/** Computes and writes the checksum of the page that is exactly `page`. */
export const sealPage = (page: Buffer): void => {
  page.writeUInt32LE(0, CRC_OFFSET);
  page.writeUInt32LE(oggCrc32(page), CRC_OFFSET);
};

/** Builds one page of `lacing[0..lacingCount)` and `body[0..bodyBytes)`, checksum included; in `target` when given. */
export const encodePage = (
  fields: PageFields,
  lacing: Uint8Array,
  lacingCount: number,
  body: Uint8Array,
  bodyBytes: number,
  target?: Buffer,
): Buffer => {
  const bodyStart = PAGE_HEADER_BYTES + lacingCount;
  const size = bodyStart + bodyBytes;
  const page = target === undefined ? Buffer.allocUnsafe(size) : target.subarray(0, size);
  page.writeUInt32BE(0x4f676753, 0);
  page[4] = 0;
  page[5] = fields.flags;
  page.writeUInt32LE(fields.granule === null ? 0xffff_ffff : fields.granule % HIGH, 6);
  page.writeUInt32LE(fields.granule === null ? 0xffff_ffff : Math.floor(fields.granule / HIGH), 10);
  page.writeUInt32LE(fields.serial >>> 0, 14);
  page.writeUInt32LE(fields.sequence >>> 0, 18);
  page[26] = lacingCount;
  page.set(lacing.subarray(0, lacingCount), PAGE_HEADER_BYTES);
  page.set(body.subarray(0, bodyBytes), bodyStart);
  sealPage(page);
  return page;
};

/** The pages of one header packet, which may be longer than a page (OpusTags, RFC 7845 §5.2). */
export const encodeHeaderPages = (
  packet: Uint8Array,
  flags: number,
  serial: number,
  firstSequence: number,
): Buffer[] => {
  const room = MAX_LACING * 255;
  const pages: Buffer[] = [];
  for (let at = 0; at <= packet.length; at += room) {
    const body = packet.subarray(at, at + room);
    const goesOn = body.length === room;
    const lacing = new Uint8Array(goesOn ? MAX_LACING : Math.floor(body.length / 255) + 1).fill(255);
    if (!goesOn) {
      lacing[lacing.length - 1] = body.length % 255;
    }
    const sequence = firstSequence + pages.length;
    const fields = { flags: at > 0 ? pageFlag.continued : flags, granule: goesOn ? null : 0, serial, sequence };
    pages.push(encodePage(fields, lacing, lacing.length, body, body.length));
  }
  return pages;
};

/** The page's length when its header stands complete at `at`; 0 when more bytes are needed; -1 when no page starts there. */
export const pageLengthAt = (bytes: Buffer, at: number): number => {
  const left = bytes.length - at;
  for (let i = 0; i < Math.min(left, 4); i += 1) {
    if (bytes[at + i] !== 'OggS'.charCodeAt(i)) {
      return -1;
    }
  }
  if (left > 4 && bytes[at + 4] !== 0) {
    return -1;
  }
  if (left < PAGE_HEADER_BYTES) {
    return 0;
  }
  const count = bytes[at + 26] as number;
  if (left < PAGE_HEADER_BYTES + count) {
    return 0;
  }
  let length = PAGE_HEADER_BYTES + count;
  for (let i = 0; i < count; i += 1) {
    length += bytes[at + PAGE_HEADER_BYTES + i] as number;
  }
  return length;
};

const noChecksum = new Uint8Array(4);

/** Whether the checksum of the page `[at, at + length)` is right. */
export const pageIsIntact = (bytes: Buffer, at: number, length: number): boolean => {
  const head = oggCrc32(bytes, at, at + CRC_OFFSET);
  const field = oggCrc32(noChecksum, 0, 4, head);
  return oggCrc32(bytes, at + CRC_OFFSET + 4, at + length, field) === bytes.readUInt32LE(at + CRC_OFFSET);
};

/** Reads the page `[at, at + length)`, whose extent and checksum were checked before. `base` is the file offset of `bytes[0]`. */
export const decodePage = (bytes: Buffer, at: number, length: number, base: number): OggPage => {
  const flags = bytes[at + 5] as number;
  const low = bytes.readUInt32LE(at + 6);
  const high = bytes.readUInt32LE(at + 10);
  const bodyStart = at + PAGE_HEADER_BYTES + (bytes[at + 26] as number);
  return {
    offset: base + at,
    length,
    continued: (flags & pageFlag.continued) !== 0,
    bos: (flags & pageFlag.bos) !== 0,
    eos: (flags & pageFlag.eos) !== 0,
    granule: high >= 0x8000_0000 ? null : high * HIGH + low,
    serial: bytes.readUInt32LE(at + 14),
    sequence: bytes.readUInt32LE(at + 18),
    lacing: bytes.subarray(at + PAGE_HEADER_BYTES, bodyStart),
    body: bytes.subarray(bodyStart, at + length),
  };
};
