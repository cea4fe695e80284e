import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditSegment, segmentPackets } from '../testing/audit.ts';
import { heldDisk } from '../testing/memory-fs.ts';
import { packetIndex } from '../testing/packet-stream.ts';
import { makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';

const A = '100000000000000001';
const B = '100000000000000002';

const makeTalkers = async () => {
  const bench = makeBench();
  for (const userId of [A, B]) bench.recorder.setRoster(person(userId));
  await bench.recorder.start(bench.spec);
  return { ...bench, a: new Talker(bench, A), b: new Talker(bench, B, { ssrc: 2 }) };
};

test('opting out in mid-sentence: what waits is given up, the file is closed, not one later byte is written', async () => {
  const bench = await makeTalkers();
  await using recorder = bench.recorder;
  bench.a.say(50);
  bench.a.lose(1);
  bench.a.say(4);
  const lastIndex = 49;
  const answer = await recorder.exclude(A);
  assert.deepEqual(answer, { closedSegmentId: `${A}/000000000000-1`, discarded: 4 });
  const files = new Map(
    [...bench.fs.files].filter(([path]) => path.includes(A)).map(([path, bytes]) => [path, bytes.length]),
  );
  bench.a.say(100);
  await bench.clock.run(2000, 100);
  bench.a.say(100);
  const summary = await recorder.stop('leave', 'asked');
  for (const [path, bytes] of files) assert.equal(bench.fs.files.get(path)?.length, bytes, path);
  const [sidecar, ...rest] = readSidecars(bench.fs, bench.spec.folder);
  assert.ok(sidecar);
  assert.deepEqual(rest, []);
  assert.equal(sidecar.closedBy, 'opted_out');
  assert.deepEqual(auditSegment(bench.fs, bench.spec.folder, sidecar), []);
  assert.deepEqual(sidecar.packets.dropped, { opted_out: 4 });
  const indexes = segmentPackets(bench.fs, bench.spec.folder, sidecar).map(({ data }) => packetIndex(data) ?? -1);
  assert.equal(Math.max(...indexes), lastIndex);
  assert.deepEqual([summary.received, summary.written], [54, 50]);
  const line = readJournal(bench.fs, bench.spec.folder).find(({ type }) => type === 'receive_summary');
  assert.equal(line?.type === 'receive_summary' && line.optedOut, 200);
});

test('the answer waits for the file of a slow disk', async () => {
  const bench = await makeTalkers();
  await using recorder = bench.recorder;
  bench.a.say(10);
  await bench.clock.run(20);
  using disk = heldDisk();
  bench.fs.fault = ({ operation, path }) => (operation === 'write' && path.endsWith('.ogg') ? disk.promise : null);
  let answered = false;
  const answer = recorder.exclude(A).then((result) => {
    answered = true;
    return result;
  });
  await bench.clock.run(400, 100);
  assert.equal(answered, false);
  disk.release();
  assert.equal((await answer).closedSegmentId, `${A}/000000000000-1`);
});

test('others are recorded on, and who is included again is recorded from then on', async () => {
  const bench = await makeTalkers();
  await using recorder = bench.recorder;
  bench.a.say(10);
  await recorder.exclude(A);
  bench.a.say(10);
  bench.b.say(10);
  recorder.include(A);
  bench.a.say(10);
  await recorder.stop('leave', 'asked');
  const sidecars = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual(
    sidecars.map(({ userId, packets, startSample }) => [userId, packets.written, packets.lost, startSample]),
    [
      [A, 10, 0, 0],
      [A, 10, 0, 30 * 960],
      [B, 10, 0, 20 * 960],
    ],
  );
});

test('an exclusion before the start holds, and one by the roster too', async () => {
  const bench = makeBench();
  await using recorder = bench.recorder;
  await recorder.exclude(A);
  recorder.setRoster(person(A));
  recorder.setRoster(person(B));
  await recorder.start(bench.spec);
  const [a, b] = [new Talker(bench, A), new Talker(bench, B, { ssrc: 2 })];
  a.say(20);
  b.say(20);
  recorder.setRoster(person(B, { optedOut: true }));
  b.say(20);
  await recorder.stop('leave', 'asked');
  assert.deepEqual(
    readSidecars(bench.fs, bench.spec.folder).map(({ userId, packets, closedBy }) => [
      userId,
      packets.written,
      closedBy,
    ]),
    [[B, 20, 'opted_out']],
  );
});
