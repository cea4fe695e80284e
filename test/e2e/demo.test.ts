import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { type JournalLine, type SessionFile, sessionFileSchema } from '@parley/mux';
import { execa } from 'execa';
import { lines } from '../../scripts/demo/scenario.ts';
import { readWav } from '../../scripts/lib/wav.ts';
import { decode, levelDb, locate, opusinfoComplaints, recognize, wordsKept } from '../lib/audio.ts';
import { need } from '../lib/need.ts';
import { temporaryFolder } from '../lib/temporary-folder.ts';

interface Truth {
  readonly folder: string;
  readonly spoken: readonly { who: string; userId: string; clip: string; startedAtUs: number; endedAtUs: number }[];
}

const root = resolve(import.meta.dirname, '..', '..');
const rate = 16_000;

/** Clips during which nobody else speaks. */
const alone = new Set(['ada-1', 'ben-1', 'cleo-1', 'cleo-2']);

test(
  'the demo records three people: words, alignment, length, level and files are right',
  need('ffmpeg', 'ffprobe', 'opusinfo', 'pocketsphinx_continuous'),
  async (t) => {
    await using temporary = await temporaryFolder('demo');
    const truthFile = join(temporary.path, 'truth.json');
    const demo = execa(process.execPath, ['scripts/start.ts', '--once', '--truth', truthFile], {
      cwd: root,
      env: {
        DISCORD_TOKEN: '',
        PARLEY_RECORDINGS_DIR: join(temporary.path, 'recordings'),
        PARLEY_DATA_DIR: join(temporary.path, 'data'),
      },
      all: true,
      reject: false,
      timeout: 150_000,
    });
    const [{ exitCode, all }, wordsOf] = await Promise.all([demo, wordsOfSources()]);
    assert.equal(exitCode, 0, all);

    const { folder, spoken } = JSON.parse(await readFile(truthFile, 'utf8')) as Truth;
    const session: SessionFile = sessionFileSchema.parse(
      JSON.parse(await readFile(join(folder, 'session.json'), 'utf8')),
    );
    assert.equal(session.status, 'completed');
    assert.deepEqual(session.skipped, []);
    assert.deepEqual(session.holes, []);
    assert.equal(session.participants.filter(({ speechMs }) => speechMs > 1000).length, 3);
    const mixFile = join(folder, session.outputFile ?? '');
    const mix = await decode(mixFile, rate);
    const tracks = new Map<string, Int16Array>();
    for (const { userId } of session.participants)
      tracks.set(userId, await decode(join(folder, 'tracks', `${userId}.ogg`), rate));
    const origin = await originUs(folder);

    await t.test('every file satisfies opusinfo', async () => {
      const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ogg'));
      assert.ok(files.length >= 10, `${files.length} files`);
      for (const file of files) assert.deepEqual(await opusinfoComplaints(join(folder, file)), [], file);
    });

    await t.test('the mix and the tracks are as long as the recording, within 20 ms', async () => {
      for (const file of [mixFile, ...[...tracks.keys()].map((userId) => join(folder, 'tracks', `${userId}.ogg`))]) {
        const { stdout } = await execa('ffprobe', [
          '-v',
          'error',
          '-show_entries',
          'format=duration',
          '-of',
          'csv=p=0',
          file,
        ]);
        const differenceMs = Number(stdout) * 1000 - Number(session.durationMs);
        assert.ok(Math.abs(differenceMs) <= 20, `${file}: ${differenceMs} ms`);
      }
    });

    const residualsMs: number[] = [];
    await t.test(
      'people stand where they spoke, on their tracks and in the mix, within 20 ms of each other',
      async () => {
        for (const { who, userId, clip, startedAtUs } of spoken) {
          const source = await clipSamples(clip);
          const expectedAt = Math.round(((startedAtUs - origin) * rate) / 1e6);
          const track = locate(source.subarray(0, rate), tracks.get(userId) ?? new Int16Array(), expectedAt, 1600);
          assert.ok(track.correlation > 0.8, `${clip}: correlation ${track.correlation}`);
          residualsMs.push(((track.at - expectedAt) / rate) * 1000);
          if (alone.has(clip)) {
            const mixed = locate(source.subarray(0, rate), mix, expectedAt, 1600);
            assert.ok(mixed.correlation > 0.8, `${clip} in the mix: correlation ${mixed.correlation}`);
            residualsMs.push(((mixed.at - expectedAt) / rate) * 1000);
          }
          t.diagnostic(`${who} ${clip}: ${residualsMs.at(-1)?.toFixed(2)} ms`);
        }
        const spread = Math.max(...residualsMs) - Math.min(...residualsMs);
        assert.ok(spread <= 20, `spread ${spread} ms: ${residualsMs.join(', ')}`);
      },
    );

    await t.test('the level of each voice is kept within 0.5 dB', async () => {
      for (const { userId, clip, startedAtUs } of spoken) {
        const source = await clipSamples(clip);
        const at = Math.round(((startedAtUs - origin) * rate) / 1e6);
        const places: [string, Int16Array | undefined][] = [[`${clip} on its track`, tracks.get(userId)]];
        if (alone.has(clip)) places.push([`${clip} in the mix`, mix]);
        for (const [name, signal] of places) {
          const difference = levelDb(signal?.subarray(at, at + source.length) ?? new Int16Array()) - levelDb(source);
          assert.ok(Math.abs(difference) <= 0.5, `${name}: ${difference.toFixed(2)} dB`);
        }
      }
    });

    await t.test('the words are recognized as in the source clips: at least 80 %', async () => {
      const kept: { place: string; share: number; words: number }[] = [];
      const hear = async ({ userId, clip, startedAtUs }: Truth['spoken'][number]): Promise<void> => {
        const source = await clipSamples(clip);
        const expected = wordsOf.get(clip) ?? assert.fail(`${clip} is said by nobody`);
        const at = Math.round(((startedAtUs - origin) * rate) / 1e6) - rate / 10;
        const cut = (signal: Int16Array) => signal.slice(Math.max(0, at), at + source.length + rate / 5);
        const onTrack = wordsKept(expected, await recognize(cut(tracks.get(userId) ?? new Int16Array())));
        kept.push({ place: 'tracks', share: onTrack, words: expected.length });
        if (alone.has(clip)) {
          kept.push({ place: 'mix', share: wordsKept(expected, await recognize(cut(mix))), words: expected.length });
        }
      };
      const waiting = [...spoken];
      const listener = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await hear(next);
      };
      await Promise.all([listener(), listener()]);
      for (const place of ['tracks', 'mix']) {
        const here = kept.filter((entry) => entry.place === place);
        const words = here.reduce((sum, entry) => sum + entry.words, 0);
        const share = here.reduce((sum, entry) => sum + entry.share * entry.words, 0) / words;
        t.diagnostic(`${place}: ${(share * 100).toFixed(1)} % of ${words} words`);
        assert.ok(share >= 0.8, `${place}: ${(share * 100).toFixed(1)} %`);
      }
    });
    assert.equal(spoken.length, lines.length);
  },
);

const clipSamples = async (clip: string): Promise<Int16Array> =>
  readWav(await readFile(join(root, 'test', 'fixtures', 'speech', `${clip}.wav`))).samples;

/** What the recognizer hears in each source clip; one after the other and niced, for the demo runs meanwhile. */
const wordsOfSources = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const words = new Map<string, readonly string[]>();
  for (const { clip } of lines) words.set(clip, await recognize(await clipSamples(clip), { niced: true }));
  return words;
};

const originUs = async (folder: string): Promise<number> => {
  const text = await readFile(join(folder, 'journal', 'supervisor.jsonl'), 'utf8');
  const journal = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine);
  const started = journal.find((line) => line.type === 'recording_started');
  assert.ok(started?.type === 'recording_started');
  return started.originUs;
};
