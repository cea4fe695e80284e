import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { judge } from '../testing/judge.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import type { OpusEvent } from './opus-stream.ts';
import { OggOpusWriter } from './opus-writer.ts';
import type { OggPage } from './page.ts';
import { readOpusBytes } from './read-opus.ts';
import { SILENCE_20MS } from './silence.ts';

const pagesOf = (events: readonly OpusEvent[]): OggPage[] =>
  events.flatMap((event) => (event.type === 'page' ? [event.page] : []));
const packetsOf = (events: readonly OpusEvent[]) =>
  events.flatMap((event) => (event.type === 'page' ? event.packets : []));
const damageOf = (events: readonly OpusEvent[]) =>
  events.flatMap((event) => (event.type === 'damage' ? [event.damage] : []));

/** Any packet that is one 20 ms frame: only its first byte matters to the container. */
const anyPacket = fc
  .oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(254, 255, 256, 509, 510, 1275))
  .map((size) => Uint8Array.from({ length: size + 1 }, (_, i) => (i === 0 ? 0xf8 : i & 0xff)))
  .filter((packet) => packet.length <= 1276);

const anyWriting = fc.record({
  packets: fc.array(anyPacket, { minLength: 1, maxLength: 300 }),
  maxPacketsPerPage: fc.integer({ min: 1, max: 255 }),
  flushEvery: fc.integer({ min: 1, max: 90 }),
  reusePages: fc.boolean(),
});

test('what is written is read again: packets, positions, one end of stream, no empty last page', () => {
  fc.assert(
    fc.property(anyWriting, ({ packets, maxPacketsPerPage, flushEvery, reusePages }) => {
      const writer = new OggOpusWriter({ serial: 9, comments: { TITLE: 'x' }, maxPacketsPerPage, reusePages });
      const parts = [Buffer.from(writer.header())];
      for (const [i, packet] of packets.entries()) {
        const page = writer.push(packet, 960);
        if (page) parts.push(Buffer.from(page));
        const flushed = i % flushEvery === 0 ? writer.flush() : null;
        if (flushed) parts.push(Buffer.from(flushed));
      }
      parts.push(Buffer.from(writer.end()));
      const bytes = Buffer.concat(parts);
      const events = [...readOpusBytes(bytes)];
      const read = packetsOf(events);
      const pages = pagesOf(events);
      assert.deepEqual(damageOf(events), []);
      assert.deepEqual(
        read.map((one) => Buffer.from(one.data)),
        packets.map((one) => Buffer.from(one)),
      );
      assert.deepEqual(
        read.map((one) => one.position),
        packets.map((_, i) => i * 960),
      );
      assert.equal(pages.filter((page) => page.eos).length, 1);
      assert.ok(pages.at(-1)?.eos && pages.at(-1)?.granule === packets.length * 960);
      assert.ok(events.every((event) => event.type !== 'page' || event.packets.length <= maxPacketsPerPage));
      assert.ok(pages.slice(2).every((page) => page.lacing.length > 0 && page.lacing.length <= 255));
      assert.deepEqual(
        [writer.bytes, writer.pages, writer.packets, writer.samples],
        [bytes.length, pages.length, packets.length, packets.length * 960],
      );
    }),
    { numRuns: 150 },
  );
});

test('flush pages out everything but the newest packet', () => {
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  const header = writer.header();
  assert.equal(writer.flush(), null);
  writer.push(SILENCE_20MS, 960);
  assert.equal(writer.flush(), null);
  writer.push(SILENCE_20MS, 960);
  const page = writer.flush();
  assert.ok(page);
  assert.equal(packetsOf([...readOpusBytes(Buffer.concat([header, page]))]).length, 1);
  assert.equal(packetsOf([...readOpusBytes(Buffer.concat([header, page, writer.end()]))]).length, 2);
});

test('a stream without packets ends with nothing, and takes nothing after its end', () => {
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  writer.header();
  assert.equal(writer.end().length, 0);
  assert.throws(() => writer.push(SILENCE_20MS, 960), /has ended/);
  assert.throws(() => writer.end(), /has ended/);
});

test('a packet that fits on no page is refused', () => {
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  assert.throws(() => writer.push(new Uint8Array(65_025), 960), RangeError);
  assert.equal(writer.push(new Uint8Array(65_024), 960), null);
});

test('comments longer than a page are spread over pages and read again', () => {
  const long = 'ä'.repeat(50_000);
  const writer = new OggOpusWriter({ serial: 1, comments: { LONG: long } });
  writer.push(SILENCE_20MS, 960);
  const events = [...readOpusBytes(Buffer.concat([writer.header(), writer.end()]))];
  assert.deepEqual(damageOf(events), []);
  const tags = events.find((event) => event.type === 'tags');
  assert.equal(tags?.tags.comments[0]?.[1], long);
});

test('a comment name with an equals sign is refused', () => {
  assert.throws(() => new OggOpusWriter({ serial: 1, comments: { 'A=B': '' } }), RangeError);
});

test('a granule beyond 32 bits is written and read', () => {
  const writer = new OggOpusWriter({ serial: 1, comments: {}, granuleStart: 2 ** 33 });
  writer.push(SILENCE_20MS, 960);
  writer.push(SILENCE_20MS, 960);
  const [header, middle] = [writer.header(), writer.flush()];
  assert.ok(middle);
  const [packet] = packetsOf([...readOpusBytes(Buffer.concat([header, middle, writer.end()]))]);
  assert.equal(packet?.position, 2 ** 33);
});

const opusinfo = judge('opusinfo', 'opus-tools');
const ffprobe = judge('ffprobe', 'ffmpeg');

test('opusinfo has nothing to say against a file, ffprobe agrees on its length', {
  skip: opusinfo.skip || ffprobe.skip,
}, () => {
  using folder = new TempFolder();
  const writer = new OggOpusWriter({ serial: 77, comments: { PARLEY_USER: '1', TITLE: 'Ünïcode' } });
  const parts: (Buffer | null)[] = [writer.header()];
  for (const { packet, samples } of tonePackets({ frequency: 440, levelDb: -12 }, 3 * 48_000)) {
    parts.push(writer.push(packet, samples));
  }
  parts.push(writer.end({ granule: 2.5 * 48_000 + 48_000 / 2 - 700 }));
  const path = folder.file('a.ogg');
  writeFileSync(path, Buffer.concat(parts.filter((part) => part !== null)));
  const words = execFileSync(opusinfo.path, [path], { encoding: 'utf8' });
  assert.doesNotMatch(words, /WARNING|ERROR|Note/);
  const probed = execFileSync(
    ffprobe.path,
    ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path],
    {
      encoding: 'utf8',
    },
  );
  assert.ok(Math.abs(Number(probed) - (144_000 - 700) / 48_000) < 0.01, probed);
});
