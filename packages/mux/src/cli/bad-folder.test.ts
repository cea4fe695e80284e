import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { recordingLayout } from '../formats/recording-layout.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { snapshotOf } from '../testing/snapshot.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { exitCode } from './exit-codes.ts';
import { runCli } from './run-cli.ts';

const run = async (args: readonly string[]): Promise<{ code: number; words: string }> => {
  const lines: string[] = [];
  const output = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
  const code = await runCli({ args, env: { FFMPEG_PATH: '/nowhere' }, output, signal: new AbortController().signal });
  return { code, words: lines.join('\n') };
};

/** Every mode the command has. */
const modes: readonly (readonly string[])[] = [
  [],
  ['--tracks'],
  ['--recover'],
  ['--verify'],
  ['--small', '100000'],
  ['--erase', '1'],
  ['--export', 'opus', '--out', '/nowhere/x.zip'],
];

/** What is no recording this version can work on, and what the refusal says. */
const folders: [what: string, make: (path: string) => void, words: RegExp][] = [
  ['a folder that is not there', () => {}, /not_a_recording: .*\/it is not a folder/],
  ['a file', (path) => writeFileSync(path, 'x'), /not_a_recording: .*\/it is not a folder/],
  ['an empty folder', (path) => mkdirSync(path), /not_a_recording: .*\/it holds neither/],
  [
    'a folder of photos',
    (path) => {
      mkdirSync(`${path}/segments`, { recursive: true });
      writeFileSync(`${path}/segments/cat.jpg`, 'meow');
      writeFileSync(`${path}/session.txt`, 'a session of photos');
    },
    /not_a_recording: .*\/it holds neither/,
  ],
  [
    'a recording of a newer version',
    (path) => {
      const packets = tonePackets({ frequency: 440, levelDb: -12 }, 48_000);
      new RecordingBuilder(path).person({ userId: '1' }).end(96_000);
      new RecordingBuilder(path).segment({ userId: '1', startSample: 0, packets, status: 'open', tornBytes: 40 });
      const { sessionFile } = recordingLayout(path);
      writeFileSync(sessionFile, readFileSync(sessionFile, 'utf8').replace('"schema": 1', '"schema": 2'));
    },
    /newer_format: .*\/it\/session\.json has the format 2/,
  ],
];

for (const [what, make, words] of folders) {
  for (const mode of modes) {
    test(`${what} is refused by parley-mux ${mode.slice(0, 1).join('') || '(mix)'}, which changes nothing`, async () => {
      using folder = new TempFolder();
      make(folder.file('it'));
      const before = snapshotOf(folder.path);
      const { code, words: said } = await run([folder.file('it'), ...mode]);
      assert.match(said, words);
      assert.equal(code, exitCode.refused, said);
      assert.deepEqual(snapshotOf(folder.path), before);
    });
  }
}
