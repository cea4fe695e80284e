import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrameBody, encodeFrame, type Frame } from './frame.ts';
import { FrameError } from './frame-error.ts';
import { maxFrameBytes } from './limits.ts';

const notification = (payload: unknown): Frame => ({ kind: 'notification', type: 't', id: null, payload });
const roundTrip = (payload: unknown): unknown =>
  decodeFrameBody(encodeFrame(notification(payload)).subarray(4)).payload;
const body = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('a frame is its length in little endian and the array [kind, type, id, payload] in plain MessagePack', () => {
  const frame: Frame = { kind: 'request', type: 'ping', id: 7, payload: { seq: 300 } };
  // 94: array of 4; 01: kind; a4: str 4; 07: id; 81: map of 1; a3: str 3; cd: uint16 in big endian.
  assert.equal(
    encodeFrame(frame).toString('hex'),
    '10000000 94 01 a470696e67 07 81 a3736571 cd012c'.replaceAll(' ', ''),
  );
});

test('keys whose value is undefined are omitted, and undefined elsewhere is null', () => {
  assert.deepEqual(roundTrip({ a: undefined, b: { c: undefined, d: 1 } }), { b: { d: 1 } });
  assert.deepEqual(roundTrip([1, undefined]), [1, null]);
  assert.equal(roundTrip(undefined), null);
});

test('integers may arrive as int or float64, the kind and the id too', () => {
  const floats = body('94 cb3ff0000000000000 a470696e67 cb401c000000000000 81 a3736571 cb4072c00000000000');
  assert.deepEqual(decodeFrameBody(floats), { kind: 'request', type: 'ping', id: 7, payload: { seq: 300 } });
});

test('64-bit integers arrive as numbers', () => {
  assert.equal(decodeFrameBody(body('94 00 a174 c0 cf 000000e8d4a51000')).payload, 1_000_000_000_000);
  assert.equal(decodeFrameBody(body('94 00 a174 c0 d3 ffffffffffffffff')).payload, -1);
});

test('binary is bin on the wire and decodes to a view of the bytes read', () => {
  const wire = encodeFrame(notification({ pcm: new Uint8Array([1, 2, 3]) }));
  assert.ok(wire.includes(Buffer.from('c403010203', 'hex')));
  const { pcm } = decodeFrameBody(wire.subarray(4)).payload as { pcm: Uint8Array };
  assert.deepEqual([...pcm], [1, 2, 3]);
  assert.equal(pcm.buffer, wire.buffer);
});

test('a key named __proto__ does not change the prototype of what is decoded', () => {
  const payload = decodeFrameBody(body('94 00 a174 c0 81 a95f5f70726f746f5f5f 81 a161 01')).payload as object;
  assert.equal(Object.getPrototypeOf(payload), Object.prototype);
  assert.equal('a' in payload, false);
});

const cycle: Record<string, unknown> = {};
cycle.again = cycle;
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
const notPlain = {
  'a Date': { when: new Date(0) },
  'an Error': { why: new Error('x') },
  'an Int16Array': { pcm: new Int16Array([1, 2]) },
  'a Map': { people: new Map() },
  'a Set in a list': { people: [new Set()] },
  'a bigint': { size: 5n },
  'a function': { call: () => 1 },
  'a symbol': { kind: Symbol('x') },
  'a cycle': cycle,
  '31 levels of nesting': deep(31),
};
for (const [what, payload] of Object.entries(notPlain)) {
  test(`${what} is refused by the sender`, () => {
    assert.throws(() => encodeFrame(notification(payload)), { name: 'FrameError', code: 'unencodable' });
  });
}

test('30 levels of nesting in a payload pass both ways', () => {
  assert.deepEqual(roundTrip(deep(30)), deep(30));
});

test('the largest frame is 1 MiB, and one byte more is refused by the sender', () => {
  const overhead = encodeFrame(notification(Buffer.alloc(70_000))).length - 4 - 70_000;
  assert.equal(encodeFrame(notification(Buffer.alloc(maxFrameBytes - overhead))).length, 4 + maxFrameBytes);
  assert.throws(() => encodeFrame(notification(Buffer.alloc(maxFrameBytes - overhead + 1))), { code: 'too_large' });
});

const refused: readonly [what: string, hex: string, code: FrameError['code'], words: RegExp][] = [
  ['an unknown kind', '94 04 a174 01 80', 'unknown_kind', /no such kind/],
  ['a fractional kind', '94 cb3fe0000000000000 a174 01 80', 'unknown_kind', /no such kind/],
  ['a kind that is a string', '94 a130 a174 01 80', 'unknown_kind', /no such kind/],
  ['a map instead of the array', '81 a161 01', 'not_a_frame', /is \[kind/],
  ['three elements', '93 00 a174 c0', 'not_a_frame', /is \[kind/],
  ['five elements', '95 00 a174 c0 80 80', 'not_a_frame', /is \[kind/],
  ['a type that is a number', '94 00 05 c0 80', 'not_a_frame', /type is a string/],
  ['a notification with an id', '94 00 a174 01 80', 'not_a_frame', /type is a string/],
  ['a request without an id', '94 01 a174 c0 80', 'not_a_frame', /type is a string/],
  ['a negative id', '94 01 a174 ff 80', 'not_a_frame', /type is a string/],
  ['a fractional id', '94 02 a174 cb3fe0000000000000 80', 'not_a_frame', /type is a string/],
  ['the unused format c1', '94 00 a174 c0 c1', 'undecodable', /refused format 0xc1/],
  ['a fixext', '94 00 a174 c0 d6 ff 00000000', 'undecodable', /refused format 0xd6/],
  ['an ext 8', '94 00 a174 c0 c7 01 72 00', 'undecodable', /refused format 0xc7/],
  ['an extension inside a map', '94 00 a174 c0 81 a161 d4 00 00', 'undecodable', /refused format 0xd4/],
  ['a value cut short', '94 00 a174 c0 cd 01', 'undecodable', /middle of a value/],
  ['a length cut short', '94 00 a174 c0 da 01', 'undecodable', /middle of a length/],
  ['a string longer than the frame', '94 00 a174 c0 db ffffffff 61', 'undecodable', /middle of a value/],
  ['binary longer than the frame', '94 00 a174 c0 c6 7fffffff 61', 'undecodable', /middle of a value/],
  ['an array of 2^32 elements', '94 00 a174 c0 dd ffffffff 01', 'undecodable', /promises more/],
  ['a map of 2^32 entries', '94 00 a174 c0 df ffffffff 01', 'undecodable', /promises more/],
  ['bytes after the frame', '94 00 a174 c0 80 00', 'undecodable', /1 bytes after/],
  ['a map key that is a list', '94 00 a174 c0 81 90 01', 'undecodable', /not what this codec reads/],
  ['32 levels of nesting', `94 00 a174 c0 ${'91'.repeat(31)} 01`, 'undecodable', /deeper than 32/],
  ['10,000 levels of nesting', `94 00 a174 c0 ${'91'.repeat(10_000)} 01`, 'undecodable', /deeper than 32/],
];
for (const [what, hex, code, words] of refused) {
  test(`${what} is refused on arrival`, () => {
    assert.throws(
      () => decodeFrameBody(body(hex)),
      (error: unknown) => error instanceof FrameError && error.code === code && words.test(error.message),
    );
  });
}
