import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpusDecoder } from '../../codec/opus-decoder.ts';
import { OpusEncoder } from '../../codec/opus-encoder.ts';
import type { FillPacket } from '../../ogg/silence.ts';
import { encodePackets, voiceSamples } from '../../testing/tones.ts';
import type { ChunkPerson, MixChunk, MixedChunk } from './chunk.ts';
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
    source: 0,
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

test('where the encoder overshoots the ceiling comes down until a listener is below -1 dBTP', async () => {
  using mixer = new ChunkMixer();
  // A ceiling of 0 dBFS leaves it all to listening.
  const { peak } = await mixer.mix(chunk([person(loud, second)], 0));
  assert.ok(peak <= 10 ** (-1 / 20), `${20 * Math.log10(peak)} dBTP`);
  assert.ok(peak > 10 ** (-3 / 20), 'and no lower than that needs');
});

test('silence is no packet at all, and has no power', async () => {
  using mixer = new ChunkMixer();
  const { sizes, bytes, powers, peak, index } = await mixer.mix(chunk([]));
  assert.deepEqual([index, sizes.length, bytes.length, peak], [3, 200, 0, 0]);
  assert.ok([...sizes, ...powers].every((value) => value === 0));
  const spoken = await mixer.mix(chunk([person(soft, second)]));
  const first = spoken.sizes.findIndex((size) => size > 0);
  const last = spoken.sizes.findLastIndex((size) => size > 0);
  assert.deepEqual([first, last], [50, 100]);
  assert.equal(
    spoken.sizes.reduce((sum, size) => sum + size, 0),
    spoken.bytes.length,
  );
});

test('a chunk comes out the same whatever was mixed before, and the largest peak is always found', async () => {
  using mixer = new ChunkMixer();
  using other = new ChunkMixer();
  const [softly, loudly] = [chunk([person(soft, -second / 2)]), chunk([person(loud, second), person(soft, 0)])];
  const [first, afterwards] = [await mixer.mix(softly), await mixer.mix(loudly)];
  const [third, fourth] = [await other.mix(loudly), await other.mix(softly)];
  assert.deepEqual(third, afterwards);
  assert.deepEqual({ ...fourth, peak: first.peak }, first);
  assert.ok(first.peak > 0.05 && first.peak < 0.15);
  assert.equal(Math.max(first.peak, afterwards.peak), Math.max(third.peak, fourth.peak));
});

test('packets that are no Opus are silence and counted, and the rest is mixed', async () => {
  using mixer = new ChunkMixer();
  const broken = soft.map((one, i) => (i === 20 ? { packet: Uint8Array.of(0xff, 0xff, 1), samples: 960 } : one));
  const { badPackets, sizes } = await mixer.mix(chunk([person(broken, second)]));
  assert.equal(badPackets, 1);
  assert.ok((sizes[80] as number) > 0);
});

test('packets of any length and any place on the grid are mixed', async () => {
  using mixer = new ChunkMixer();
  const short = soft.slice(0, 30);
  const { powers } = await mixer.mix(chunk([person(short, second + 360), person(short, 2 * second + 600)]));
  assert.ok((powers[11] as number) > 0 && (powers[21] as number) > 0);
  assert.equal(powers[5], 0);
});

/** Mono samples as stereo packets, the right channel by this much softer. */
const panned = (mono: Float32Array, right: number): FillPacket[] => {
  using encoder = new OpusEncoder({ bitrate: 128_000 });
  return Array.from({ length: mono.length / 960 }, (_, frame) => ({
    packet: encoder.encode(
      Int16Array.from({ length: 1920 }, (_v, i) =>
        Math.round((mono[frame * 960 + (i >> 1)] as number) * (i % 2 === 0 ? 32_767 : 32_767 * right)),
      ),
    ),
    samples: 960,
  }));
};

/** The packets of the mix: silence is an empty one. */
const packetsOf = ({ sizes, bytes }: MixedChunk): Uint8Array[] => {
  let offset = 0;
  return Array.from(sizes, (size) => {
    offset += size;
    return bytes.subarray(offset - size, offset);
  });
};

const stereoAt = (packet: Uint8Array | undefined): boolean => ((packet?.[0] ?? 0) & 4) !== 0;

/** Root mean square of each channel, decoded from these packets. */
const loudnessOf = (packets: readonly Uint8Array[]): [left: number, right: number] => {
  using decoder = new OpusDecoder();
  const sums: [number, number] = [0, 0];
  let samples = 0;
  for (const packet of packets) {
    const pcm = decoder.decode(packet);
    for (let i = 0; i < pcm.length; i += 2) {
      sums[0] += (pcm[i] as number) ** 2;
      sums[1] += (pcm[i + 1] as number) ** 2;
    }
    samples += pcm.length / 2;
  }
  return [Math.sqrt(sums[0] / samples), Math.sqrt(sums[1] / samples)];
};

test('who stands in the middle is one channel, who stands aside stays there, and one stereo voice makes all stereo', async () => {
  using mixer = new ChunkMixer();
  const voice = voiceSamples(140, -12, 2 * second, 6);
  const aside = person(panned(voice, 0.25), second);
  const middle = person(panned(voice, 1), second);
  const single = person(encodePackets(voice, { channels: 1 }), second);
  const spoken = async (people: readonly ChunkPerson[]) => packetsOf(await mixer.mix(chunk(people))).slice(52, 148);
  for (const packets of [await spoken([middle]), await spoken([single]), await spoken([single, middle])]) {
    assert.ok(!packets.some(stereoAt));
    const [left, right] = loudnessOf(packets);
    assert.equal(left, right);
  }
  const packets = await spoken([aside]);
  assert.ok(packets.every(stereoAt));
  const [left, right] = loudnessOf(packets);
  assert.ok(Math.abs(20 * Math.log10(left / right) - 12) < 0.3, `${left} and ${right}`);
  assert.ok((await spoken([single, aside])).every(stereoAt));
  const [wanted] = loudnessOf(await spoken([single]));
  assert.ok(Math.abs(20 * Math.log10(wanted / left)) < 0.2, `${wanted} and ${left}`);
});

test('where a chunk in stereo meets one of one channel in mid-speech nothing is heard', async () => {
  using mixer = new ChunkMixer();
  const voice = voiceSamples(140, -12, 7 * second, 6);
  const packets = encodePackets(voice, { channels: 1 });
  const people = (start: number) => [
    person(packets, start),
    person(panned(voiceSamples(220, -20, second / 2, 7), 0), start + second),
  ];
  const [before, after] = [
    await mixer.mix(chunk(people(second / 2))),
    await mixer.mix(chunk(people(second / 2 - 4 * second))),
  ];
  const made = [before, after].map(packetsOf) as [Uint8Array[], Uint8Array[]];
  assert.ok(made[0].slice(30).every(stereoAt) && !made[1].slice(0, 100).some(stereoAt));
  using decoder = new OpusDecoder({ channels: 1 });
  const heard = [...made[0].slice(25), ...made[1]].flatMap((packet) => [...decoder.decode(packet)]);
  using fresh = new OpusDecoder({ channels: 1 });
  const wanted = packets.flatMap(({ packet }) => [...fresh.decode(packet)]);
  /** The error of 5 ms in dB below the voice around. */
  const errorAt = (from: number): number => {
    let [error, level] = [0, 0];
    for (let i = from; i < from + 240; i += 1) error += ((heard[i] as number) - (wanted[i] as number)) ** 2;
    for (let i = from - 240; i < from + 480; i += 1) level += (wanted[i] as number) ** 2 / 3;
    return 10 * Math.log10(error / level);
  };
  const joint = 4 * second - second / 2;
  const elsewhere = Array.from({ length: 300 }, (_, i) => errorAt(second * 1.7 + i * 240)).toSorted((a, b) => a - b);
  const p95 = elsewhere[285] as number;
  const worst = Math.max(...Array.from({ length: 24 }, (_, i) => errorAt(joint + (i - 4) * 240)));
  assert.ok(p95 < -10, `${p95} dB`);
  assert.ok(worst <= p95 + 2.3, `${worst} dB at the joint, p95 ${p95} dB elsewhere`);
});
