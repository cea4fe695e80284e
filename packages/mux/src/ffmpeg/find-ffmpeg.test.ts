import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { MuxError } from '../mux-error.ts';
import { writeScript } from '../testing/decode.ts';
import { judge } from '../testing/judge.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { fetchedFfmpegPath } from './fetch-ffmpeg.ts';
import { findFfmpeg } from './find-ffmpeg.ts';

const ffmpeg = judge('ffmpeg', 'ffmpeg');

const refusedWith = async (found: Promise<unknown>, words: RegExp): Promise<void> => {
  await assert.rejects(found, (error) => {
    assert.ok(error instanceof MuxError && error.code === 'ffmpeg_missing');
    assert.match(error.message, words);
    return true;
  });
};

/** A program that answers as ffmpeg would, with the given answers. */
const fake = (version: string, encoder: string, amix: string): string =>
  `case "$*" in *version*) echo "${version}";; *libopus*) echo "${encoder}";; *amix*) echo "${amix}";; esac`;
const good = fake('ffmpeg version 9.9 x', 'Encoder libopus [libopus]:', 'normalize <boolean>');

test('FFMPEG_PATH is taken when it works', { skip: ffmpeg.skip }, async () => {
  const found = await findFfmpeg({ env: { FFMPEG_PATH: ffmpeg.path } });
  assert.deepEqual([found.path, found.source], [ffmpeg.path, 'FFMPEG_PATH']);
  assert.match(found.version, /^\d/);
});

test('a broken FFMPEG_PATH is an error, whatever else there is', async () => {
  using folder = new TempFolder();
  writeScript(folder.file('ffmpeg'), good);
  const silent = writeScript(folder.file('silent'), 'exit 0');
  const failing = writeScript(folder.file('failing'), 'echo broken >&2; exit 1');
  for (const [path, words] of [
    ['/nowhere', /does not run.*ENOENT/],
    [silent, /is not ffmpeg/],
    [failing, /broken/],
  ] as const) {
    await refusedWith(findFfmpeg({ env: { FFMPEG_PATH: path, PATH: folder.path } }), words);
  }
});

test('an ffmpeg without libopus or older than 4.4 is refused by name', async () => {
  using folder = new TempFolder();
  const bare = writeScript(folder.file('bare'), fake('ffmpeg version 5', 'not recognized', ''));
  const old = writeScript(folder.file('old'), fake('ffmpeg version 4.1', 'Encoder libopus', 'inputs'));
  await refusedWith(findFfmpeg({ env: { FFMPEG_PATH: bare } }), /lacks libopus/);
  await refusedWith(findFfmpeg({ env: { FFMPEG_PATH: old } }), /older than 4\.4/);
});

test('PATH comes before the fetched binary, and the fetched one is found without being allowed to fetch', async () => {
  using folder = new TempFolder();
  const dataDir = folder.file('data');
  const fetched = fetchedFfmpegPath(dataDir);
  mkdirSync(dirname(fetched), { recursive: true });
  writeScript(fetched, good);
  const tools = folder.file('tools');
  mkdirSync(tools);
  const second = await findFfmpeg({ env: { PATH: tools }, dataDir });
  if (second.source !== 'ffmpeg-static') assert.deepEqual([second.path, second.source], [fetched, 'fetched']);
  const first = writeScript(`${tools}/ffmpeg`, good);
  const found = await findFfmpeg({ env: { PATH: tools }, dataDir });
  if (found.source !== 'ffmpeg-static')
    assert.deepEqual([found.path, found.source, found.version], [first, 'PATH', '9.9']);
});

test('when nothing is found the error names everything that was tried', async (t) => {
  using folder = new TempFolder();
  const search = findFfmpeg({ env: { PATH: folder.path }, dataDir: folder.path });
  const found = await search.catch(() => null);
  if (found !== null) return t.skip(`ffmpeg-static is installed (${found.path})`);
  await refusedWith(search, /FFMPEG_PATH: not set; ffmpeg-static: .*; PATH: no ffmpeg there; fetched: /);
});
