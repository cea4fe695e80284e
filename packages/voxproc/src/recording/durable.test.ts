import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOpusBytes, recordingLayout } from '@parley/mux';
import { settle } from '@parley/protocol/testing';
import { MemoryFs } from '../testing/memory-fs.ts';
import { packetIndex } from '../testing/packet-stream.ts';
import { makeBench, ORIGIN_US, person, readSidecars, recordingSpecOf, START_TIME } from '../testing/simulate.ts';
import { StallingClock } from '../testing/stalling-clock.ts';
import { Talker } from '../testing/talker.ts';
import { guardFs } from './guarded-fs.ts';
import { Recorder } from './recorder.ts';
import { nodeFs } from './recording-fs.ts';

const B = '100000000000000002';

const talk = async (fs: MemoryFs, spec: Parameters<typeof makeBench>[0] = {}) => {
  const bench = makeBench({ ...spec, fs });
  bench.recorder.setRoster(person(B));
  await bench.recorder.start(bench.spec);
  return { ...bench, b: new Talker(bench, B) };
};

for (const { durable, boundMs } of [
  { durable: false, boundMs: 1000 },
  { durable: true, boundMs: 400 },
]) {
  test(`killed at any moment, at most ${boundMs} ms of what was received is not on the disk${durable ? ' (durable)' : ''}`, async () => {
    const fs = new MemoryFs();
    const bench = await talk(fs, { spec: { durable } });
    await using recorder = bench.recorder;
    const layout = recordingLayout(bench.spec.folder);
    let worstMs = 0;
    let sent = 0;
    for (let frame = 0; frame < 600; frame += 1) {
      // Every second one packet is lost, so that the window waits for it.
      if (frame % 50 === 49) {
        bench.b.lose(1);
      } else {
        bench.b.say(1);
        sent += 1;
      }
      await settle();
      const onDisk = fs
        .paths('.ogg')
        .filter((path) => path.startsWith(layout.segments))
        .flatMap((path) => [...readOpusBytes(fs.files.get(path) as Buffer)])
        .flatMap((event) => (event.type === 'page' ? event.packets : []))
        .filter(({ data }) => packetIndex(data) !== null).length;
      worstMs = Math.max(worstMs, (sent - onDisk) * 20);
      for (const sidecar of readSidecars(fs, bench.spec.folder)) assert.equal(sidecar.status, 'open');
    }
    assert.ok(worstMs <= boundMs, `${worstMs} ms`);
    if (durable) {
      const path = join(layout.personSegments(B), '000000000000-1.ogg');
      const of = (operation: string) =>
        fs.calls.filter((call) => call.operation === operation && call.path === path).length;
      assert.ok(of('sync') >= of('write') - 1, 'every page is synced');
    }
    await recorder.stop('shutdown', 'asked');
  });
}

test('a file that is not durable is synced every 10 s and when it is closed', async () => {
  const fs = new MemoryFs();
  const bench = await talk(fs);
  for (let second = 0; second < 25; second += 1) {
    bench.b.say(50);
    await settle();
  }
  const syncs = () => fs.calls.filter(({ operation, path }) => operation === 'sync' && path.endsWith('.ogg')).length;
  assert.equal(syncs(), 2);
  await bench.recorder[Symbol.asyncDispose]();
  assert.equal(syncs(), 3);
});

test('on a real disk a durable recording syncs every page, and no page holds more than 100 ms', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-durable-'));
  await using scope = new AsyncDisposableStack();
  scope.defer(() => rm(folder, { recursive: true }));
  const writes = new Map<string, number>();
  const syncs = new Map<string, number>();
  let underWay = 0;
  const fs = guardFs(nodeFs, async (operation, path, run) => {
    const counts = operation === 'write' ? writes : operation === 'sync' ? syncs : null;
    counts?.set(path, (counts.get(path) ?? 0) + 1);
    underWay += 1;
    try {
      return await run();
    } finally {
      underWay -= 1;
    }
  });
  const diskIsIdle = async () => {
    await settle();
    while (underWay > 0) await settle();
  };
  const clock = new StallingClock({ now: START_TIME, monotonicUs: ORIGIN_US });
  await using recorder = new Recorder({ clock, fs, onEvent: () => undefined });
  recorder.setRoster(person(B));
  await recorder.start(recordingSpecOf(folder, { durable: true }));
  const b = new Talker({ clock, recorder }, B);
  const path = join(recordingLayout(folder).personSegments(B), '000000000000-1.ogg');
  const pagesOnDisk = () =>
    [...readOpusBytes(readFileSync(path))].flatMap((event) =>
      event.type === 'page' && event.packets.length > 0 ? [event.packets] : [],
    );
  const msIn = (pages: ReturnType<typeof pagesOnDisk>) =>
    pages.flat().reduce((ms, { samples }) => ms + samples / 48, 0);
  for (let frame = 0; frame < 100; frame += 1) {
    b.say(1);
    await diskIsIdle();
    // The first packets wait for the ones that may come before them.
    if (frame < 20) continue;
    const missingMs = (frame + 1) * 20 - msIn(pagesOnDisk());
    assert.ok(missingMs <= 400, `${missingMs} ms are not on the disk after ${frame} packets`);
  }
  await recorder.stop('leave', 'asked');
  // The first page also holds what had waited until the segment was opened.
  for (const page of pagesOnDisk().slice(1)) assert.ok(msIn([page]) <= 100, `${msIn([page])} ms in a page`);
  assert.ok((syncs.get(path) ?? 0) >= 20, `${syncs.get(path)} syncs in 2 s`);
  assert.ok((syncs.get(path) ?? 0) >= (writes.get(path) ?? 0) - 1, `${syncs.get(path)} of ${writes.get(path)}`);
});
