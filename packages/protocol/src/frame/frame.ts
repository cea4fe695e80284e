import { Packr } from 'msgpackr';
import { FrameError } from './frame-error.ts';
import { maxFrameBytes } from './limits.ts';
import { notPlain } from './plain.ts';
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
const prefixBytes = 4;
const nothing = new Uint8Array();

/** `skipValues` omits keys whose value is undefined; elsewhere (a bare payload, an array's element) undefined is nil. */
const codec = {
  useRecords: false,
  int64AsType: 'number',
  variableMapSize: true,
  skipValues: [undefined],
  encodeUndefinedAsNil: true,
} as const;
const packr = new Packr(codec);

/**
 * A frame on the wire: u32 little-endian length and one MessagePack array `[kind, type, id, payload]`; keys whose value is
 * undefined are omitted.
 * @throws FrameError `too_large` above 1 MiB, `unencodable` when the payload is not plain (see `plain.ts`).
 */
export const encodeFrame = (frame: Frame): Buffer => {
  const wrong = notPlain(frame.payload);
  if (wrong !== null) throw new FrameError('unencodable', `${frame.type} cannot be sent: ${wrong}`, 0, nothing);
  const body = packr.pack([frameKinds[frame.kind], frame.type, frame.id, frame.payload]);
  if (body.length > maxFrameBytes) {
    throw new FrameError('too_large', `${frame.type} is above ${maxFrameBytes} bytes`, body.length, body);
  }
  const wire = Buffer.allocUnsafe(prefixBytes + body.length);
  wire.writeUInt32LE(body.length, 0);
  wire.set(body, prefixBytes);
  return wire;
};

/**
 * A frame from the bytes behind its length prefix.
 * @throws FrameError when it is not exactly one frame.
 */
export const decodeFrameBody = (body: Uint8Array): Frame => {
  const value = unpack(body);
  if (!Array.isArray(value) || value.length !== 4) {
    throw new FrameError('not_a_frame', 'a frame is [kind, type, id, payload]', body.length, body);
  }
  const [kindNumber, type, id, payload] = value as [unknown, unknown, unknown, unknown];
  const kind = typeof kindNumber === 'number' ? kindNames[kindNumber] : undefined;
  if (kind === undefined) throw new FrameError('unknown_kind', 'there is no such kind of frame', body.length, body);
  const numbered = Number.isSafeInteger(id) && (id as number) >= 0;
  if (typeof type !== 'string' || (kind === 'notification' ? id !== null : !numbered)) {
    const rule = 'the type is a string, the id a number exactly when answers matter';
    throw new FrameError('not_a_frame', rule, body.length, body);
  }
  return { kind, type, id: id as number | null, payload };
};

const unpack = (body: Uint8Array): unknown => {
  const wrong = scanMessagePack(body);
  if (wrong) throw new FrameError('undecodable', `the frame ${wrong}`, body.length, body);
  try {
    return packr.unpack(body);
  } catch (cause) {
    // A map key that is neither string nor number passes the scan and is refused by the codec.
    throw new FrameError('undecodable', 'the frame is not what this codec reads', body.length, body, { cause });
  }
};
