import { frameMs } from './limits.ts';

/** A binary frame of v1: some audio of one direction, and where it stands. */
export interface AudioFrame {
  readonly kind: 'microphone' | 'speech';
  /** Counts how often listening was forced; speech of an older epoch is not played. */
  readonly epoch: number;
  /** The last speech of a turn. */
  readonly endOfTurn: boolean;
  /** Of its first sample, in samples of its rate since the direction's first. */
  readonly position: number;
  /** 16-bit mono. */
  readonly samples: Int16Array;
}

/**
 * Header, little-endian: u8 kind (1 microphone, 2 speech) · u8 flags (1 end of turn) · u16 epoch · f64 position. Then s16le mono. f64
 * holds positions beyond 32 bits exactly and needs no BigInt in browsers.
 */
const headerBytes = 12;
const kinds = { microphone: 1, speech: 2 } as const;

export const encodeAudioFrame = ({ kind, epoch, endOfTurn, position, samples }: AudioFrame): Uint8Array => {
  const bytes = new Uint8Array(headerBytes + samples.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kinds[kind]);
  view.setUint8(1, endOfTurn ? 1 : 0);
  view.setUint16(2, epoch & 0xffff, true);
  view.setFloat64(4, position, true);
  for (let at = 0; at < samples.length; at += 1) view.setInt16(headerBytes + at * 2, samples[at] ?? 0, true);
  return bytes;
};

/**
 * A frame, or why its bytes are none.
 * @param rate of its audio, Hz; a frame holds 20–100 ms, the last of a turn less, down to nothing
 */
export const decodeAudioFrame = (bytes: Uint8Array, rate: number): AudioFrame | string => {
  if (bytes.length < headerBytes) return `${bytes.length} bytes are no frame`;
  if ((bytes.length - headerBytes) % 2 !== 0) return 'half a sample';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind =
    view.getUint8(0) === kinds.microphone ? 'microphone' : view.getUint8(0) === kinds.speech ? 'speech' : null;
  if (kind === null) return `${view.getUint8(0)} is no kind of frame`;
  const position = view.getFloat64(4, true);
  if (!Number.isSafeInteger(position) || position < 0) return 'a position that is none';
  const endOfTurn = (view.getUint8(1) & 1) === 1;
  const count = (bytes.length - headerBytes) / 2;
  const ms = (count / rate) * 1000;
  const tooShort = ms < frameMs.least - 0.01 && !endOfTurn;
  if (tooShort || ms > frameMs.most + 0.01)
    return `${Math.round(ms)} ms in a frame: ${frameMs.least} to ${frameMs.most} are taken`;
  const samples = Int16Array.from({ length: count }, (_, at) => view.getInt16(headerBytes + at * 2, true));
  return { kind, epoch: view.getUint16(2, true), endOfTurn, position, samples };
};

/** Whether epoch `a` is older than `b`; they wrap at 2^16. */
export const isOlderEpoch = (a: number, b: number): boolean => ((b - a) & 0xffff) > 0 && ((b - a) & 0xffff) < 0x8000;
