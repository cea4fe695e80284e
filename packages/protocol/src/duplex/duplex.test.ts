import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AudioFrame, decodeAudioFrame, encodeAudioFrame, isOlderEpoch } from './audio-frame.ts';
import { clientMessages } from './client-messages.ts';
import { decodeClientMessage, decodeServerMessage } from './decode.ts';
import { base64OfSamples, FloatAudioError, samplesOfBase64 } from './float-audio.ts';
import { maxFramesMessageBytes, maxMessageBytes } from './limits.ts';
import { serverMessages } from './server-messages.ts';

interface GoldenFrame extends Omit<AudioFrame, 'samples'> {
  readonly rate: number;
  readonly count: number;
  readonly head: string;
  readonly first: string;
}
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  readonly client: Readonly<Record<string, string>>;
  readonly server: Readonly<Record<string, string>>;
  readonly frames: Readonly<Record<string, GoldenFrame>>;
};

for (const [name, text] of Object.entries(golden.client)) {
  test(`a browser’s ${name} is taken, with everything that was in it`, () => {
    const decoded = decodeClientMessage(text);
    assert.ok(decoded.ok, JSON.stringify(decoded));
    const sent = JSON.parse(text) as Record<string, unknown>;
    for (const [key, value] of Object.entries(sent)) assert.deepEqual(decoded.message[key], value, key);
  });
}

for (const [name, text] of Object.entries(golden.server)) {
  test(`the server’s ${name} comes back as it was`, () => {
    const decoded = decodeServerMessage(text);
    assert.ok(decoded.ok, JSON.stringify(decoded));
    assert.deepEqual(decoded.message, JSON.parse(text));
  });
}

test('there is a golden message of every type, both ways', () => {
  const typesOf = (messages: Readonly<Record<string, string>>) =>
    new Set(Object.values(messages).map((text) => (JSON.parse(text) as { type: string }).type));
  assert.deepEqual([...typesOf(golden.client)].toSorted(), Object.keys(clientMessages).toSorted());
  assert.deepEqual([...typesOf(golden.server)].toSorted(), Object.keys(serverMessages).toSorted());
});

test('other names of fields mean the same; of both, the proper one counts', () => {
  const documented = decodeClientMessage('{"type":"audio_chunk","audio":"AAAAPw=="}');
  assert.ok(documented.ok && documented.message.type === 'audio_chunk');
  assert.equal(documented.message.audio_base64, 'AAAAPw==');
  const both = decodeClientMessage('{"type":"prepare","system_prompt":"a","prefix_system_prompt":"b"}');
  assert.ok(both.ok && both.message.type === 'prepare' && both.message.system_prompt === 'a');
});

const refusals: readonly (readonly [string, string, string])[] = [
  ['what is no JSON', '{"type":', 'bad_json'],
  ['a list', '[]', 'bad_json'],
  ['an object without a type', '{}', 'bad_json'],
  ['a type nobody knows', '{"type":"dance"}', 'unknown_type'],
  ['a type that is a method of every object', '{"type":"constructor"}', 'unknown_type'],
  ['a chunk without audio', '{"type":"audio_chunk"}', 'bad_message'],
  ['a pause of no time', '{"type":"pause","timeout":0}', 'bad_message'],
  ['chunks that are too short', '{"type":"prepare","config":{"chunk_ms":99}}', 'bad_config'],
  ['chunks that are too long', '{"type":"prepare","config":{"chunk_ms":2001}}', 'bad_config'],
  ['another rate', '{"type":"prepare","config":{"sample_rate":48000}}', 'bad_config'],
  ['an empty text', '{"type":"text","text":""}', 'bad_message'],
  [
    'a message beyond 1 MiB',
    JSON.stringify({ type: 'audio_chunk', audio_base64: 'A'.repeat(maxMessageBytes) }),
    'too_big',
  ],
  [
    'pictures beyond 4 MiB',
    JSON.stringify({ type: 'audio_chunk', audio_base64: '', frame_base64_list: ['A'.repeat(maxFramesMessageBytes)] }),
    'too_big',
  ],
  [
    'a diagnostic that is too long',
    JSON.stringify({ type: 'client_diagnostic', metrics: 'x'.repeat(20_000) }),
    'bad_message',
  ],
];
for (const [name, text, code] of refusals) {
  test(`refused with ${code}: ${name}`, () => {
    const decoded = decodeClientMessage(text);
    assert.equal(decoded.ok ? 'taken' : decoded.code, code);
  });
}

test('a chunk with pictures may have more than 1 MiB', () => {
  const text = JSON.stringify({
    type: 'audio_chunk',
    audio_base64: 'AAAA',
    frame_base64_list: ['A'.repeat(2 * maxMessageBytes)],
  });
  assert.ok(decodeClientMessage(text).ok);
});

for (const [name, { rate, count, head, first, ...frame }] of Object.entries(golden.frames)) {
  test(`the bytes of ${name} are the golden ones`, () => {
    const samples = Int16Array.from({ length: count }, (_, at) => (at === 0 ? 1 : at === 1 ? -1 : 0));
    const bytes = encodeAudioFrame({ ...frame, samples });
    assert.equal(Buffer.from(bytes.subarray(0, 12)).toString('hex'), head);
    assert.equal(Buffer.from(bytes.subarray(12, 16)).toString('hex'), first);
    assert.deepEqual(decodeAudioFrame(bytes, rate), { ...frame, samples });
  });
}

test('frames that are too short, too long, torn or of no kind are none; the last of a turn may be short', () => {
  const frame = (count: number, endOfTurn = false): Uint8Array =>
    encodeAudioFrame({ kind: 'speech', epoch: 1, endOfTurn, position: 0, samples: new Int16Array(count) });
  assert.equal(typeof decodeAudioFrame(frame(479), 24_000), 'string');
  assert.equal(typeof decodeAudioFrame(frame(480), 24_000), 'object');
  assert.equal(typeof decodeAudioFrame(frame(2400), 24_000), 'object');
  assert.equal(typeof decodeAudioFrame(frame(2401), 24_000), 'string');
  assert.equal(typeof decodeAudioFrame(frame(0, true), 24_000), 'object');
  assert.equal(typeof decodeAudioFrame(frame(480).subarray(0, 971), 24_000), 'string');
  assert.equal(typeof decodeAudioFrame(Uint8Array.of(1, 2, 3), 24_000), 'string');
  const other = frame(480);
  other[0] = 9;
  assert.equal(typeof decodeAudioFrame(other, 24_000), 'string');
});

test('base64 f32le and 16 bit are the same sound, to the last bit', () => {
  const samples = Int16Array.from({ length: 4000 }, (_, at) => Math.round(32_767 * Math.sin(at / 7)));
  assert.deepEqual(samplesOfBase64(base64OfSamples(samples)), samples);
  const extremes = Int16Array.of(-32_768, -1, 0, 1, 32_767);
  assert.deepEqual(samplesOfBase64(base64OfSamples(extremes)), extremes);
});

test('beyond full scale is limited, what is no number is silent, half a sample is refused', () => {
  const floats = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');
  assert.deepEqual(
    [...samplesOfBase64(floats(2, -2, Number.NaN, Number.POSITIVE_INFINITY))],
    [32_767, -32_768, 0, 32_767],
  );
  assert.throws(() => samplesOfBase64('AAAA'), FloatAudioError);
  assert.throws(() => samplesOfBase64('not base64!'), FloatAudioError);
});

const epochs: readonly (readonly [number, number, boolean])[] = [
  [0, 1, true],
  [1, 1, false],
  [2, 1, false],
  [65_535, 0, true],
  [0, 65_535, false],
];
for (const [a, b, older] of epochs) {
  test(`epoch ${a} is ${older ? '' : 'not '}older than ${b}`, () => assert.equal(isOlderEpoch(a, b), older));
}

test('10,000 messages of any kind are taken or refused, never thrown at anybody', () => {
  const texts = Object.values(golden.client);
  const mutated = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.string({ maxLength: 4 })).map(([text, at, put]) => {
    const place = at % text.length;
    return text.slice(0, place) + put + text.slice(place + 1);
  });
  const objects = fc
    .record({ type: fc.constantFrom(...Object.keys(clientMessages), 'x') })
    .chain(({ type }) =>
      fc
        .dictionary(
          fc.constantFrom('audio_base64', 'config', 'timeout', 'text', 'on', 'frame_base64_list'),
          fc.jsonValue(),
        )
        .map((rest) => JSON.stringify({ type, ...rest })),
    );
  fc.assert(
    fc.property(fc.oneof(mutated, objects, fc.string(), fc.json()), (text) => {
      const decoded = decodeClientMessage(text);
      assert.equal(typeof decoded.ok, 'boolean');
    }),
    { numRuns: 10_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      const frame = decodeAudioFrame(bytes, 16_000);
      if (typeof frame !== 'string')
        assert.deepEqual(Buffer.from(encodeAudioFrame(frame)).subarray(12), Buffer.from(bytes).subarray(12));
    }),
    { numRuns: 10_000 },
  );
});
