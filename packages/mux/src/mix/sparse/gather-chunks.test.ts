import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { OggOpusWriter } from '../../ogg/opus-writer.ts';
import { silenceFill } from '../../ogg/silence.ts';
import { TempFolder } from '../../testing/temp-folder.ts';
import { CHUNK_SAMPLES, LEAD_SAMPLES, type MixChunk, TRAIL_SAMPLES } from './chunk.ts';
import { ChunkGatherer } from './gather-chunks.ts';

const second = 48_000;

/** A track with made-up packets in these stretches of seconds; each packet tells its number. */
const writeTrack = (path: string, seconds: number, stretches: readonly (readonly [number, number])[]): number[] => {
  const writer = new OggOpusWriter({ serial: 1, comments: {} });
  const pieces = [writer.header()];
  const positions: number[] = [];
  const push = (packet: Uint8Array, samples: number): void => {
    const page = writer.push(packet, samples);
    if (page !== null) pieces.push(page);
  };
  let at = 0;
  const fillTo = (to: number): void => {
    for (const { packet, samples } of silenceFill(to - at)) push(packet, samples);
    at = to;
  };
  for (const [from, to] of stretches) {
    fillTo(from * second);
    for (; at < to * second; at += 960) {
      push(Uint8Array.of(0xfc, positions.length >> 8, positions.length & 255, 7), 960);
      positions.push(at);
    }
  }
  fillTo(seconds * second + 360);
  pieces.push(writer.end({ granule: seconds * second + 312 }));
  writeFileSync(path, Buffer.concat(pieces));
  return positions;
};

const chunksOf = (tracks: readonly string[], seconds: number): MixChunk[] => {
  const sources = tracks.map((track, i) => ({ userId: String(i), track }));
  using gatherer = new ChunkGatherer(sources, seconds * second, -3);
  const chunks: MixChunk[] = [];
  for (let chunk = gatherer.next(); chunk !== null; chunk = gatherer.next()) chunks.push(chunk);
  return chunks;
};

test('chunks follow each other to the end, and cut in pauses', () => {
  using folder = new TempFolder();
  const track = folder.file('1.ogg');
  writeTrack(track, 40, [
    [1, 9.5],
    [10, 30],
  ]);
  const chunks = chunksOf([track], 40);
  assert.deepEqual(
    chunks.map(({ index }) => index),
    chunks.map((_, i) => i),
  );
  assert.equal(chunks[0]?.from, 0);
  assert.equal(chunks.at(-1)?.to, Math.ceil((40 * second + 312) / 960) * 960);
  for (const [i, { from, to }] of chunks.entries()) {
    assert.ok(to > from && to - from <= CHUNK_SAMPLES);
    if (i > 0) assert.equal(from, chunks[i - 1]?.to);
    if (i < chunks.length - 1) assert.equal(to % 4800, 0);
  }
  const [first] = chunks;
  assert.ok((first?.to ?? 0) > 9.5 * second && (first?.to ?? 0) < 10 * second, `${first?.to}`);
});

test('without pauses chunks are as long as they may be', () => {
  using folder = new TempFolder();
  const track = folder.file('1.ogg');
  writeTrack(track, 30, [[0, 30]]);
  assert.deepEqual(
    chunksOf([track], 30)
      .slice(0, -1)
      .map(({ from, to }) => to - from),
    [CHUNK_SAMPLES, CHUNK_SAMPLES],
  );
});

test('a chunk holds every packet it needs, and its own bytes', () => {
  using folder = new TempFolder();
  const track = folder.file('1.ogg');
  const positions = writeTrack(track, 30, [
    [0.5, 14],
    [15, 29],
  ]);
  for (const { from, to, people } of chunksOf([track], 30)) {
    const wanted = positions.flatMap((position, number) =>
      position + 960 > from - LEAD_SAMPLES && position < to + TRAIL_SAMPLES ? [{ position, number }] : [],
    );
    const [person] = people;
    assert.deepEqual(
      [...(person?.positions ?? [])].map((position) => position + from),
      wanted.map(({ position }) => position),
    );
    assert.deepEqual(
      wanted.map((_, i) => ((person?.bytes[4 * i + 1] ?? 0) << 8) + (person?.bytes[4 * i + 2] ?? 0)),
      wanted.map(({ number }) => number),
    );
  }
});

test('a person who is silent in a chunk is not in it', () => {
  using folder = new TempFolder();
  const [ada, bob] = [folder.file('1.ogg'), folder.file('2.ogg')];
  writeTrack(ada, 40, [[0, 5]]);
  writeTrack(bob, 40, [[35, 39]]);
  const people = chunksOf([ada, bob], 40).map(({ people }) => people.length);
  assert.equal(people[0], 1);
  assert.equal(people.at(-1), 1);
  assert.ok(people.includes(0), `${people}`);
});
