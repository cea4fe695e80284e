import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { SILENCE_20MS } from '../ogg/silence.ts';
import { toneLevel } from '../testing/decode.ts';
import { toneSamples } from '../testing/tones.ts';
import type { Bandwidth, ChannelCount, Mode } from './ctl.ts';
import { findInPlace } from './in-place.ts';
import { tryCodec } from './load-codec.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { ENCODER_LOOKAHEAD, OpusEncoder } from './opus-encoder.ts';

/** Interleaved 16-bit frames of a sine. */
const frames = (count: number, levelDb = -12): Int16Array[] => {
  const mono = toneSamples({ frequency: 440, levelDb }, count * 960);
  return Array.from({ length: count }, (_, frame) =>
    Int16Array.from({ length: 1920 }, (_, i) => Math.round((mono[frame * 960 + (i >> 1)] as number) * 32_767)),
  );
};

const leftOf = (pieces: readonly Int16Array[]): Float32Array =>
  Float32Array.from(pieces.flatMap((piece) => [...piece].filter((_, i) => i % 2 === 0).map((value) => value / 32_768)));

const throughCodec = (input: readonly Int16Array[], gainDb = 0): Float32Array => {
  using encoder = new OpusEncoder();
  using decoder = new OpusDecoder({ gainDb });
  return leftOf(input.map((frame) => decoder.decode(encoder.encode(frame))));
};

test('a tone comes back as loud as it was, and 312 samples late', () => {
  const back = throughCodec(frames(50));
  assert.ok(Math.abs(toneLevel(back, 440, 9600, 38_400) + 12) < 0.1);
  const wanted = toneSamples({ frequency: 440, levelDb: -12 }, 48_000);
  let error = 0;
  for (let i = 9600; i < 38_400; i += 1) {
    error = Math.max(error, Math.abs((back[i + ENCODER_LOOKAHEAD] as number) - (wanted[i] as number)));
  }
  assert.ok(error < 0.02, `${error}`);
});

test('a gain of the decoder makes room above full scale', () => {
  const loud = frames(50, 3);
  assert.ok(toneLevel(throughCodec(loud), 440, 9600, 38_400) < 2.5, 'the input itself is clipped');
  const back = throughCodec(frames(50, -6), -6);
  assert.ok(Math.abs(toneLevel(back, 440, 9600, 38_400) + 12) < 0.1);
});

/** The TOC configurations (RFC 6716 §3.1) that each forced mode may come out as at 20 ms. */
const forced: [Mode, Bandwidth, ChannelCount, number, boolean][] = [
  ['silk', 'wide', 'mono', 9, false],
  ['silk', 'narrow', 'stereo', 1, true],
  ['hybrid', 'full', 'mono', 15, false],
  ['hybrid', 'superWide', 'stereo', 13, true],
  ['celt', 'full', 'stereo', 31, true],
  ['celt', 'wide', 'mono', 23, false],
];
for (const [mode, bandwidth, channels, config, stereo] of forced) {
  test(`the encoder obeys: ${mode}, ${bandwidth}, ${channels}`, () => {
    using encoder = new OpusEncoder({ bitrate: 64_000 });
    encoder.setMode(mode);
    encoder.setBandwidth(bandwidth);
    encoder.setChannels(channels);
    const toc = frames(6)
      .map((frame) => encoder.encode(frame)[0] as number)
      .at(-1) as number;
    assert.deepEqual([toc >> 3, (toc & 4) !== 0, toc & 3], [config, stereo, 0]);
  });
}

test('at the bitrate of speech a voice becomes hybrid, music CELT', () => {
  for (const [signal, isHybrid] of [
    ['voice', true],
    ['music', false],
  ] as const) {
    using encoder = new OpusEncoder({ bitrate: 40_000 });
    encoder.setChannels('mono');
    encoder.setSignal(signal);
    encoder.setExpectedLoss(signal === 'voice' ? 5 : 0);
    const toc = frames(10).map((frame) => encoder.encode(frame)[0] as number);
    const config = (toc.at(-1) as number) >> 3;
    assert.equal(config >= 12 && config <= 15, isHybrid, `${config}`);
    assert.equal(config >= 16, !isHybrid, `${config}`);
  }
});

test('without prediction a frame is understood by a decoder that heard nothing before', () => {
  const errorOf = (disabled: boolean): number => {
    using encoder = new OpusEncoder();
    using heard = new OpusDecoder();
    using deaf = new OpusDecoder();
    const input = frames(12);
    for (const frame of input.slice(0, 10)) heard.decode(encoder.encode(frame));
    for (let i = 0; i < 3; i += 1) deaf.decode(SILENCE_20MS);
    encoder.setPredictionDisabled(disabled);
    const packets = input.slice(10).map((frame) => encoder.encode(frame));
    const [wanted, got] = [heard, deaf].map((decoder) => leftOf(packets.map((packet) => decoder.decode(packet))));
    return wanted?.subarray(960).reduce((sum, value, i) => sum + (value - (got?.[i + 960] ?? 0)) ** 2, 0) ?? 0;
  };
  assert.ok(errorOf(true) < errorOf(false) / 10, `${errorOf(true)} and ${errorOf(false)}`);
});

test('packets that are no Opus become silence of their length, and are counted', () => {
  using decoder = new OpusDecoder();
  using encoder = new OpusEncoder();
  const [good] = frames(1) as [Int16Array];
  decoder.decode(encoder.encode(good));
  for (const [packet, samples] of [
    [Uint8Array.of(), 960],
    [Uint8Array.of(0xff, 0xff, 0xff, 1, 2), 960],
    [Uint8Array.of(0xf9, 1, 2, 3), 960],
  ] as const) {
    const pcm = decoder.decode(packet);
    assert.equal(pcm.length, samples * 2);
    assert.ok(pcm.every((value) => value === 0));
  }
  assert.equal(decoder.badPackets, 3);
  assert.ok(decoder.decode(encoder.encode(good)).some((value) => value !== 0));
});

test('what is encoded or decoded in place is the same, until the next is', () => {
  using encoder = new OpusEncoder();
  using other = new OpusEncoder();
  const packets = frames(6).map((frame) => encoder.encode(frame));
  assert.deepEqual(
    frames(6).map((frame) => Uint8Array.from(other.encodeInPlace(frame))),
    packets,
  );
  assert.throws(() => other.encodeInPlace(new Int16Array(1000)), RangeError);
  for (const channels of [1, 2] as const) {
    using copying = new OpusDecoder({ channels });
    using inPlace = new OpusDecoder({ channels });
    for (const packet of [...packets, Uint8Array.of(0xf8), SILENCE_20MS, Uint8Array.of(0xf9, 1, 2, 3)]) {
      const wanted = copying.decode(packet);
      assert.deepEqual(Int16Array.from(inPlace.decodeInPlace(packet)), wanted);
    }
    assert.equal(inPlace.badPackets, copying.badPackets);
  }
});

test('decoding in place is the way of the native form alone, as it is known, and is tried before it is used', () => {
  const codec = tryCodec(() => createRequire(import.meta.url)('@evan/opus/lib.js'));
  assert.ok(codec.usable && (codec.inPlace !== null) === (codec.form === 'native'));
  const wasm = tryCodec(() => createRequire(import.meta.url)('@evan/opus/wasm/index.js'));
  assert.ok(wasm.usable && wasm.form === 'wasm' && wasm.inPlace === null);
  class Elsewhere {
    decode(): Uint8Array {
      return Uint8Array.of(1, 2);
    }
  }
  class Copying extends Elsewhere {}
  const buffers = { decoder: () => new Uint8Array(64), encoder: () => new Uint8Array(64) };
  for (const native of [{}, { buffers: {} }, { buffers, Decoder: Copying, Encoder: Copying }]) {
    assert.equal(
      findInPlace(new Int16Array(1920), () => native),
      null,
    );
  }
});

test('a packet of its TOC alone conceals', () => {
  using decoder = new OpusDecoder();
  using encoder = new OpusEncoder();
  for (const frame of frames(5)) decoder.decode(encoder.encode(frame));
  const concealed = decoder.decode(Uint8Array.of(0xfc));
  assert.equal(concealed.length, 1920);
  assert.ok(concealed.some((value) => Math.abs(value) > 1000));
  assert.equal(decoder.badPackets, 0);
});

test('after a reset encoder and decoder do as new ones', () => {
  const input = frames(8);
  using encoder = new OpusEncoder();
  using decoder = new OpusDecoder();
  const run = (): [Uint8Array[], Int16Array[]] => {
    const packets = input.map((frame) => encoder.encode(frame));
    return [packets, packets.map((packet) => decoder.decode(packet))];
  };
  const first = run();
  encoder.reset();
  decoder.reset();
  assert.deepEqual(run(), first);
});

test('a frame of a length Opus does not have is refused', () => {
  using encoder = new OpusEncoder();
  assert.throws(() => encoder.encode(new Int16Array(1000)), RangeError);
});

test('a codec that does not load, or does not work, is told as unusable', () => {
  class Broken {
    encode(): Uint8Array {
      throw new Error('no');
    }
  }
  for (const [load, reason] of [
    [() => ({}), /no Encoder/],
    [
      () => {
        throw new Error('no such file');
      },
      /no such file/,
    ],
    [() => ({ Encoder: Broken, Decoder: Broken }), /^no$/],
  ] as const) {
    const codec = tryCodec(load);
    assert.ok(!codec.usable);
    assert.match(codec.reason, reason);
  }
});
