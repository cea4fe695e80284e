import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { encodeFrame, type Frame } from './frame.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { FrameError } from './frame-error.ts';
import { maxFrameBytes } from './limits.ts';

const prefix = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
};
const caught = (decoder: FrameDecoder, chunk: Uint8Array): FrameError => {
  try {
    for (const _ of decoder.push(chunk));
  } catch (error) {
    if (error instanceof FrameError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => !key.startsWith('__proto')),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record(
    { kind: fc.constant('notification' as const), type: fc.string(), id: fc.constant(null), payload: plain },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constantFrom('request', 'response', 'error'), type: fc.string(), id: fc.nat(), payload: plain },
    { noNullPrototype: true },
  ),
);

test('any split or join of the bytes gives the same frames', () => {
  fc.assert(
    fc.property(
      fc.array(frames, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(encodeFrame));
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const decoder = new FrameDecoder();
        const received = edges.slice(1).flatMap((edge, index) => [...decoder.push(bytes.subarray(edges[index], edge))]);
        assert.deepEqual(received, sent);
        assert.equal(decoder.held, 0);
      },
    ),
    { numRuns: 300 },
  );
});

test('frames that arrive byte by byte are the same', () => {
  const sent: Frame = {
    kind: 'request',
    type: 'x',
    id: 1,
    payload: { text: 'é'.repeat(200), pcm: Buffer.alloc(700, 3) },
  };
  const decoder = new FrameDecoder();
  const received = [...encodeFrame(sent), ...encodeFrame(sent)].flatMap((byte) => [
    ...decoder.push(Uint8Array.of(byte)),
  ]);
  assert.deepEqual(received, [sent, sent]);
});

test('random bytes give frames or a FrameError, never anything else, and never hold more than one frame', () => {
  const chunks = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([prefix(bytes.length), bytes])),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(chunks, (input) => {
      const decoder = new FrameDecoder();
      try {
        for (const chunk of input) for (const _ of decoder.push(chunk));
      } catch (error) {
        assert.ok(error instanceof FrameError, String(error));
        assert.equal(decoder.held, 0);
      }
      assert.ok(decoder.held <= 4 + maxFrameBytes);
    }),
    { numRuns: 500 },
  );
});

test('a frame with one byte changed gives a frame or a FrameError', () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 0, max: 255 }), (frame, at, value) => {
      const bytes = encodeFrame(frame);
      bytes[at % bytes.length] = value;
      try {
        for (const _ of new FrameDecoder().push(bytes));
      } catch (error) {
        assert.ok(error instanceof FrameError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('a length above 1 MiB is refused by the length alone, before any of its body has come', () => {
  const decoder = new FrameDecoder();
  const error = caught(decoder, prefix(maxFrameBytes + 1));
  assert.equal(error.code, 'too_large');
  assert.match(error.message, /length 1048577, first bytes none/);
  assert.equal(decoder.held, 0);
});

test('the error names the length and the first 16 bytes', () => {
  const bytes = Buffer.concat([prefix(0xffff_ffff), Buffer.from('00112233445566778899aabbccddeeff0123', 'hex')]);
  assert.match(
    caught(new FrameDecoder(), bytes).message,
    /length 4294967295, first bytes 00112233445566778899aabbccddeeff\)/,
  );
});

test('a line of text on the stream is refused with its words in hex', () => {
  const error = caught(new FrameDecoder(), Buffer.from('Hello from a stray console.log\n'));
  assert.equal(error.code, 'too_large');
  assert.match(error.message, new RegExp(Buffer.from('o from a stray c').toString('hex')));
});

test('a length of zero is refused', () => {
  assert.equal(caught(new FrameDecoder(), prefix(0)).code, 'zero_length');
});

test('the frames before a bad one are delivered, and nothing after it', () => {
  const good: Frame = { kind: 'notification', type: 'good', id: null, payload: 1 };
  const decoder = new FrameDecoder();
  const received: Frame[] = [];
  const bytes = Buffer.concat([encodeFrame(good), prefix(0), encodeFrame(good)]);
  assert.throws(() => {
    for (const frame of decoder.push(bytes)) received.push(frame);
  }, FrameError);
  assert.deepEqual(received, [good]);
  assert.equal(caught(decoder, encodeFrame(good)).code, 'zero_length');
});

test('a frame that dribbles in keeps none of its chunks alive', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const decoder = new FrameDecoder();
  const dribble = (): WeakRef<ArrayBufferLike>[] =>
    [prefix(1000), Buffer.alloc(10, 0x91), Buffer.alloc(10, 0x91)].map((bytes) => {
      // A pipe delivers few bytes as the used part of a read buffer of its own.
      const chunk = Buffer.allocUnsafeSlow(65_536).subarray(0, bytes.length);
      chunk.set(bytes);
      assert.deepEqual([...decoder.push(chunk)], []);
      return new WeakRef(chunk.buffer);
    });
  const chunks = dribble();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  assert.equal(decoder.held, 24);
  assert.deepEqual(
    chunks.map((chunk) => chunk.deref()),
    [undefined, undefined, undefined],
  );
});
