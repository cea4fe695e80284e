import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { heldDisk, MemoryFs } from '../testing/memory-fs.ts';
import { speechPacket } from '../testing/packet-stream.ts';
import { makeBench, ORIGIN_US, person, readJournal, readSidecars, recordingSpecOf } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';
import { Recorder } from './recorder.ts';
import { noStats } from './recorder-event.ts';

const A = '100000000000000001';

const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;

test('what is said before the start is not stored, from the answer on everything is', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  recorder.setRoster(person(A));
  const talker = new Talker(bench, A);
  talker.say(10);
  assert.deepEqual(recorder.stats(), noStats);
  const { sample } = await recorder.start(bench.spec);
  assert.equal(sample, 9600);
  talker.say(50);
  const summary = await recorder.stop('leave', 'asked');
  assert.deepEqual([summary.received, summary.written, summary.lost, summary.segments], [50, 50, 0, 1]);
  const [sidecar] = readSidecars(bench.fs, bench.spec.folder);
  assert.equal(sidecar?.startSample, 9600);
  assert.equal(sidecar?.samples, 50 * 960);
  assert.equal(sidecar?.startTime, bench.spec.startTime + 200);
  assert.equal(sidecar?.endTime, bench.spec.startTime + 1200);
  assert.equal(sidecar?.username, 'user-01');
});

test('packets that arrived before sample 0 do not belong to the recording', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  recorder.setRoster(person(A));
  await recorder.start(bench.spec);
  recorder.packet({ userId: A, ssrc: 1, sequence: 1, timestamp: 1, arrivalUs: ORIGIN_US - 1, opus: speechPacket(0) });
  assert.equal(recorder.stats().received, 0);
  await recorder.stop('leave', 'asked');
});

test('requests that do not fit are refused with their code', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  for (const request of [
    () => recorder.stop('leave', 'asked'),
    () => recorder.pause('paused'),
    () => recorder.resume(),
  ]) {
    await assert.rejects(request(), code('not_recording'));
  }
  const starting = recorder.start(bench.spec);
  await assert.rejects(recorder.start(bench.spec), code('already_recording'));
  await starting;
  await assert.rejects(recorder.start(bench.spec), code('already_recording'));
  assert.deepEqual(await recorder.exclude(A), { closedSegmentId: null, discarded: 0 });
});

for (const outcome of ['succeeds', 'fails'] as const) {
  test(`a recorder that is disposed of while a start is under way waits for it; it ${outcome}, and nothing is left open`, async () => {
    const fs = new MemoryFs();
    const bench = makeBench({ fs });
    using disk = heldDisk();
    fs.fault = ({ operation }) => (operation === 'freeBytes' ? disk.promise : null);
    const starting = bench.recorder.start(bench.spec).catch((error: unknown) => error);
    await settle();
    let disposed = false;
    const disposing = bench.recorder[Symbol.asyncDispose]().then(() => {
      disposed = true;
    });
    await settle();
    assert.equal(disposed, false);
    fs.fault = () => (outcome === 'fails' ? 'EIO' : null);
    disk.release();
    await Promise.all([starting, disposing]);
    assert.equal(fs.openFiles, 0);
    assert.equal(bench.clock.timers, 0);
    const failure = await starting;
    assert.equal(failure instanceof Error, outcome === 'fails');
    await assert.rejects(bench.recorder.stop('leave', 'asked'), code('not_recording'));
  });
}

test('a folder that cannot be written or has no space refuses the start; a later one may succeed', async () => {
  const table: [code: string, refusal: string][] = [
    ['EACCES', 'folder_unwritable'],
    ['EROFS', 'folder_unwritable'],
    ['ENOSPC', 'disk_full'],
  ];
  const bench = makeBench({ spec: { minFreeBytes: 1000 } });
  await using recorder = bench.recorder;
  for (const [system, refusal] of table) {
    bench.fs.fault = ({ operation }) => (operation === 'makeFolder' ? system : null);
    await assert.rejects(recorder.start(bench.spec), code(refusal));
  }
  bench.fs.fault = () => null;
  bench.fs.capacityBytes = 999;
  await assert.rejects(recorder.start(bench.spec), code('disk_full'));
  bench.fs.capacityBytes = 1e9;
  await recorder.start(bench.spec);
});

test('a recording that goes on in another process keeps its clock', async () => {
  const bench = makeBench({ spec: { originUs: ORIGIN_US - 60_000_000, voxprocNumber: 3 } });
  await using recorder = bench.recorder;
  const { sample } = await recorder.start(bench.spec);
  assert.equal(sample, 60 * 48_000);
  assert.equal(recorder.sampleAt(ORIGIN_US + 1_000_000), 61 * 48_000);
  await recorder.stop('shutdown', 'asked');
  assert.deepEqual(
    readJournal(bench.fs, bench.spec.folder, 3).map((line) => [line.type, line.sample]),
    [
      ['voxproc_joined', 60 * 48_000],
      ['receive_summary', 60 * 48_000],
      ['voxproc_left', 60 * 48_000],
    ],
  );
});

test('the owner hears of each segment, and the journal holds the same', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  recorder.setRoster(person(A));
  await recorder.start(bench.spec);
  const talker = new Talker(bench, A);
  talker.say(20);
  talker.wait(2000);
  await settle();
  talker.say(20);
  await recorder.stop('leave', 'asked');
  const segments = bench.events.flatMap((event) =>
    event.type === 'segment_opened' || event.type === 'segment_closed'
      ? [[event.type, event.sidecar.segmentId, event.sidecar.status, event.sidecar.closedBy]]
      : [],
  );
  const [first, second] = [`${A}/000000000000-1`, `${A}/000000115200-1`];
  assert.deepEqual(segments, [
    ['segment_opened', first, 'open', null],
    ['segment_closed', first, 'closed', 'silence'],
    ['segment_opened', second, 'open', null],
    ['segment_closed', second, 'closed', 'leave'],
  ]);
  assert.deepEqual(
    readJournal(bench.fs, bench.spec.folder).map((line) =>
      'segmentId' in line ? [line.type, line.segmentId] : line.type,
    ),
    [
      'voxproc_joined',
      ['segment_opened', first],
      ['segment_closed', first],
      ['segment_opened', second],
      ['segment_closed', second],
      'receive_summary',
      'voxproc_left',
    ],
  );
});

test('speaking is told by packets, of people who are recorded alone, recording or not', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  const [bot, gone] = ['100000000000000008', '100000000000000009'];
  recorder.setRoster(person(A));
  recorder.setRoster(person(bot, { bot: true }));
  await recorder.exclude(gone);
  for (const userId of [A, bot, gone]) new Talker(bench, userId).say(5);
  bench.clock.advance(200);
  assert.deepEqual(bench.events, [
    { type: 'speaking_started', userId: A },
    { type: 'speaking_stopped', userId: A },
  ]);
});

test('stats tell what runs and nothing when nothing does', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  recorder.setRoster(person(A));
  await recorder.start(bench.spec);
  const talker = new Talker(bench, A);
  talker.say(20);
  talker.lose(1);
  talker.say(20);
  talker.repeat(3);
  recorder.unattributed(4);
  await settle();
  const { received, written, lost, dropped, speakers, openSegments, unattributed } = recorder.stats();
  assert.deepEqual(
    { received, written, lost, dropped, speakers, openSegments, unattributed },
    { received: 41, written: 40, lost: 1, dropped: { duplicate: 1 }, speakers: 1, openSegments: 1, unattributed: 4 },
  );
  await recorder.stop('leave', 'asked');
  assert.deepEqual(recorder.stats(), noStats);
});

test('what belongs to no segment is summed up at the end', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  const [bot, gone] = ['100000000000000008', '100000000000000009'];
  recorder.setRoster(person(A));
  recorder.setRoster(person(bot, { bot: true }));
  await recorder.start(bench.spec);
  await recorder.exclude(gone);
  const talker = new Talker(bench, A);
  talker.say(20);
  talker.wait(3000);
  talker.hush(7);
  new Talker(bench, bot).say(3);
  new Talker(bench, gone).say(2);
  recorder.bot(10);
  recorder.optedOut(20);
  recorder.foreign(5);
  recorder.unattributed(6);
  const summary = await recorder.stop('leave', 'asked');
  const line = readJournal(bench.fs, bench.spec.folder).find(({ type }) => type === 'receive_summary');
  assert.deepEqual(
    { ...line, at: 0, sample: 0 },
    {
      ...{ v: 1, at: 0, sample: 0, type: 'receive_summary' },
      ...{ received: 7, dropped: { idle_silence: 7 }, lost: 0, unattributed: 6, foreign: 5, optedOut: 22, bots: 13 },
    },
  );
  assert.deepEqual([summary.received, summary.written, summary.dropped], [27, 20, { idle_silence: 7 }]);
});

test('disposing stops the recording, closes every file and every timer', async () => {
  const bench = makeBench();
  bench.recorder.setRoster(person(A));
  await bench.recorder.start(bench.spec);
  new Talker(bench, A).say(30);
  await bench.recorder[Symbol.asyncDispose]();
  assert.equal(bench.clock.timers, 0);
  assert.equal(bench.fs.openFiles, 0);
  assert.equal(readSidecars(bench.fs, bench.spec.folder)[0]?.closedBy, 'shutdown');
});

test('on a real disk files are the owner’s alone', async () => {
  const root = await mkdtemp(join(tmpdir(), 'parley-recorder-'));
  try {
    const clock = new FakeClock({ monotonicUs: ORIGIN_US });
    const recorder = new Recorder({ clock, onEvent: () => undefined });
    recorder.setRoster(person(A));
    await recorder.start(recordingSpecOf(join(root, 'rec')));
    for (let frame = 0; frame < 60; frame += 1) {
      const arrivalUs = clock.monotonicUs();
      recorder.packet({
        userId: A,
        ssrc: 1,
        sequence: frame,
        timestamp: frame * 960,
        arrivalUs,
        opus: speechPacket(frame),
      });
      clock.advance(20);
    }
    await recorder[Symbol.asyncDispose]();
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const modes = await Promise.all(
      entries.map(
        async (entry) => [entry.isFile(), (await stat(join(entry.parentPath, entry.name))).mode & 0o777] as const,
      ),
    );
    assert.equal(modes.filter(([isFile]) => isFile).length, 3);
    for (const [isFile, mode] of modes) assert.equal(mode, isFile ? 0o600 : 0o700);
  } finally {
    await rm(root, { recursive: true });
  }
});
