import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { alice, bob, FakeDiscord, guildA, textA, voiceA } from '../../testing/fake-discord.ts';
import { Background } from '../../vox/background.ts';
import { exportLadder } from './deliver-export.ts';
import { ExportFiles, exportKeepMs, removeExports } from './export-files.ts';
import type { ExportJob } from './export-job.ts';
import { ExportMaker } from './export-maker.ts';
import { ExportService } from './export-service.ts';
import type { ExportEnd } from './run-export.ts';

const mib = 1024 * 1024;
const recordingSessionId = `${guildA}-${voiceA}-20270115T080000000Z`;
const job: ExportJob = {
  ...{ kind: 'export', recordingSessionId, folder: '/rec', guildId: guildA, textChannelId: textA },
  ...{ requestedByUserId: alice, format: 'flac', from: null, to: null, lastSeconds: null, cutPauses: false },
};
const clip: ExportJob = { ...job, kind: 'clip', format: 'mix-ogg', lastSeconds: 60 };

interface Made {
  readonly bytes?: number;
  readonly people?: readonly string[];
  readonly end?: ExportEnd;
}

interface RigOptions {
  /** What each run makes, in order; the last one counts for all that follow. */
  readonly made?: readonly Made[];
  readonly deliver?: GuildSettings['deliver'];
  readonly publicUrl?: boolean;
  /** Who does not consent, at each look. */
  readonly without?: readonly (readonly string[])[];
  readonly mayStand?: boolean;
}

const openRig = async (options: RigOptions = {}) => {
  const { made = [{}], deliver = 'channel', publicUrl = false, without = [[]], mayStand = true } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-exports-'));
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const discord = new FakeDiscord();
  const files = new ExportFiles({ dataDir, clock, logger, background });
  const runs: { out: string; without: readonly string[] }[] = [];
  const outcomes: string[] = [];
  const hold = { until: Promise.resolve() as Promise<void> };
  let looks = 0;
  const maker = new ExportMaker({
    run: async (_job, out, leftOut, onProgress, signal) => {
      const now = made[Math.min(runs.length, made.length - 1)] ?? {};
      runs.push({ out, without: leftOut });
      onProgress(0.25);
      await hold.until;
      onProgress(0.5);
      if (signal.aborted) return { kind: 'interrupted' };
      if (now.end) return now.end;
      await writeFile(out, 'x');
      return { kind: 'done', path: out, bytes: now.bytes ?? 1, durationMs: 60_000, people: now.people ?? [alice, bob] };
    },
    ...{ files, clock, logger },
    withoutConsent: async () => new Set(without[Math.min(looks++, without.length - 1)]),
    onEnd: (_job, outcome) => outcomes.push(outcome),
  });
  const service = new ExportService({
    maker,
    delivery: {
      discord,
      logger,
      linkTo: publicUrl ? (id, file) => `https://parley.example/dl/${id}/${file}` : null,
      now: () => clock.now(),
      posted: async () => mayStand,
    },
    ...{ clock, logger, background },
    deliverTo: async () => deliver,
  });
  return {
    ...{ dataDir, clock, discord, files, runs, outcomes, maker, service, hold, background },
    done: async (wanted: ExportJob = job): Promise<void> => {
      assert.ok(service.request(wanted).accepted);
      while (outcomes.length === 0) await settle();
      await background.settled();
    },
    /** Files that are left, without the folders of their recordings. */
    left: async (): Promise<string[]> =>
      (await readdir(files.root, { recursive: true }).catch(() => [])).filter((name) => name.includes('/')),
    running: async (): Promise<void> => {
      while (runs.length === 0) await settle();
    },
    [Symbol.asyncDispose]: async () => {
      await maker[Symbol.asyncDispose]();
      files[Symbol.dispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const ladders: [what: string, to: GuildSettings['deliver'], bytes: number, url: boolean, rungs: string[]][] = [
  ['small enough', 'channel', 9 * mib, true, ['attach', 'link', 'host']],
  ['exactly the limit, which the request itself needs a little of', 'channel', 10 * mib, true, ['link', 'host']],
  ['too large, without a public URL', 'requester_dm', 11 * mib, false, ['host']],
  ['not to be delivered', 'none', 1, true, ['host']],
];
for (const [what, to, bytes, hasPublicUrl, rungs] of ladders) {
  test(`an export that is ${what}: ${rungs.join(', then ')}`, () => {
    assert.deepEqual(exportLadder(to, { bytes, limitBytes: 10 * mib, hasPublicUrl }), rungs);
  });
}

test('an export is attached where it was asked for, and its file removed', async () => {
  await using rig = await openRig();
  await rig.done();
  const [{ message, files, channelId } = assert.fail('nothing was posted')] = rig.discord.posted;
  assert.equal(channelId, textA);
  assert.ok(message.kind === 'export_file');
  assert.deepEqual([message.details.people, message.details.format], [[alice, bob], 'flac']);
  assert.deepEqual(
    files.map(({ name }) => name),
    [`${recordingSessionId}-flac.zip`],
  );
  assert.deepEqual([rig.outcomes, await rig.left()], [['attach'], []]);
});

test('one that is too large comes as a link that works for a day; its file waits as long', async () => {
  await using rig = await openRig({ made: [{ bytes: 400 * mib }], publicUrl: true });
  await rig.done();
  const [message] = rig.discord.said('export_link');
  assert.ok(message?.kind === 'export_link');
  assert.match(message.details.url, new RegExp(`/dl/${recordingSessionId}/exports/[0-9a-f-]{36}\\.zip$`));
  assert.equal(message.details.expiresAt, rig.clock.now() + exportKeepMs);
  assert.equal((await rig.left()).length, 1);
});

test('without a link it stays on the host, and that is said', async () => {
  await using rig = await openRig({ made: [{ bytes: 400 * mib }] });
  await rig.done();
  assert.equal(rig.discord.said('export_on_host').length, 1);
  assert.deepEqual([rig.outcomes, (await rig.left()).length], [['host'], 1]);
});

test('an attachment that Discord refuses comes as a link', async () => {
  await using rig = await openRig({ publicUrl: true });
  rig.discord.failPost = (message) => (message.kind === 'export_file' ? new Error('too large') : null);
  await rig.done();
  assert.deepEqual(rig.outcomes, ['link']);
});

test('where recordings go to direct messages exports do too; a clip answers where it was asked for', async () => {
  for (const [wanted, to] of [
    [job, `dm ${alice}`],
    [clip, textA],
  ] as const) {
    await using rig = await openRig({ deliver: 'requester_dm' });
    await rig.done(wanted);
    const [posted] = rig.discord.posted;
    assert.ok(posted?.channelId.includes(to.replace('dm ', '')), posted?.channelId);
  }
});

test('nothing is delivered where nothing is to be, not even a clip', async () => {
  await using rig = await openRig({ deliver: 'none' });
  await rig.done(clip);
  assert.deepEqual(rig.outcomes, ['host']);
});

test('a message with the voice of somebody who was erased meanwhile does not stay', async () => {
  await using rig = await openRig({ mayStand: false });
  await rig.done();
  assert.equal(rig.discord.deleted.length, 1);
});

test('one that cannot be deleted now is not handed over another way', async () => {
  await using rig = await openRig({ mayStand: false, publicUrl: true });
  rig.discord.failDelete = new Error('503');
  await rig.done();
  assert.equal(rig.discord.said('export_link').length, 0);
  assert.deepEqual(await rig.left(), []);
});

test('whoever does not consent is left out of a clip, and it is made again when somebody withdraws meanwhile', async () => {
  await using rig = await openRig({
    made: [{ people: [alice, bob] }, { people: [alice] }],
    without: [[], [bob], [bob], [bob]],
  });
  await rig.done(clip);
  assert.deepEqual(
    rig.runs.map(({ without }) => without),
    [[], [bob]],
  );
  const [message] = rig.discord.said('export_file');
  assert.ok(message?.kind === 'export_file');
  assert.deepEqual(message.details.people, [alice]);
});

test('a clip in which people keep withdrawing is given up, and is nowhere', async () => {
  await using rig = await openRig({ without: [[], [bob]] });
  await rig.done(clip);
  assert.equal(rig.runs.length, 3);
  const [message] = rig.discord.said('export_failed');
  assert.ok(message?.kind === 'export_failed' && message.details.code === 'erased_meanwhile');
  assert.deepEqual(await rig.left(), []);
});

test('an export says why it failed, and nothing of the host', async () => {
  const end: ExportEnd = { kind: 'failed', code: 'range_outside', error: '/srv/recordings/x is 0:10 long' };
  await using rig = await openRig({ made: [{ end }] });
  await rig.done();
  assert.deepEqual(rig.discord.said('export_failed'), [
    { kind: 'export_failed', details: { kind: 'export', code: 'range_outside' } },
  ]);
  assert.deepEqual([rig.outcomes, await rig.left()], [['failed'], []]);
});

test('a person erased while it is made: it is made anew', async () => {
  const end: ExportEnd = { kind: 'failed', code: 'erased_meanwhile', error: 'x' };
  await using rig = await openRig({ made: [{ end }, { people: [alice] }] });
  await rig.done();
  assert.deepEqual([rig.runs.length, rig.outcomes], [2, ['attach']]);
});

const ends: [what: string, made: Made, shown: number[]][] = [
  ['ends', {}, [0.5, 1]],
  ['does not end where nothing could be made', { end: { kind: 'failed', code: 'broken', error: 'x' } }, [0.5]],
];
for (const [what, made, fractions] of ends) {
  test(`progress is shown from the fifth second on, and ${what}`, async () => {
    await using rig = await openRig({ made: [made] });
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.hold.until = promise;
    rig.service.request(job);
    await rig.running();
    assert.deepEqual(rig.discord.posted, [], 'quiet at first');
    rig.clock.advance(6000);
    resolve();
    while (rig.outcomes.length === 0) await settle();
    await rig.background.settled();
    const shown = rig.discord.said('export_progress').map(({ details }) => (details as { fraction: number }).fraction);
    assert.deepEqual(shown, fractions);
  });
}

test('at the end of the supervisor what runs is interrupted and who asked is told', async () => {
  const rig = await openRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.hold.until = promise;
  rig.service.request(job);
  rig.service.request(job);
  await rig.running();
  const ended = rig.maker[Symbol.asyncDispose]();
  resolve();
  await ended;
  await rig.background.settled();
  assert.deepEqual(rig.outcomes, ['interrupted', 'interrupted']);
  assert.equal(rig.discord.said('export_failed').length, 2);
  assert.deepEqual(await rig.left(), []);
  await rig[Symbol.asyncDispose]();
});

test('files go after a day, half-made ones at the start, all of a recording with whoever is erased', async () => {
  await using rig = await openRig();
  const { files, clock, dataDir } = rig;
  const folder = join(files.root, recordingSessionId);
  await mkdir(join(folder, 'x.zip.tmp'), { recursive: true });
  await writeFile(join(folder, 'old.zip'), '');
  await writeFile(join(folder, 'new.zip'), '');
  const at = (ms: number): Date => new Date(clock.now() - ms);
  await utimes(join(folder, 'old.zip'), at(0), at(exportKeepMs + 1000));
  await utimes(join(folder, 'new.zip'), at(0), at(exportKeepMs - 1000));
  await utimes(join(folder, 'x.zip.tmp'), at(0), at(1000));
  assert.equal(await files.sweep(), 1);
  assert.deepEqual((await readdir(folder)).toSorted(), ['new.zip', 'x.zip.tmp']);
  assert.equal(await files.sweep({ atStart: true }), 1);
  assert.deepEqual(await readdir(folder), ['new.zip']);
  await removeExports(dataDir, '../..');
  await removeExports(dataDir, recordingSessionId);
  assert.ok(!existsSync(folder) && existsSync(dataDir));
});
