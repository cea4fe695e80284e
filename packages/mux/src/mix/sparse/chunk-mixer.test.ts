import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FillPacket } from '../../ogg/silence.ts';
import { encodePackets, voiceSamples } from '../../testing/tones.ts';
import type { ChunkPerson, MixChunk } from './chunk.ts';
import { ChunkMixer } from './chunk-mixer.ts';

const second = 48_000;

/** A person who says these packets from `start` on. */
const person = (packets: readonly FillPacket[], start: number): ChunkPerson => {
  let at = start;
  const positions = packets.map(({ samples }) => {
    at += samples;
    return at - samples;
  });
  return {
    positions: Int32Array.from(positions),
    samples: Uint16Array.from(packets, ({ samples }) => samples),
    sizes: Uint16Array.from(packets, ({ packet }) => packet.length),
    bytes: Buffer.concat(packets.map(({ packet }) => packet)),
  };
};

const chunk = (people: readonly ChunkPerson[], ceilingDb = -3): MixChunk => ({
  ...{ index: 3, from: 480_000, to: 480_000 + 4 * second, ceilingDb, people },
});

const loud = encodePackets(voiceSamples(140, 10, 2 * second, 5), { bitrate: 96_000 });
const soft = encodePackets(voiceSamples(140, -20, second, 6));

test('where the encoder overshoots the ceiling comes down until a listener is below -1 dBTP', () => {
  using mixer = new ChunkMixer();
  // A ceiling of 0 dBFS leaves it all to listening.
  const { peak } = mixer.mix(chunk([person(loud, second)], 0));
  assert.ok(peak <= 10 ** (-1 / 20), `${20 * Math.log10(peak)} dBTP`);
  assert.ok(peak > 10 ** (-3 / 20), 'and no lower than that needs');
});

test('silence is no packet at all, and has no power', () => {
  using mixer = new ChunkMixer();
  const { sizes, bytes, powers, peak, index } = mixer.mix(chunk([]));
  assert.deepEqual([index, sizes.length, bytes.length, peak], [3, 200, 0, 0]);
  assert.ok([...sizes, ...powers].every((value) => value === 0));
  const spoken = mixer.mix(chunk([person(soft, second)]));
  const first = spoken.sizes.findIndex((size) => size > 0);
  const last = spoken.sizes.findLastIndex((size) => size > 0);
  assert.deepEqual([first, last], [50, 100]);
  assert.equal(
    spoken.sizes.reduce((sum, size) => sum + size, 0),
    spoken.bytes.length,
  );
});

test('a chunk comes out the same whatever was mixed before', () => {
  using mixer = new ChunkMixer();
  const wanted = mixer.mix(chunk([person(soft, -second)]));
  mixer.mix(chunk([person(loud, second), person(soft, 0)]));
  assert.deepEqual(mixer.mix(chunk([person(soft, -second)])), wanted);
});

test('packets that are no Opus are silence and counted, and the rest is mixed', () => {
  using mixer = new ChunkMixer();
  const broken = soft.map((one, i) => (i === 20 ? { packet: Uint8Array.of(0xff, 0xff, 1), samples: 960 } : one));
  const { badPackets, sizes } = mixer.mix(chunk([person(broken, second)]));
  assert.equal(badPackets, 1);
  assert.ok((sizes[80] as number) > 0);
});

test('packets of any length and any place on the grid are mixed', () => {
  using mixer = new ChunkMixer();
  const short = soft.slice(0, 30);
  const { powers } = mixer.mix(chunk([person(short, second + 360), person(short, 2 * second + 600)]));
  assert.ok((powers[11] as number) > 0 && (powers[21] as number) > 0);
  assert.equal(powers[5], 0);
});
