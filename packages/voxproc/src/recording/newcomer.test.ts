import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditSegment } from '../testing/audit.ts';
import { makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';

const A = '100000000000000001';

const makeNewcomer = async () => {
  const bench = makeBench();
  await bench.recorder.start(bench.spec);
  return { ...bench, talker: new Talker(bench, A) };
};

test('a member nobody named waits 5 s and is recorded from the first packet, with their pauses', async () => {
  const bench = await makeNewcomer();
  await using recorder = bench.recorder;
  bench.talker.say(50);
  bench.talker.wait(2000);
  bench.talker.say(99);
  assert.equal(recorder.stats().openSegments, 0);
  bench.talker.say(2);
  assert.equal(recorder.stats().openSegments, 1);
  bench.talker.say(20);
  const summary = await recorder.stop('leave', 'asked');
  const sidecars = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual(
    sidecars.map(({ startSample, packets, closedBy, bot, username }) => [
      startSample,
      packets.written,
      closedBy,
      bot,
      username,
    ]),
    [
      [0, 50, 'silence', null, ''],
      [3 * 48_000, 121, 'leave', null, ''],
    ],
  );
  assert.deepEqual(
    sidecars.flatMap((sidecar) => auditSegment(bench.fs, bench.spec.folder, sidecar)),
    [],
  );
  assert.deepEqual([summary.received, summary.written], [171, 171]);
});

test('who is named as a person is written at once', async () => {
  const bench = await makeNewcomer();
  await using recorder = bench.recorder;
  bench.talker.say(20);
  recorder.setRoster(person(A, { bot: null }));
  assert.equal(recorder.stats().openSegments, 0);
  recorder.setRoster(person(A));
  bench.talker.say(20);
  assert.equal(recorder.stats().openSegments, 1);
  await recorder.stop('leave', 'asked');
  const [sidecar] = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual([sidecar?.startSample, sidecar?.packets.written, sidecar?.bot], [0, 40, false]);
});

test('who is named as a bot leaves nothing', async () => {
  const bench = await makeNewcomer();
  await using recorder = bench.recorder;
  bench.talker.say(20);
  recorder.setRoster(person(A, { bot: true }));
  bench.talker.say(20);
  const summary = await recorder.stop('leave', 'asked');
  assert.deepEqual(bench.fs.paths('.ogg'), []);
  assert.deepEqual([summary.received, summary.segments], [0, 0]);
  const line = readJournal(bench.fs, bench.spec.folder).find(({ type }) => type === 'receive_summary');
  assert.equal(line?.type === 'receive_summary' && line.bots, 40);
});

test('who proves a bot later is recorded no more, and the sidecar says so', async () => {
  const bench = await makeNewcomer();
  await using recorder = bench.recorder;
  bench.talker.say(300);
  recorder.setRoster(person(A, { bot: true }));
  bench.talker.say(20);
  await recorder.stop('leave', 'asked');
  const [sidecar, ...rest] = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual([sidecar?.bot, sidecar?.packets.written, rest.length], [true, 300, 0]);
});

test('what a newcomer said is not lost at the end, nor kept when they opt out', async () => {
  const kept = await makeNewcomer();
  kept.talker.say(30);
  assert.equal((await kept.recorder.stop('leave', 'asked')).written, 30);
  await kept.recorder[Symbol.asyncDispose]();

  const out = await makeNewcomer();
  await using recorder = out.recorder;
  out.talker.say(30);
  assert.deepEqual(await recorder.exclude(A), { closedSegmentId: null, discarded: 30 });
  const summary = await recorder.stop('leave', 'asked');
  assert.deepEqual([summary.received, summary.written, summary.dropped], [30, 0, { opted_out: 30 }]);
});
