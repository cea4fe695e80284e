import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { TempFolder } from '../testing/temp-folder.ts';
import { OpusStream } from './opus-stream.ts';
import { OggOpusWriter } from './opus-writer.ts';
import { PageScanner } from './page-scanner.ts';
import { readOpusBytes, readOpusFile, readOpusFileSync, readOpusPackets } from './read-opus.ts';

/** A file of `count` packets of 20 ms, four on a page; the packet's number is in it. */
const numbered = (count: number): Buffer => {
  const writer = new OggOpusWriter({ serial: 5, comments: {}, maxPacketsPerPage: 4 });
  const parts: (Buffer | null)[] = [writer.header()];
  for (let i = 0; i < count; i += 1) parts.push(writer.push(Uint8Array.of(0xf8, i >> 8, i & 0xff, 1, 2, 3), 960));
  parts.push(writer.end());
  return Buffer.concat(parts.filter((part) => part !== null));
};

const packetsIn = (bytes: Buffer) =>
  [...readOpusBytes(bytes)].flatMap((event) => (event.type === 'page' ? event.packets : []));
const damageIn = (bytes: Buffer) =>
  [...readOpusBytes(bytes)].flatMap((event) => (event.type === 'damage' ? [event.damage] : []));
const numberOf = (data: Uint8Array): number => ((data[1] ?? 0) << 8) | (data[2] ?? 0);

test('pieces of any size give what the whole gives', () => {
  const bytes = numbered(60);
  const whole = packetsIn(bytes).map(({ data, position }) => [numberOf(data), position]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const scanner = new PageScanner();
      const stream = new OpusStream();
      const found: number[][] = [];
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const size = sizes[i % sizes.length] as number;
        for (const event of scanner.push(Buffer.from(bytes.subarray(at, at + size)))) {
          for (const one of stream.take(event)) {
            if (one.type === 'page') found.push(...one.packets.map(({ data, position }) => [numberOf(data), position]));
          }
        }
        at += size;
      }
      assert.deepEqual([...scanner.end()], []);
      assert.deepEqual(found, whole);
    }),
    { numRuns: 60 },
  );
});

test('one flipped byte costs its page and moves no other packet', () => {
  const clean = numbered(60);
  const truth = new Map(packetsIn(clean).map(({ data, position }) => [numberOf(data), position]));
  const header = clean.length - 60 * 6 - 15 * (27 + 4);
  fc.assert(
    fc.property(fc.integer({ min: header, max: clean.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(clean);
      bytes[at] = (bytes[at] as number) ^ flip;
      const packets = packetsIn(bytes);
      assert.ok(packets.length >= 56, `${packets.length} packets left`);
      assert.ok(damageIn(bytes).length > 0);
      for (const { data, position } of packets) assert.equal(position, truth.get(numberOf(data)));
    }),
    { numRuns: 300 },
  );
});

test('garbage of any kind never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constant(Buffer.from('OggS')), fc.constant(numbered(9)))),
      (parts) => {
        const bytes = Buffer.concat(parts);
        for (const { position } of packetsIn(bytes)) assert.ok(position >= 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('all readers of a file give the same packets', async () => {
  using folder = new TempFolder();
  const path = folder.file('a.ogg');
  const bytes = numbered(9000);
  writeFileSync(path, bytes);
  const whole = packetsIn(bytes).map(({ data }) => numberOf(data));
  const lazily: number[] = [];
  for await (const { data } of readOpusPackets(path)) lazily.push(numberOf(data));
  const events: number[] = [];
  for await (const event of readOpusFile(path))
    if (event.type === 'page') events.push(...event.packets.map(({ data }) => numberOf(data)));
  const blocking: number[] = [];
  for (const event of readOpusFileSync(path))
    if (event.type === 'page') blocking.push(...event.packets.map(({ data }) => numberOf(data)));
  assert.equal(whole.length, 9000);
  for (const found of [lazily, events, blocking]) assert.deepEqual(found, whole);
});

test('pages of another stream are named and passed over', () => {
  const other = new OggOpusWriter({ serial: 6, comments: {} });
  other.push(Uint8Array.of(0xf8, 1, 2, 3, 4), 960);
  const bytes = Buffer.concat([numbered(8), other.header(), other.end()]);
  assert.equal(packetsIn(bytes).length, 8);
  assert.deepEqual([...new Set(damageIn(bytes).map(({ type }) => type))], ['foreign_stream']);
});

test('a stream without its identification header gives no packets', () => {
  const bytes = numbered(8);
  const second = bytes.indexOf('OggS', 4, 'latin1');
  assert.equal(packetsIn(bytes.subarray(second)).length, 0);
});
