import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether the name is marked as UTF-8. */
  readonly utf8: boolean;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;

/** Reads a small zip file by its central directory (APPNOTE §4.3), stored and deflated entries. For tests; no zip64. @throws Error when it is none */
export const readZip = (path: string): ZipEntry[] => {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || zip.readUInt32LE(end) !== END) throw new Error(`${path} is no zip file`);
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i -= 1) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error(`${path}: no directory entry at ${at}`);
    const [method, packed, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const [nameBytes, extra, comment] = [at + 28, at + 30, at + 32].map((field) => zip.readUInt16LE(field)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const stored = zip.subarray(start, start + packed);
    const bytes = method === 0 ? stored : inflateRawSync(stored);
    if (bytes.length !== size) throw new Error(`${path}: an entry has ${bytes.length} bytes where ${size} belong`);
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    entries.push({ name, bytes, utf8: (zip.readUInt16LE(at + 8) & 0x800) !== 0 });
    at += 46 + nameBytes + extra + comment;
  }
  return entries;
};
