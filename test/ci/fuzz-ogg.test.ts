import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { type OpusWalk, readOpusBytes, readOpusFile, repairOpusFile, walkOpusFile } from '@parley/mux';
import { segmentBytes, TempFolder, tonePackets } from '@parley/mux/testing';
import type { Prng } from '@parley/sim';
import { fuzz } from './fuzz.ts';
import { mutate, pick } from './mutate.ts';

const packets = tonePackets({ frequency: 440, levelDb: -12 }, 3 * 48_000);
const whole = segmentBytes({ userId: '1001', startSample: 4800, packets }, '100-200-20261120T120000000Z').bytes;
const unfinished = segmentBytes(
  { userId: '1001', startSample: 4800, packets, status: 'open', tornBytes: 90 },
  '100-200-20261120T120000000Z',
).bytes;

const pagesOf = (bytes: Buffer): Buffer[] => {
  const starts: number[] = [];
  for (let at = bytes.indexOf('OggS'); at >= 0; at = bytes.indexOf('OggS', at + 4)) starts.push(at);
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]));
};

/** A segment's file with pages lost, doubled, swapped or from elsewhere, bytes changed, or its tail cut off. */
const damaged = (chance: Prng): Buffer => {
  const pages = pagesOf(chance.chance(50) ? whole : unfinished);
  for (let times = chance.int(0, 3); times > 0 && pages.length > 0; times -= 1) {
    const at = chance.int(0, pages.length - 1);
    const page = pages[at] as Buffer;
    if (chance.chance(30)) pages.splice(at, 1);
    else if (chance.chance(50)) pages.splice(chance.int(0, pages.length), 0, page);
    else pages[at] = mutate(chance, page, 2);
  }
  const bytes = Buffer.concat(pages);
  return chance.chance(40) ? mutate(chance, bytes, 3) : bytes;
};

const audioIn = (bytes: Buffer): string[] =>
  [...readOpusBytes(bytes)].flatMap((event) =>
    event.type === 'page' ? event.packets.map(({ data }) => data.toString('hex')) : [],
  );

const assertWalk = (walk: OpusWalk, bytes: Buffer): void => {
  assert.equal(walk.fileBytes, bytes.length);
  assert.ok(walk.intactBytes <= bytes.length && walk.samples >= 0);
  assert.ok(walk.speech.packets + walk.silence.packets + walk.concealed.packets <= walk.packets);
  for (const { offset, bytes: length } of walk.damage) assert.ok(offset >= 0 && offset + length <= bytes.length);
};

fuzz(
  'readers agree about a damaged file, and a repair takes no packet from it',
  { short: 800, long: 40_000 },
  async (chance) => {
    using folder = new TempFolder();
    const path = folder.file('a.ogg');
    const bytes = damaged(chance);
    writeFileSync(path, bytes);
    const before = audioIn(bytes);
    const walk = walkOpusFile(path);
    assertWalk(walk, bytes);
    assert.equal(walk.packets, before.length);
    let read = 0;
    for await (const event of readOpusFile(path)) if (event.type === 'page') read += event.packets.length;
    assert.equal(read, before.length);

    const repair = await repairOpusFile(path, walk);
    const after = readFileSync(path);
    assert.equal(after.length, bytes.length - repair.cutBytes);
    assert.deepEqual(audioIn(after), before);
    const again = walkOpusFile(path);
    assertWalk(again, after);
    assert.ok(again.damage.length <= walk.damage.length, 'more damage than before');
    if (walk.lastAudioPage !== null) assert.ok(again.ended && again.intactBytes === after.length);
    assert.deepEqual(await repairOpusFile(path, again), { cutBytes: 0, endMarked: false });
  },
);

fuzz('bytes that were never a file are read to their end', { short: 3000, long: 100_000 }, (chance) => {
  const parts = Array.from({ length: chance.int(0, 12) }, () =>
    chance.chance(40)
      ? pick(chance, pagesOf(whole))
      : chance.chance(50)
        ? Buffer.from('OggS')
        : chance.bytes(chance.int(0, 300)),
  );
  for (const event of readOpusBytes(Buffer.concat(parts))) {
    if (event.type === 'page')
      for (const { position, samples } of event.packets) assert.ok(position >= 0 && samples >= 0);
  }
});
