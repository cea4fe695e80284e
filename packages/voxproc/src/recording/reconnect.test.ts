import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditSegment } from '../testing/audit.ts';
import { speechPacket } from '../testing/packet-stream.ts';
import { type Bench, makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';

const A = '100000000000000001';
const B = '100000000000000002';

const makeTalker = async () => {
  const bench = makeBench();
  for (const userId of [A, B]) bench.recorder.setRoster(person(userId));
  await bench.recorder.start(bench.spec);
  return { ...bench, talker: new Talker(bench, A) };
};

const finished = async ({ recorder, fs, spec }: Bench) => {
  await recorder.stop('leave', 'asked');
  await recorder[Symbol.asyncDispose]();
  const sidecars = readSidecars(fs, spec.folder);
  assert.deepEqual(
    sidecars.flatMap((sidecar) => auditSegment(fs, spec.folder, sidecar)),
    [],
  );
  return sidecars.map(({ userId, startSample, part, packets, closedBy, ssrc, clock }) => ({
    ...{ userId, startSample, part, closedBy, ssrc },
    written: packets.written,
    lost: packets.lost,
    reanchors: clock.reanchors.map(({ reason }) => reason),
  }));
};

const plain = { userId: A, part: 1, lost: 0, reanchors: [] };

test('a new voice server closes the segments and nothing of the old numbering holds', async () => {
  const bench = await makeTalker();
  bench.talker.say(20);
  bench.recorder.serverChanged();
  bench.recorder.hole({ fromSample: 19_200, toSample: 67_200, reason: 'reconnecting' });
  bench.talker.sequence = 60_000;
  bench.talker.timestamp = 5;
  bench.talker.ssrc = 9;
  bench.clock.advance(1000);
  bench.talker.say(20);
  const fs = bench.fs;
  assert.deepEqual(await finished(bench), [
    { ...plain, startSample: 0, closedBy: 'reconnect', ssrc: [1], written: 20 },
    { ...plain, startSample: 67_200, closedBy: 'leave', ssrc: [9], written: 20 },
  ]);
  assert.equal(readJournal(fs, bench.spec.folder).filter(({ type }) => type === 'hole').length, 1);
});

test('a hole is cut at sample 0 and an empty one is none', async () => {
  const bench = await makeTalker();
  for (const [fromSample, toSample] of [
    [-500, 100],
    [-500, -100],
    [300, 300],
    [5, 7],
  ] as const) {
    bench.recorder.hole({ fromSample, toSample, reason: 'reconnecting', userId: A });
  }
  await bench.recorder[Symbol.asyncDispose]();
  const common = { type: 'hole', reason: 'reconnecting', userId: A } as const;
  const found = readJournal(bench.fs, bench.spec.folder).filter(({ type }) => type === 'hole');
  assert.deepEqual(
    found.map(({ v: _v, at: _at, sample: _sample, ...line }) => line),
    [
      { ...common, fromSample: 0, toSample: 100 },
      { ...common, fromSample: 5, toSample: 7 },
    ],
  );
});

test('an SSRC that changes in speech begins a new part in its place', async () => {
  const bench = await makeTalker();
  bench.talker.say(50);
  bench.talker.ssrc = 7;
  bench.talker.sequence = 40_000;
  bench.talker.timestamp = 123;
  bench.talker.say(50);
  assert.deepEqual(await finished(bench), [
    { ...plain, startSample: 0, closedBy: 'ssrc_changed', ssrc: [1], written: 50 },
    { ...plain, startSample: 48_000, part: 2, closedBy: 'leave', ssrc: [7], written: 50, reanchors: ['ssrc'] },
  ]);
});

test('late packets of the former SSRC do not bring it back', async () => {
  const bench = await makeTalker();
  bench.talker.say(50);
  const { sequence, timestamp } = bench.talker;
  bench.talker.ssrc = 7;
  bench.talker.say(5);
  const arrivalUs = bench.clock.monotonicUs();
  bench.recorder.packet({ userId: A, ssrc: 1, sequence, timestamp, arrivalUs, opus: speechPacket(0) });
  bench.talker.say(5);
  const sidecars = await finished(bench);
  assert.deepEqual(
    sidecars.map(({ ssrc, written }) => [ssrc, written]),
    [
      [[1], 50],
      [[7], 10],
    ],
  );
});

test('an SSRC that another person takes over stands for that person', async () => {
  const bench = await makeTalker();
  bench.talker.say(20);
  const other = new Talker(bench, B, { ssrc: 1, sequence: bench.talker.sequence, timestamp: bench.talker.timestamp });
  other.say(20);
  assert.deepEqual(await finished(bench), [
    { ...plain, startSample: 0, closedBy: 'leave', ssrc: [1], written: 20 },
    { ...plain, userId: B, startSample: 19_200, closedBy: 'leave', ssrc: [1], written: 20 },
  ]);
});

test('a timestamp that jumps by 30 s, either way, loses nothing and stands in place from its first packet', async () => {
  for (const seconds of [30, -30, 1.5, -1.5]) {
    const bench = await makeTalker();
    bench.talker.say(100);
    bench.talker.timestamp += seconds * 48_000;
    bench.talker.say(100);
    assert.deepEqual(await finished(bench), [
      { ...plain, startSample: 0, closedBy: 'clock_drift', ssrc: [1], written: 100 },
      { ...plain, startSample: 96_000, part: 2, closedBy: 'leave', ssrc: [1], written: 100, reanchors: ['rtp_jump'] },
    ]);
  }
});

test('what was lost in a jump of the clock has no length', async () => {
  const bench = await makeTalker();
  bench.talker.say(100);
  bench.talker.lose(3);
  bench.talker.timestamp += 30 * 48_000;
  bench.talker.say(100);
  await bench.recorder.stop('leave', 'asked');
  const [, second] = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual([second?.packets.lost, second?.lostBetween, second?.lostSamples], [3, 0, 0]);
  assert.equal(second?.startSample, 103 * 960);
  await bench.recorder[Symbol.asyncDispose]();
});

test('a numbering that begins anew goes on in the same segment', async () => {
  const bench = await makeTalker();
  bench.talker.say(100);
  bench.talker.sequence += 20_000;
  bench.talker.say(100);
  assert.deepEqual(await finished(bench), [{ ...plain, startSample: 0, closedBy: 'leave', ssrc: [1], written: 200 }]);
});

test('a clock that steps back to where it was makes no second segment of one name', async () => {
  const bench = await makeTalker();
  const clock = { sequence: 100, timestamp: 0 };
  for (let round = 0; round < 4; round += 1) {
    Object.assign(bench.talker, { ...clock, ssrc: 1 + (round % 2) });
    bench.talker.say(60);
    bench.recorder.serverChanged();
    bench.clock.stall(-1200);
  }
  const sidecars = await finished(bench);
  assert.deepEqual(
    sidecars.map(({ startSample, part, written }) => [startSample, part, written]),
    [1, 2, 3, 4].map((part) => [0, part, 60]),
  );
});

test('an hour of silence, and a day, change nothing', async () => {
  for (const hours of [1, 13, 25]) {
    const bench = await makeTalker();
    bench.talker.say(50);
    bench.clock.advance(2000);
    bench.clock.stall(hours * 3_600_000 - 2000);
    bench.clock.advance(20);
    bench.talker.timestamp += (hours * 3_600_000 + 20) * 48;
    bench.talker.say(50);
    const [, second] = await finished(bench);
    assert.deepEqual(second, {
      ...{ ...plain, startSample: 48_000 + (hours * 3_600_000 + 20) * 48, closedBy: 'leave', ssrc: [1], written: 50 },
    });
  }
});
