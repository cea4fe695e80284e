import { Packr } from 'msgpackr';
import { FrameError } from './frame-error.ts';
import { maxFrameBytes } from './limits.ts';
import { scanMessagePack } from './scan.ts';

export const frameKinds = { notification: 0, request: 1, response: 2, error: 3 } as const;
export type FrameKind = keyof typeof frameKinds;

/** One frame, decoded. `id` is null for a notification alone. Binary values are views into the read buffer: copy to keep. */
export interface Frame {
  readonly kind: FrameKind;
  readonly type: string;
  readonly id: number | null;
  readonly payload: unknown;
}

const kindNames = ['notification', 'request', 'response', 'error'] as const satisfies FrameKind[];
const packr = new Packr({ useRecords: false, int64AsType: 'number', variableMapSize: true });

/**
 * A frame on the wire: u32 little-endian length and one MessagePack array `[kind, type, id, payload]`; keys whose value is
 * undefined are omitted.
 * @throws FrameError `too_large` above 1 MiB.
 */
export const encodeFrame = (frame: Frame): Buffer => {
  const body = packr.pack([frameKinds[frame.kind], frame.type, frame.id, withoutUndefined(frame.payload)]);
  if (body.length > maxFrameBytes) throw new FrameError('too_large', `${frame.type} is too large`, body.length, body);
  const wire = Buffer.allocUnsafe(4 + body.length);
  wire.writeUInt32LE(body.length, 0);
  wire.set(body, 4);
  return wire;
};

/**
 * A frame from the bytes behind its length prefix.
 * @throws FrameError when it is not exactly one frame.
 */
export const decodeFrameBody = (body: Uint8Array): Frame => {
  const wrong = scanMessagePack(body);
  if (wrong) throw new FrameError('undecodable', `the frame ${wrong}`, body.length, body);
  const value: unknown = packr.unpack(body);
  if (!Array.isArray(value) || value.length !== 4) {
    throw new FrameError('not_a_frame', 'a frame is [kind, type, id, payload]', body.length, body);
  }
  const [kindNumber, type, id, payload] = value as [unknown, unknown, unknown, unknown];
  const kind = typeof kindNumber === 'number' ? kindNames[kindNumber] : undefined;
  if (kind === undefined) {
    throw new FrameError('unknown_kind', `${String(kindNumber)} is not a kind of frame`, body.length, body);
  }
  const numbered = Number.isSafeInteger(id) && (id as number) >= 0;
  if (typeof type !== 'string' || (kind === 'notification' ? id !== null : !numbered)) {
    throw new FrameError(
      'not_a_frame',
      'the type is a string, the id a number exactly when answers matter',
      body.length,
      body,
    );
  }
  return { kind, type, id: id as number | null, payload };
};

const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined) kept[key] = withoutUndefined(entry);
  }
  return kept;
};
