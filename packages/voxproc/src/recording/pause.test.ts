import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditSegment } from '../testing/audit.ts';
import { makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';

const A = '100000000000000001';

const makeTalker = async () => {
  const bench = makeBench();
  bench.recorder.setRoster(person(A));
  await bench.recorder.start(bench.spec);
  return { ...bench, talker: new Talker(bench, A) };
};

test('a pause closes the segments, writes nothing, and is a hole; what came is counted', async () => {
  const bench = await makeTalker();
  await using recorder = bench.recorder;
  bench.talker.say(50);
  const paused = await recorder.pause('paused');
  assert.equal(paused.sample, 48_000);
  assert.deepEqual(await recorder.pause('paused'), paused, 'asking again changes nothing');
  bench.talker.say(50);
  assert.deepEqual(await recorder.resume(), { sample: 96_000 });
  bench.talker.say(50);
  await recorder.stop('leave', 'asked');
  const sidecars = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual(
    sidecars.flatMap((sidecar) => auditSegment(bench.fs, bench.spec.folder, sidecar)),
    [],
  );
  assert.deepEqual(
    sidecars.map(({ startSample, packets, closedBy }) => [startSample, packets, closedBy]),
    [
      [0, { received: 50, written: 50, dropped: {}, lost: 0 }, 'paused'],
      [96_000, { received: 100, written: 50, dropped: { paused: 50 }, lost: 0 }, 'leave'],
    ],
  );
  const hole = { fromSample: 48_000, toSample: 96_000, reason: 'paused' } as const;
  assert.deepEqual(
    bench.events.filter(({ type }) => type === 'hole'),
    [{ type: 'hole', hole }],
  );
  assert.deepEqual(
    readJournal(bench.fs, bench.spec.folder)
      .filter(({ type }) => type === 'hole' || type === 'pause')
      .map(({ at: _at, ...line }) => line),
    [
      { v: 1, sample: 48_000, type: 'pause', on: true },
      { v: 1, sample: 96_000, type: 'pause', on: false },
      { v: 1, sample: 96_000, type: 'hole', ...hole },
    ],
  );
});

test('a stop in a pause ends the hole there', async () => {
  const bench = await makeTalker();
  await using recorder = bench.recorder;
  bench.talker.say(10);
  await recorder.pause('moved');
  bench.clock.advance(800);
  await recorder.stop('moved', 'asked');
  assert.deepEqual(
    bench.events.filter(({ type }) => type === 'hole'),
    [{ type: 'hole', hole: { fromSample: 9600, toSample: 48_000, reason: 'moved' } }],
  );
});

test('packets that are replayed after a resume but came in the pause are not written', async () => {
  const bench = await makeTalker();
  await using recorder = bench.recorder;
  await recorder.pause('paused');
  bench.clock.advance(500);
  const arrivalUs = bench.clock.monotonicUs();
  bench.clock.advance(500);
  await recorder.resume();
  recorder.packet({ userId: A, ssrc: 1, sequence: 1, timestamp: 1, arrivalUs, opus: new Uint8Array(20).fill(0xfc) });
  const summary = await recorder.stop('leave', 'asked');
  assert.deepEqual([summary.written, summary.dropped], [0, { paused: 1 }]);
});
