import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportRecording } from '../export/export-recording.ts';
import { recordingLayout } from '../formats/recording-layout.ts';
import { MuxError, type MuxErrorCode } from '../mux-error.ts';
import { judge } from '../testing/judge.ts';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { verifyRecording } from '../verify/verify-recording.ts';
import { muxRecording } from './mux-recording.ts';

const second = 48_000;
/** Whoever owns nothing here. */
const NOBODY = 65_534;

/** A person who speaks twice; the second file lost its end, so that there is something to repair. */
const record = (folder: string): { audio: string; torn: string } => {
  const builder = new RecordingBuilder(folder).person({ userId: '1' });
  const packets = tonePackets({ frequency: 440, levelDb: -12 }, second);
  const audio = builder.segment({ userId: '1', startSample: second, packets });
  const torn = builder.segment({ userId: '1', startSample: 3 * second, packets, status: 'open', tornBytes: 40 });
  builder.end(5 * second);
  return { audio, torn };
};

/** Every file with its bytes and its time, every folder. */
const contents = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs } = statSync(path);
      return entry.isFile() ? `${path} ${mtimeMs} ${readFileSync(path).toString('hex')}` : path;
    })
    .toSorted();

const sidecarOf = (audio: string): string => audio.replace(/ogg$/, 'json');
const rewrite = (path: string, change: (text: string) => string): string => {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return path;
};

type Files = ReturnType<typeof record> & ReturnType<typeof recordingLayout>;

/** What is done to a recording, and the file that the refusal names. */
const refused: [what: string, code: MuxErrorCode, breakIt: (files: Files) => string][] = [
  [
    'session.json of a newer version',
    'newer_format',
    ({ sessionFile }) => rewrite(sessionFile, (text) => text.replace('"schema": 1', '"schema": 2')),
  ],
  [
    'a sidecar of a newer version',
    'newer_format',
    ({ torn }) => rewrite(sidecarOf(torn), (text) => text.replace('"schema":1', '"schema":7')),
  ],
  [
    'a journal of a newer version',
    'newer_format',
    ({ supervisorJournal }) => rewrite(supervisorJournal, (text) => `${text}{"v":2,"kind":"unheard of"}\n`),
  ],
  [
    'a folder where session.json should be',
    'unreadable',
    ({ sessionFile }) => {
      rmSync(sessionFile);
      mkdirSync(sessionFile);
      return sessionFile;
    },
  ],
];

const modes: [mode: string, run: (folder: string) => Promise<unknown>][] = [
  ['mux', (folder) => muxRecording(folder)],
  ['tracks', (folder) => muxRecording(folder, { only: 'tracks' })],
  ['recover', (folder) => muxRecording(folder, { only: 'recover' })],
  ['verify', (folder) => verifyRecording(folder)],
  ['export', (folder) => exportRecording(folder, { formats: ['opus'], out: '/nowhere/x.zip' })],
];

const assertRefused = async (folder: string, code: MuxErrorCode, named: string): Promise<void> => {
  const before = process.geteuid?.() === 0 ? contents(folder) : [];
  for (const [mode, run] of modes) {
    await assert.rejects(run(folder), (error) => {
      assert.ok(error instanceof MuxError, `${mode}: ${error}`);
      assert.equal(error.code, code, mode);
      assert.ok(error.message.includes(named), `${mode}: ${error.message}`);
      return true;
    });
  }
  if (before.length > 0) assert.deepEqual(contents(folder), before);
};

for (const [what, code, breakIt] of refused) {
  test(`${what} is refused in every mode: ${code}, the file named, nothing changed`, async () => {
    using folder = new TempFolder();
    const named = breakIt({ ...record(folder.path), ...recordingLayout(folder.path) });
    const before = contents(folder.path);
    await assertRefused(folder.path, code, named);
    assert.deepEqual(contents(folder.path), before);
  });
}

const unreadable: [what: string, of: (files: Files) => string][] = [
  ['session.json', ({ sessionFile }) => sessionFile],
  ['a journal', ({ supervisorJournal }) => supervisorJournal],
  ['the folder of the journals', ({ journal }) => journal],
  ['the folder of a person', ({ personSegments }) => personSegments('1')],
  ['a sidecar', ({ audio }) => sidecarOf(audio)],
  ['audio', ({ torn }) => torn],
];
for (const [what, of] of unreadable) {
  test(`${what} that this account may not read is refused in every mode, the file named, nothing changed`, {
    skip: process.geteuid?.() === 0 ? false : 'only root can take another account',
  }, async () => {
    using folder = new TempFolder();
    const files = { ...record(folder.path), ...recordingLayout(folder.path) };
    const closed = of(files);
    const before = contents(folder.path);
    for (const { parentPath, name } of readdirSync(folder.path, { recursive: true, withFileTypes: true })) {
      chmodSync(join(parentPath, name), 0o777);
    }
    chmodSync(folder.path, 0o777);
    chmodSync(closed, 0o000);
    process.seteuid?.(NOBODY);
    try {
      await assertRefused(folder.path, 'unreadable', closed);
    } finally {
      process.seteuid?.(0);
    }
    assert.deepEqual(contents(folder.path), before);
  });
}

test('foreign files are left alone: passed over, or skipped with their reason', {
  skip: judge('ffmpeg', 'ffmpeg').skip,
}, async () => {
  using folder = new TempFolder();
  record(folder.path);
  const { tracks, personSegments } = recordingLayout(folder.path);
  mkdirSync(tracks);
  mkdirSync(join(personSegments('1'), 'old.ogg'));
  const foreign = new Map([
    [join(folder.path, 'notes.txt'), 'mine'],
    [join(folder.path, 'segments', 'readme.md'), 'mine'],
    [join(personSegments('1'), '.DS_Store'), 'mine'],
    [join(personSegments('1'), 'cover.json'), '{"front": true}'],
    [join(personSegments('1'), 'song.ogg'), 'a song'],
    [join(tracks, 'jingle.ogg'), 'a jingle'],
  ]);
  for (const [path, text] of foreign) writeFileSync(path, text);
  const { session, error } = await muxRecording(folder.path, {
    ffmpeg: { env: { FFMPEG_PATH: judge('ffmpeg', 'ffmpeg').path } },
  });
  assert.equal(error, null);
  assert.deepEqual(session.skipped, [{ file: 'segments/1/song.ogg', reason: 'sidecar_missing' }]);
  assert.equal(session.segments.length, 2);
  for (const [path, text] of foreign) assert.equal(readFileSync(path, 'utf8'), text, path);
});
