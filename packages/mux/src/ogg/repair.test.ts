import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { judge } from '../testing/judge.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { OggOpusWriter } from './opus-writer.ts';
import { repairOpusFile } from './repair.ts';
import { walkOpusFile } from './walk.ts';

/** A file of several pages and the offsets at which its pages begin. */
const someFile = (): { bytes: Buffer; starts: number[] } => {
  const writer = new OggOpusWriter({ serial: 3, comments: {}, maxPacketsPerPage: 5 });
  const parts: (Buffer | null)[] = [writer.header()];
  for (const { packet, samples } of tonePackets({ frequency: 300, levelDb: -20 }, 20 * 960, { bitrate: 24_000 })) {
    parts.push(writer.push(packet, samples));
  }
  parts.push(writer.end());
  const bytes = Buffer.concat(parts.filter((part) => part !== null));
  const starts: number[] = [];
  for (let at = bytes.indexOf('OggS'); at >= 0; at = bytes.indexOf('OggS', at + 4)) starts.push(at);
  return { bytes, starts };
};

const opusinfo = judge('opusinfo', 'opus-tools');
const opusdec = judge('opusdec', 'opus-tools');

test('a file cut at any byte of its last two pages is read up to the last whole page, and repaired', async () => {
  using folder = new TempFolder();
  const path = folder.file('torn.ogg');
  const { bytes, starts } = someFile();
  const from = starts.at(-2) as number;
  const last = starts.at(-1) as number;
  for (let length = from; length < bytes.length; length += 1) {
    writeFileSync(path, bytes.subarray(0, length));
    const torn = walkOpusFile(path);
    const packets = length >= last ? 15 : 10;
    assert.equal(torn.packets, packets, `cut at ${length}`);
    const repair = await repairOpusFile(path, torn);
    assert.equal(repair.cutBytes, length - (length >= last ? last : from));
    assert.ok(repair.endMarked);
    const whole = walkOpusFile(path);
    assert.deepEqual([whole.damage, whole.ended, whole.packets], [[], true, packets], `cut at ${length}`);
  }
});

test('outside judges read repaired files without a word', { skip: opusinfo.skip || opusdec.skip }, async () => {
  using folder = new TempFolder();
  const path = folder.file('torn.ogg');
  const { bytes, starts } = someFile();
  for (const length of [starts.at(-2), (starts.at(-2) as number) + 30, starts.at(-1), bytes.length - 1] as number[]) {
    writeFileSync(path, bytes.subarray(0, length));
    const walk = walkOpusFile(path);
    await repairOpusFile(path, walk);
    assert.doesNotMatch(execFileSync(opusinfo.path, [path], { encoding: 'utf8' }), /WARNING|ERROR|Note/);
    execFileSync(opusdec.path, ['--quiet', '--rate', '48000', path, folder.file('out.wav')]);
    const pcmBytes = readFileSync(folder.file('out.wav')).length - 44;
    assert.equal(pcmBytes / 4, walk.samples - 312);
  }
});

test('repairing twice changes nothing the second time, and a whole file is never touched', async () => {
  using folder = new TempFolder();
  const path = folder.file('a.ogg');
  const { bytes } = someFile();
  writeFileSync(path, bytes);
  assert.deepEqual(await repairOpusFile(path, walkOpusFile(path)), { cutBytes: 0, endMarked: false });
  assert.deepEqual(readFileSync(path), bytes);
  writeFileSync(path, bytes.subarray(0, bytes.length - 3));
  await repairOpusFile(path, walkOpusFile(path));
  const once = readFileSync(path);
  assert.deepEqual(await repairOpusFile(path, walkOpusFile(path)), { cutBytes: 0, endMarked: false });
  assert.deepEqual(readFileSync(path), once);
});

test('a file of headers alone is left as it is', async () => {
  using folder = new TempFolder();
  const path = folder.file('a.ogg');
  const header = new OggOpusWriter({ serial: 1, comments: {} }).header();
  writeFileSync(path, Buffer.concat([header, Buffer.from('OggS')]));
  assert.deepEqual(await repairOpusFile(path, walkOpusFile(path)), { cutBytes: 0, endMarked: false });
  assert.equal(readFileSync(path).length, header.length + 4);
});
