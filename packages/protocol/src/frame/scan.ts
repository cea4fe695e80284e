import { maxDepth } from './limits.ts';

/** Bytes after the format byte that hold the length of `str`/`bin`, by format. */
const lengthBytes: Readonly<Record<number, 1 | 2 | 4>> = { 196: 1, 197: 2, 198: 4, 217: 1, 218: 2, 219: 4 };
/** Sizes of the fixed-width numbers 0xca…0xd3. */
const numberBytes = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8] as const;

/**
 * Walks one MessagePack value without building it. Returns null when `body` holds exactly one value, else what is wrong.
 * It runs before the decoder so that extension types, bottomless nesting and lengths that promise more than is there are refused
 * without an allocation. Format bytes: the MessagePack specification, "Formats".
 */
export const scanMessagePack = (body: Uint8Array): string | null => {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const pending: number[] = [1];
  let at = 0;
  while (pending.length > 0) {
    const last = pending.length - 1;
    const left = pending[last] as number;
    if (left === 0) {
      pending.pop();
      continue;
    }
    pending[last] = left - 1;
    if (at >= body.length) return 'ends in the middle of a value';
    const format = body[at++] as number;
    let children = 0;
    let skip = 0;
    if (format <= 0x7f || format >= 0xe0) continue;
    if (format <= 0x8f) children = (format & 15) * 2;
    else if (format <= 0x9f) children = format & 15;
    else if (format <= 0xbf) skip = format & 31;
    else if (format === 0xc0 || format === 0xc2 || format === 0xc3) continue;
    else if (format >= 0xca && format <= 0xd3) skip = numberBytes[format - 0xca] as number;
    else if (format === 0xdc || format === 0xde) {
      if (at + 2 > body.length) return 'ends in the middle of a length';
      children = view.getUint16(at) * (format === 0xde ? 2 : 1);
      at += 2;
    } else if (format === 0xdd || format === 0xdf) {
      if (at + 4 > body.length) return 'ends in the middle of a length';
      children = view.getUint32(at) * (format === 0xdf ? 2 : 1);
      at += 4;
    } else {
      const width = lengthBytes[format];
      if (width === undefined) return `uses the refused format 0x${format.toString(16)}`;
      if (at + width > body.length) return 'ends in the middle of a length';
      skip = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
      at += width;
    }
    at += skip;
    if (at > body.length) return 'ends in the middle of a value';
    if (children > body.length - at) return 'promises more elements than it has bytes';
    if (children > 0) {
      if (pending.length >= maxDepth) return `is nested deeper than ${maxDepth}`;
      pending.push(children);
    }
  }
  return at === body.length ? null : `has ${body.length - at} bytes after its value`;
};
