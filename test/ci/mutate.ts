import type { Prng } from '@parley/sim';

/** Bytes that formats give a meaning to: ends of ranges, continuation bits, markers, lengths. */
const telling = [0, 1, 2, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfe, 0xff, 'O'.charCodeAt(0), 'S'.charCodeAt(0)] as const;

export const pick = <T>(chance: Prng, list: readonly T[]): T => {
  if (list.length === 0) throw new RangeError('nothing to pick from');
  return list[chance.int(0, list.length - 1)] as T;
};

type Change = (chance: Prng, bytes: Buffer) => Buffer;

const somewhere = (chance: Prng, bytes: Buffer): number => chance.int(0, Math.max(0, bytes.length - 1));

/** A range within, mostly short. */
const range = (chance: Prng, bytes: Buffer): readonly [from: number, to: number] => {
  const from = somewhere(chance, bytes);
  const longest = chance.chance(80) ? Math.min(64, bytes.length - from) : bytes.length - from;
  return [from, from + chance.int(0, longest)];
};

const changes: readonly Change[] = [
  (chance, bytes) => {
    if (bytes.length > 0) bytes[somewhere(chance, bytes)]! ^= 1 << chance.int(0, 7);
    return bytes;
  },
  (chance, bytes) => {
    if (bytes.length > 0) bytes[somewhere(chance, bytes)] = pick(chance, telling);
    return bytes;
  },
  (chance, bytes) => {
    const [from, to] = range(chance, bytes);
    chance.bytes(to - from).copy(bytes, from);
    return bytes;
  },
  (chance, bytes) => bytes.subarray(0, somewhere(chance, bytes)),
  (chance, bytes) => {
    const [from, to] = range(chance, bytes);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (chance, bytes) => {
    const [from, to] = range(chance, bytes);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (chance, bytes) => {
    const at = somewhere(chance, bytes);
    return Buffer.concat([bytes.subarray(0, at), chance.bytes(chance.int(1, 40)), bytes.subarray(at)]);
  },
];

/** A copy of `bytes` with one to `most` things changed: bits, bytes, stretches lost, doubled, or put in. */
export const mutate = (chance: Prng, bytes: Uint8Array, most = 4): Buffer => {
  let changed: Buffer = Buffer.from(bytes);
  for (let times = chance.int(1, most); times > 0; times -= 1) changed = pick(chance, changes)(chance, changed);
  return changed;
};

/** The bytes in pieces, as a stream may deliver them. */
export const pieces = (chance: Prng, bytes: Buffer): Buffer[] => {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = chance.chance(30) ? chance.int(1, 8) : chance.int(1, 2000);
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
};
