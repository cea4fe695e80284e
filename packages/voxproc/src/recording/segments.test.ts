import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { auditSegment, segmentPackets } from '../testing/audit.ts';
import { packetIndex, speechPacket } from '../testing/packet-stream.ts';
import { type Bench, makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';

const A = '100000000000000001';

const started = async (spec: Parameters<typeof makeBench>[0] = {}): Promise<Bench & { talker: Talker }> => {
  const bench = makeBench(spec);
  bench.recorder.setRoster(person(A));
  await bench.recorder.start(bench.spec);
  return { ...bench, talker: new Talker(bench, A) };
};

/** Stops, checks every account, and returns the sidecars. */
const finished = async ({ recorder, fs, spec }: Bench) => {
  await recorder[Symbol.asyncDispose]();
  const sidecars = readSidecars(fs, spec.folder);
  assert.deepEqual(
    sidecars.flatMap((sidecar) => auditSegment(fs, spec.folder, sidecar)),
    [],
  );
  return sidecars;
};

test('silence frames and small packets open no segment; what came before goes into the next one', async () => {
  const bench = await started();
  bench.talker.hush(20);
  bench.talker.say(3, () => Uint8Array.of(0xf8, 1, 2));
  assert.equal(bench.recorder.stats().openSegments, 0);
  bench.talker.say(10);
  const [sidecar] = await finished(bench);
  assert.deepEqual(sidecar?.packets, { received: 33, written: 10, dropped: { idle_silence: 23 }, lost: 0 });
  assert.equal(sidecar?.startSample, 23 * 960);
});

test('a segment is closed by 1000 ms without speech by arrival; silence frames stay in it and do not keep it open', async () => {
  const bench = await started();
  bench.talker.say(20);
  bench.talker.hush(48);
  assert.equal(bench.recorder.stats().openSegments, 1);
  bench.talker.hush(2);
  assert.equal(bench.recorder.stats().openSegments, 0);
  bench.talker.hush(5);
  const [sidecar, ...rest] = await finished(bench);
  assert.equal(sidecar?.closedBy, 'silence');
  assert.equal(sidecar?.packets.written, 69);
  assert.equal(sidecar?.samples, 69 * 960);
  assert.deepEqual(rest, []);
});

test('the silence that closes a segment is what the spec says', async () => {
  const bench = await started({ spec: { silenceMs: 200 } });
  bench.talker.say(20);
  bench.talker.wait(160);
  assert.equal(bench.recorder.stats().openSegments, 1);
  bench.talker.wait(40);
  assert.equal(bench.recorder.stats().openSegments, 0);
  await finished(bench);
});

test('a pause shorter than the silence is filled in the same segment', async () => {
  const bench = await started();
  bench.talker.say(20);
  bench.talker.wait(700);
  bench.talker.say(20);
  const [sidecar, ...rest] = await finished(bench);
  assert.deepEqual(sidecar?.fill, { lossConcealed: 0, lossSilence: 0, pause: 700 * 48 });
  assert.equal(sidecar?.samples, (400 + 700 + 400) * 48);
  assert.deepEqual(rest, []);
});

test('losses in speech are concealed up to five frames and silent beyond; later audio does not slide', async () => {
  const bench = await started();
  bench.talker.say(20);
  bench.talker.lose(5);
  bench.talker.say(20);
  bench.talker.lose(6);
  bench.talker.say(20);
  const [sidecar] = await finished(bench);
  assert.deepEqual(sidecar?.fill, { lossConcealed: 4800, lossSilence: 5760, pause: 0 });
  assert.equal(sidecar?.packets.lost, 11);
  assert.equal(sidecar?.lostSamples, 11 * 960);
  assert.ok(sidecar);
  const packets = segmentPackets(bench.fs, bench.spec.folder, sidecar);
  const positions = packets.flatMap(({ data, position }) => {
    const index = packetIndex(data);
    return index === null ? [] : [position - index * 960];
  });
  assert.deepEqual([...new Set(positions)], [0, 4800, 10_560]);
});

test('packets that cannot be used are received, dropped by reason, and their time is pause', async () => {
  const bench = await started();
  bench.talker.say(10);
  for (const reason of ['undecryptable', 'ciphertext', 'all_padding'] as const) bench.talker.fail(reason);
  bench.talker.say(1, () => new Uint8Array(0));
  bench.talker.say(1, () => speechPacket(0, 20, true, 1276));
  bench.talker.say(1, () => Uint8Array.of(0xfb, 0, 1, 2));
  bench.talker.say(10);
  const [sidecar] = await finished(bench);
  assert.deepEqual(sidecar?.packets, {
    received: 26,
    written: 20,
    dropped: { undecryptable: 1, ciphertext: 1, all_padding: 1, empty: 1, oversized: 1, malformed: 1 },
    lost: 0,
  });
  assert.deepEqual(sidecar?.fill, { lossConcealed: 0, lossSilence: 0, pause: 6 * 960 });
  assert.equal(sidecar?.encryption.failures, 2);
});

test('after five minutes a new part goes on exactly where the last one ends', async () => {
  const bench = await started();
  for (let minute = 0; minute < 6; minute += 1) {
    bench.talker.say(3000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [first, second, ...rest] = await finished(bench);
  assert.equal(first?.closedBy, 'max_duration');
  assert.equal(first?.samples, 5 * 60 * 48_000);
  assert.deepEqual([first?.part, second?.part], [1, 2]);
  assert.equal(second?.startSample, 5 * 60 * 48_000);
  assert.equal(second?.samples, 60 * 48_000);
  assert.equal(first?.clock.points.length, 300);
  assert.deepEqual(rest, []);
});

test('packets lost between two segments are told at the second', async () => {
  const bench = await started();
  bench.talker.say(20);
  bench.talker.lose(3);
  bench.talker.wait(1500);
  bench.talker.say(20);
  const [first, second] = await finished(bench);
  assert.deepEqual([first?.packets.lost, first?.lostBetween], [0, 0]);
  assert.deepEqual([second?.packets.lost, second?.lostBetween, second?.lostSamples], [3, 3 * 960, 0]);
});

test('the sidecar is on the disk while the segment is open, and names come from the roster at close', async () => {
  const bench = await started();
  bench.talker.say(20);
  await bench.clock.run(100, 20);
  const [open] = readSidecars(bench.fs, bench.spec.folder);
  assert.deepEqual([open?.status, open?.closedBy, open?.username], ['open', null, 'user-01']);
  bench.recorder.setRoster(person(A, { username: 'renamed', displayName: 'Renamed' }));
  bench.recorder.setEncryptionVersion(1);
  const [closed] = await finished(bench);
  assert.deepEqual([closed?.status, closed?.username, closed?.displayName], ['closed', 'renamed', 'Renamed']);
  assert.equal(closed?.encryption.version, 1);
});

test('a start that was off is refined while the segment is open; the file keeps its name', async () => {
  const bench = await started();
  bench.clock.advance(500);
  // The first frames are seen 100 ms late, all at once; the rest on time.
  bench.clock.advance(100);
  for (let frame = 0; frame < 5; frame += 1) bench.talker.send(speechPacket(frame));
  bench.talker.say(80);
  const [sidecar] = await finished(bench);
  assert.equal(sidecar?.segmentId, `${A}/000000028800-1`);
  assert.equal(sidecar?.startSample, 28_800 - 4800);
  const lines = bench.fs.text(recordingLayout(bench.spec.folder).voxprocJournal(0));
  assert.match(lines, /"type":"segment_refined","segmentId":"[^"]+","startSample":24000/);
});

test('the journal’s last word on a start is the sidecar’s', async () => {
  const bench = await started();
  bench.clock.advance(100);
  for (let frame = 0; frame < 5; frame += 1) bench.talker.send(speechPacket(frame));
  bench.talker.say(20);
  // From here on RTP is 30 ms ahead of what was heard before: the delay was 30 ms more than it need be.
  bench.talker.timestamp += 30 * 48;
  bench.talker.say(10);
  const [sidecar] = await finished(bench);
  const refined = readJournal(bench.fs, bench.spec.folder).filter(({ type }) => type === 'segment_refined');
  assert.ok(refined.length >= 2);
  const last = refined.at(-1);
  assert.equal(last?.type === 'segment_refined' && last.startSample, sidecar?.startSample);
});

test('the event loop stood still: silence is not concluded before the packets of that time were read', async () => {
  for (const stalled of [true, false]) {
    const bench = await started();
    bench.talker.say(50);
    // One tick that comes 1180 ms late and before the packets are read, or sixty on time.
    if (stalled) bench.clock.stall(1180);
    bench.clock.advance(stalled ? 20 : 1200);
    for (let frame = 0; frame < 60; frame += 1) bench.talker.send(speechPacket(frame));
    bench.talker.say(20);
    const sidecars = await finished(bench);
    assert.equal(sidecars.length, stalled ? 1 : 2);
  }
});
