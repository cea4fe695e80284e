import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { ExportFiles } from '../../recordings/exports/export-files.ts';
import type { ExportJob } from '../../recordings/exports/export-job.ts';
import { ExportMaker } from '../../recordings/exports/export-maker.ts';
import { exportQueueLimits } from '../../recordings/exports/export-queue.ts';
import { ExportService } from '../../recordings/exports/export-service.ts';
import type { ExportEnd } from '../../recordings/exports/run-export.ts';
import { FakeDiscord, textA } from '../../testing/fake-discord.ts';
import { Background } from '../../vox/background.ts';
import { ApiFailure } from './api-failure.ts';
import { PageExports, type PageExportWish } from './page-exports.ts';

const ada = '200000000000000001';
const guilds = Array.from({ length: 4 }, (_, n) => `10000000000000000${n}`);
const wishOf = (guildId: string): PageExportWish => ({
  ...{ recordingSessionId: `${guildId}-300000000000000001-20270115T080000000Z`, folder: '/rec', guildId },
  ...{ requestedByUserId: ada, format: 'labels', fromMs: 1500, toMs: null },
});

/** Pages and commands over one maker; each run ends as the next of `ends` says, by default with a file. */
const openRig = async (ends: readonly ExportEnd[] = []) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-page-exports-'));
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const files = new ExportFiles({ dataDir, clock, logger, background });
  const runs: ExportJob[] = [];
  const outcomes: string[] = [];
  const atOnce = { now: 0, most: 0 };
  const hold = { until: Promise.resolve() as Promise<void> };
  const maker = new ExportMaker({
    run: async (job, out) => {
      runs.push(job);
      atOnce.now += 1;
      atOnce.most = Math.max(atOnce.most, atOnce.now);
      await hold.until;
      atOnce.now -= 1;
      const end = ends[runs.length - 1];
      if (end) return end;
      await writeFile(out, 'made');
      return { kind: 'done', path: out, bytes: 4, durationMs: 1000, people: [ada] };
    },
    ...{ files, clock, logger },
    withoutConsent: async () => new Set<string>(),
    onEnd: (_job, outcome) => outcomes.push(outcome),
  });
  const discord = new FakeDiscord();
  const service = new ExportService({
    delivery: { discord, logger, linkTo: null, now: () => clock.now(), posted: async () => true },
    ...{ maker, clock, logger, background },
    deliverTo: async () => 'channel',
  });
  return {
    ...{ runs, outcomes, atOnce, hold, service, files, pages: new PageExports({ maker }) },
    ended: async (jobs: number): Promise<void> => {
      while (outcomes.length < jobs) await settle();
    },
    [Symbol.asyncDispose]: async () => {
      await maker[Symbol.asyncDispose]();
      await background.settled();
      files[Symbol.dispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

test('pages and commands share one queue: two exports at once on the whole machine', async () => {
  await using rig = await openRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.hold.until = promise;
  for (const guildId of guilds) {
    rig.pages.begin(wishOf(guildId));
    const { fromMs: _from, toMs: _to, ...wish } = wishOf(guildId);
    const job = { ...wish, kind: 'export', textChannelId: textA, from: null, to: null } as const;
    assert.ok(rig.service.request({ ...job, lastSeconds: null, cutPauses: false }).accepted);
  }
  while (rig.runs.length < 2) await settle();
  resolve();
  await rig.ended(8);
  assert.equal(rig.atOnce.most, exportQueueLimits.atOnce);
});

test('an export of a page waits there with its place and size, and counts among what was exported', async () => {
  await using rig = await openRig();
  const { exportId } = rig.pages.begin(wishOf(guilds[0] ?? ''));
  await rig.ended(1);
  const { view, place } = rig.pages.of(ada, exportId) ?? assert.fail('it is not known');
  assert.deepEqual([view.state, view.bytes, rig.outcomes], ['done', 4, ['page']]);
  assert.equal(rig.runs[0]?.from, '1.5');
  const left = (await readdir(rig.files.root, { recursive: true })).filter((name) => name.endsWith('.txt'));
  assert.deepEqual([left.length, place?.path.endsWith(left[0] ?? '?')], [1, true]);
  assert.equal(rig.pages.of('200000000000000002', exportId), null, 'for nobody else');
});

test('somebody who is erased while a page’s export is made: it is made anew', async () => {
  await using rig = await openRig([{ kind: 'failed', code: 'erased_meanwhile', error: 'x' }]);
  const { exportId } = rig.pages.begin(wishOf(guilds[0] ?? ''));
  await rig.ended(1);
  assert.deepEqual([rig.runs.length, rig.pages.of(ada, exportId)?.view.state], [2, 'done']);
});

test('one that cannot be made says why in words, and nothing of the host', async () => {
  await using rig = await openRig([{ kind: 'failed', code: 'range_outside', error: '/srv/recordings/x is 0:10 long' }]);
  const { exportId } = rig.pages.begin(wishOf(guilds[0] ?? ''));
  await rig.ended(1);
  const view = rig.pages.of(ada, exportId)?.view;
  assert.deepEqual([view?.state, rig.outcomes], ['failed', ['failed']]);
  assert.equal(
    view?.error,
    'The export could not be made: that part lies outside of the recording. Give times within it.',
  );
});

test('what finds no place in the queue is refused and not remembered', async () => {
  await using rig = await openRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.hold.until = promise;
  const wish = wishOf(guilds[0] ?? '');
  for (let n = 0; n <= exportQueueLimits.guild; n += 1) rig.pages.begin(wish);
  assert.throws(
    () => rig.pages.begin(wish),
    (error) => error instanceof ApiFailure && error.code === 'rate_limited',
  );
  resolve();
});
