import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOpusBytes } from '@parley/mux';
import { ProtocolError } from '@parley/protocol';
import { settle } from '@parley/protocol/testing';
import { auditSegment } from '../testing/audit.ts';
import { MemoryFs } from '../testing/memory-fs.ts';
import { packetIndex } from '../testing/packet-stream.ts';
import { makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';
import { RESERVE_BYTES } from './space-reserve.ts';

const A = '100000000000000001';
const B = '100000000000000002';

/** Two people talk for 2 s; then the disk holds `roomBytes` more than what is on it, `reserve` says whether the reserve is among that. */
const fillUp = async (roomBytes: number, reserve: 'kept' | 'gone') => {
  const fs = new MemoryFs();
  const bench = makeBench({ fs });
  for (const userId of [A, B]) bench.recorder.setRoster(person(userId));
  await bench.recorder.start(bench.spec);
  const [a, b] = [new Talker(bench, A), new Talker(bench, B, { ssrc: 2 })];
  for (let frame = 0; frame < 300; frame += 1) {
    if (frame === 100) fs.capacityBytes = fs.usedBytes + roomBytes - (reserve === 'gone' ? RESERVE_BYTES : 0);
    const before = bench.clock.monotonicUs();
    a.say(1);
    // Both speak at the same time.
    assert.equal(bench.clock.monotonicUs() - before, 20_000);
    b.send(new Uint8Array([0xfc, 0, 0, 0, b.index & 0xff, 0xa7, 1, 1]));
    b.index += 1;
    if (frame % 5 === 4) await settle();
  }
  await settle();
  const ended = bench.events.filter((event) => event.type === 'ended');
  assert.equal(ended.length, 1);
  assert.deepEqual([ended[0]?.reason, ended[0]?.details.code], ['disk_full', 'ENOSPC']);
  assert.equal(bench.recorder.stats().received, 0);
  assert.equal(fs.openFiles, 0);
  await bench.recorder[Symbol.asyncDispose]();
  assert.equal(bench.clock.timers, 0);
  const holes = bench.events.flatMap((event) => (event.type === 'hole' ? [event.hole] : []));
  const sidecars = bench.events.flatMap((event) => (event.type === 'segment_closed' ? [event.sidecar] : []));
  const summary = ended[0]?.summary;
  assert.ok(summary);
  return { ...bench, fs, holes, sidecars, summary };
};

const speechIn = (fs: MemoryFs): number =>
  fs
    .paths('.ogg')
    .flatMap((path) => [...readOpusBytes(fs.files.get(path) as Buffer)])
    .flatMap((event) => (event.type === 'page' ? event.packets : []))
    .filter(({ data }) => packetIndex(data) !== null).length;

test('on a full disk what was received is written into the space kept back: nothing is lost, every file has its end', async () => {
  const { fs, spec, holes, summary } = await fillUp(700, 'kept');
  assert.ok(summary.received >= 200);
  assert.deepEqual([summary.written, summary.dropped], [summary.received, {}]);
  assert.equal(speechIn(fs), summary.written);
  assert.deepEqual(holes, []);
  const sidecars = readSidecars(fs, spec.folder);
  for (const sidecar of sidecars) {
    assert.deepEqual([sidecar.status, sidecar.closedBy], ['closed', 'disk_failed']);
    assert.deepEqual(auditSegment(fs, spec.folder, sidecar), []);
  }
  assert.equal(sidecars.length, 2);
  assert.equal(readJournal(fs, spec.folder).at(-1)?.type, 'voxproc_left');
  assert.equal(fs.usedBytes < fs.capacityBytes, true);
});

test('where others have taken that space too, what could not be written is a hole of its person, to the sample', async () => {
  const { fs, holes, sidecars, summary } = await fillUp(700, 'gone');
  const dropped = summary.dropped.disk_failed ?? 0;
  assert.ok(dropped > 0 && dropped <= 60, `${dropped} packets`);
  assert.equal(summary.received, summary.written + dropped);
  assert.equal(speechIn(fs), summary.written);
  const missing = sidecars.filter((sidecar) => (sidecar.packets.dropped.disk_failed ?? 0) > 0);
  assert.deepEqual(
    holes,
    missing.map(({ userId, startSample, samples, packets }) => ({
      ...{ userId, reason: 'disk_full', fromSample: startSample + samples },
      toSample: startSample + samples + (packets.dropped.disk_failed ?? 0) * 960,
    })),
  );
});

test('a disk without room for what closing takes does not begin a recording', async () => {
  const fs = new MemoryFs();
  fs.capacityBytes = RESERVE_BYTES / 2;
  const { recorder, spec, clock } = makeBench({ fs });
  await assert.rejects(recorder.start(spec), (error) => error instanceof ProtocolError && error.code === 'disk_full');
  await recorder[Symbol.asyncDispose]();
  assert.deepEqual([clock.timers, fs.openFiles], [0, 0]);
});
