import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOpusBytes } from '@parley/mux';
import { settle } from '@parley/protocol/testing';
import { auditSegment, segmentPackets } from '../testing/audit.ts';
import { heldDisk, MemoryFs } from '../testing/memory-fs.ts';
import { packetIndex, speechPacket } from '../testing/packet-stream.ts';
import { makeBench, person, readJournal, readSidecars } from '../testing/simulate.ts';
import { Talker } from '../testing/talker.ts';

const A = '100000000000000001';
const B = '100000000000000002';

/** Two people talk: A in two segments, B through. The disk works whenever it can. */
const talk = async (fs: MemoryFs, spec: Parameters<typeof makeBench>[0] = {}) => {
  const bench = makeBench({ ...spec, fs });
  for (const userId of [A, B]) bench.recorder.setRoster(person(userId));
  await bench.recorder.start(bench.spec);
  return { ...bench, a: new Talker(bench, A), b: new Talker(bench, B, { ssrc: 2 }) };
};

const scene = async (fs: MemoryFs) => {
  const bench = await talk(fs);
  const both = async (frames: number, a: boolean) => {
    for (let frame = 0; frame < frames; frame += 1) {
      if (a) {
        bench.a.send(speechPacket(bench.a.index));
        bench.a.index += 1;
      } else {
        bench.a.timestamp += 960;
      }
      bench.b.say(1);
      if (frame % 10 === 9) await settle();
    }
  };
  await both(40, true);
  await both(60, false);
  await both(40, true);
  const ended = bench.events.find((event) => event.type === 'ended');
  const summary = ended?.summary ?? (await bench.recorder.stop('leave', 'asked'));
  await bench.recorder[Symbol.asyncDispose]();
  await settle();
  return { ...bench, summary, ended };
};

const speechIn = (fs: MemoryFs): number => {
  let packets = 0;
  for (const path of fs.paths('.ogg')) {
    for (const event of readOpusBytes(fs.files.get(path) as Buffer)) {
      assert.notEqual(event.type, 'damage', path);
      if (event.type === 'page') packets += event.packets.filter(({ data }) => packetIndex(data) !== null).length;
    }
  }
  return packets;
};

test('a disk that fails at any one call ends the recording once; every file stays whole and the account exact', async () => {
  const plain = new MemoryFs();
  await scene(plain);
  const beforeStart = plain.calls.findIndex(({ operation }) => operation === 'keepFree') + 1;
  assert.ok(plain.calls.length - beforeStart > 40);
  for (const after of ['that call alone', 'all that follow'] as const) {
    for (let failing = beforeStart; failing < plain.calls.length; failing += 1) {
      // Giving the space back is the last thing of all: nobody minds whether it failed.
      if (plain.calls[failing]?.operation === 'release') continue;
      const fs = new MemoryFs();
      let call = -1;
      fs.fault = () => {
        call += 1;
        return call === failing || (after === 'all that follow' && call > failing) ? 'ENOSPC' : null;
      };
      const { events, summary, ended, spec } = await scene(fs);
      const where = `${after} from ${failing}, ${plain.calls[failing]?.operation} ${plain.calls[failing]?.path}`;
      const told = events.filter(
        (event) => event.type === 'ended' || (event.type === 'warning' && event.code === 'disk_failed'),
      );
      assert.equal(told.length, 1, where);
      if (ended !== undefined) assert.equal(ended.reason, 'disk_full');
      assert.equal(fs.openFiles, 0, where);
      fs.fault = () => null;
      for (const sidecar of readSidecars(fs, spec.folder)) {
        if (sidecar.status === 'closed') assert.deepEqual(auditSegment(fs, spec.folder, sidecar), [], where);
      }
      assert.equal(speechIn(fs), summary.written, where);
      const dropped = Object.values(summary.dropped).reduce((sum, count) => sum + count, 0);
      assert.equal(summary.received, summary.written + dropped, where);
    }
  }
});

test('free space below the limit ends the recording with every file complete', async () => {
  const fs = new MemoryFs();
  fs.capacityBytes = 5_000_000;
  const bench = await talk(fs, { spec: { minFreeBytes: 1_000_000 } });
  await using _recorder = bench.recorder;
  const minute = async () => {
    for (let second = 0; second < 12; second += 1) {
      bench.b.say(50);
      await settle();
    }
  };
  await minute();
  fs.capacityBytes = 2_900_000;
  await minute();
  assert.deepEqual(
    bench.events.flatMap((event) => (event.type === 'warning' ? [event.code] : [])),
    ['disk_low'],
  );
  fs.capacityBytes = 1_900_000;
  await minute();
  const ended = bench.events.find((event) => event.type === 'ended');
  assert.equal(ended?.reason, 'disk_full');
  const [sidecar] = readSidecars(fs, bench.spec.folder);
  assert.ok(sidecar);
  assert.deepEqual([sidecar.status, sidecar.closedBy], ['closed', 'disk_failed']);
  assert.deepEqual(auditSegment(fs, bench.spec.folder, sidecar), []);
  assert.deepEqual(sidecar.packets.dropped, {});
  assert.equal(readJournal(fs, bench.spec.folder).at(-1)?.type, 'voxproc_left');
});

test('a folder that is taken away ends the recording as unwritable', async () => {
  const fs = new MemoryFs();
  const bench = await talk(fs);
  await using _recorder = bench.recorder;
  bench.b.say(10);
  await settle();
  fs.fault = ({ operation }) => (operation === 'freeBytes' ? 'ENOENT' : null);
  bench.clock.advance(10_000);
  await settle();
  const ended = bench.events.find((event) => event.type === 'ended');
  assert.equal(ended?.reason, 'folder_unwritable');
});

test('a start while a recording that failed is still being closed waits for it, and succeeds', async () => {
  const fs = new MemoryFs();
  const bench = await talk(fs);
  await using recorder = bench.recorder;
  using disk = heldDisk();
  bench.b.say(50);
  await settle();
  fs.fault = ({ operation, path }) => {
    if (operation === 'freeBytes') return 'EIO';
    return path.endsWith('.ogg') && operation === 'write' ? disk.promise : null;
  };
  await bench.clock.run(10_000);
  fs.fault = () => null;
  const starting = recorder.start({ ...bench.spec, folder: '/other' });
  await settle();
  assert.deepEqual(fs.paths('/other/journal/voxproc-0.jsonl'), []);
  disk.release();
  await starting;
  assert.deepEqual(
    bench.events.flatMap((event) => (event.type === 'ended' ? [event.reason] : [])),
    ['folder_unwritable'],
  );
  bench.b.say(50);
  assert.equal((await recorder.stop('leave', 'asked')).written, 50);
});

test('a sidecar that was slow to open does not take the place of the closed one', async () => {
  const fs = new MemoryFs();
  const bench = await talk(fs);
  await using recorder = bench.recorder;
  using disk = heldDisk();
  fs.fault = ({ operation, path }) => (operation === 'write' && path.includes('.json') ? disk.promise : null);
  bench.b.say(30);
  await settle();
  fs.fault = () => null;
  const stopping = recorder.stop('leave', 'asked');
  await settle();
  disk.release();
  await stopping;
  await settle();
  assert.deepEqual(
    readSidecars(fs, bench.spec.folder).map(({ status }) => status),
    ['closed'],
  );
});

test('a disk that takes 500 ms for every write at a segment’s end loses nothing, and the end is reached', async () => {
  const fs = new MemoryFs();
  const bench = await talk(fs);
  await using recorder = bench.recorder;
  bench.b.say(95);
  await settle();
  fs.fault = ({ operation }) => {
    if (operation !== 'write' && operation !== 'sync') return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.clock.setTimeout(resolve, 510);
    return promise;
  };
  bench.b.say(5);
  const stopping = recorder.stop('leave', 'asked');
  await bench.clock.run(20_000, 100);
  const summary = await stopping;
  assert.equal(summary.written, 100);
  const [sidecar] = readSidecars(fs, bench.spec.folder);
  assert.ok(sidecar);
  assert.deepEqual(auditSegment(fs, bench.spec.folder, sidecar), []);
  assert.deepEqual(
    bench.events.flatMap((event) => (event.type === 'warning' ? [event.code] : [])),
    ['disk_slow'],
  );
});

test('a disk that stands still fills the bounded queue: packets are dropped and counted, and later ones stand in their place', async () => {
  const fs = new MemoryFs();
  const bench = await talk(fs);
  await using recorder = bench.recorder;
  bench.b.say(10);
  await settle();
  using disk = heldDisk();
  fs.fault = ({ operation, path }) => (operation === 'write' && path.endsWith('.ogg') ? disk.promise : null);
  const large = (index: number) => speechPacket(index, 20, true, 1200);
  for (let second = 0; second < 30; second += 1) {
    bench.b.say(50, large);
    await settle();
    assert.ok(recorder.stats().writeQueueBytes < 1.2 * 1024 * 1024);
  }
  fs.fault = () => null;
  disk.release();
  await settle();
  bench.b.say(10);
  const summary = await recorder.stop('leave', 'asked');
  assert.equal(summary.received, 1520);
  assert.ok((summary.dropped.queue_full ?? 0) > 400);
  const [sidecar] = readSidecars(fs, bench.spec.folder);
  assert.ok(sidecar);
  assert.deepEqual(auditSegment(fs, bench.spec.folder, sidecar), []);
  assert.equal(sidecar.fill.pause, (summary.dropped.queue_full ?? 0) * 960);
  for (const { data, position } of segmentPackets(fs, bench.spec.folder, sidecar)) {
    const index = packetIndex(data);
    if (index !== null) assert.equal(position, index * 960);
  }
  const codes = new Set(bench.events.flatMap((event) => (event.type === 'warning' ? [event.code] : [])));
  assert.deepEqual([...codes].sort(), ['disk_slow', 'write_queue_full']);
});
