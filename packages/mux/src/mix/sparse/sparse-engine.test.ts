import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { recordingLayout } from '../../formats/recording-layout.ts';
import { muxRecording } from '../../job/mux-recording.ts';
import { MuxError } from '../../mux-error.ts';
import { trackLevels } from '../../peaks/track-levels.ts';
import { writeLongRecording } from '../../testing/long-recording.ts';
import { TempFolder } from '../../testing/temp-folder.ts';
import type { MixJob, MixReport, MixSource } from '../mix-engine.ts';
import { SparseEngine, type SparseEngineOptions } from './sparse-engine.ts';

const second = 48_000;
const seconds = 45;
/** Every chunk may be mixed by another process. */
const eager: SparseEngineOptions = { samplesAProcess: 1 };

let sources: readonly MixSource[] = [];
const folder = new TempFolder();
before(async () => {
  writeLongRecording(folder.path, { seconds, people: 3, segments: 24, speechSeconds: 40 });
  const { tracks } = await muxRecording(folder.path, { only: 'tracks' });
  sources = tracks.map(({ path }, i) => ({ userId: String(i), track: path }));
});
after(() => folder[Symbol.dispose]());

const mix = async (
  options: SparseEngineOptions,
  job: Partial<MixJob> = {},
): Promise<{ report: MixReport; packets: Buffer[] }> => {
  const packets: Buffer[] = [];
  const report = await new SparseEngine(options).mix({
    ...{ sources, durationSamples: seconds * second, jobs: 1, ceilingDb: -3 },
    sink: (packet) => packets.push(Buffer.from(packet)),
    ...job,
  });
  return { report, packets };
};

test('the packets are the same whatever the number of processes', async () => {
  const alone = await mix({});
  const three = await mix(eager, { jobs: 3 });
  assert.deepEqual(three.report, alone.report);
  assert.ok(Buffer.concat(three.packets).equals(Buffer.concat(alone.packets)));
  const { samples, made, badPackets } = alone.report;
  assert.equal(samples, Math.ceil((seconds * second + 312) / 960) * 960);
  assert.equal(made.silent + made.encoded, samples);
  assert.equal(alone.packets.length, samples / 960);
  assert.equal(badPackets, 0);
});

test('the levels of the tracks come with the mix', async () => {
  const { report } = await mix(eager, { jobs: 2 });
  assert.equal(report.levels?.length, sources.length);
  for (const [i, { track }] of sources.entries()) {
    const wanted = await trackLevels({ path: track, durationSamples: seconds * second });
    const got = report.levels?.[i] as Uint8Array;
    assert.equal(got.length, wanted.length);
    // Decoders of chunks begin anew, and hear the same after a while but for what is far below a level's step.
    for (const [point, level] of wanted.entries()) {
      assert.ok(Math.abs((got[point] as number) - level) <= 1, `${i}, point ${point}: ${got[point]} for ${level}`);
    }
    assert.ok(wanted.some((level) => level > 40));
  }
});

test('progress grows to the end', async () => {
  const told: number[] = [];
  await mix({}, { onSamples: (samples) => told.push(samples) });
  assert.ok(told.length >= 4);
  assert.ok(told.every((samples, i) => i === 0 || samples > (told[i - 1] ?? 0)));
  assert.ok((told.at(-1) ?? 0) >= seconds * second);
});

const processes: [string, string, RegExp][] = [
  ['is killed', "process.on('message', () => process.kill(process.pid, 'SIGKILL'));", /was killed by SIGKILL/],
  [
    'ends',
    "process.stderr.write('out of luck'); process.on('message', () => process.exit(9));",
    /ended with 9\. out of luck/,
  ],
  [
    'says that it failed',
    "process.on('message', () => process.send({ type: 'failed', message: 'no memory' }));",
    /failed: no memory/,
  ],
  ['does not start', "throw new Error('nothing works');", /ended with 1.*nothing works/s],
];
for (const [what, script, words] of processes) {
  test(`a mixing process that ${what} fails the mix in words`, async () => {
    const processPath = folder.file(`${what.replaceAll(' ', '-')}.cjs`);
    writeFileSync(processPath, script);
    await assert.rejects(
      mix({ ...eager, processPath }, { jobs: 2 }),
      (error) => error instanceof MuxError && error.code === 'mixer_failed' && words.test(error.message),
    );
  });
}

test('a sink that fails ends the mix with its error, and nothing more is handed to it', async () => {
  let packets = 0;
  const full = new Error('no space left');
  const sink = () => {
    packets += 1;
    if (packets === 100) throw full;
  };
  await assert.rejects(mix(eager, { jobs: 2, sink }), full);
  assert.equal(packets, 100);
});

test('an abort ends the mix with its reason, mixing processes and all', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  let packets = 0;
  const job = mix(eager, {
    ...{ jobs: 2, signal: stop.signal },
    sink: () => {
      packets += 1;
      stop.abort(reason);
    },
  });
  await assert.rejects(job, reason);
  const handed = packets;
  await assert.rejects(mix({}, { signal: stop.signal }), reason);
  assert.equal(packets, handed);
});

test('a track that is gone fails the mix with the file system’s error', async () => {
  await assert.rejects(mix({}, { sources: [{ userId: '1', track: recordingLayout(folder.path).track('none') }] }), {
    code: 'ENOENT',
  });
});
