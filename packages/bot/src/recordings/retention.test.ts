import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RecordingStatus, recordingFolder } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { guildDefaultsOf, parseSettings } from '../config/index.ts';
import { openStore } from '../store/index.ts';
import { Background } from '../vox/background.ts';
import { isExpired, Retention, sweepEveryMs } from './retention.ts';
import { newSessionFile, writeSessionFile } from './session-files.ts';

const day = 24 * 3_600_000;
const now = 1_800_000_000_000;

const cases: [name: string, status: RecordingStatus, endedDaysAgo: number | null, days: number, expired: boolean][] = [
  ['younger than its retention', 'completed', 29.9, 30, false],
  ['older', 'completed', 30.1, 30, true],
  ['failed and older', 'failed', 31, 30, true],
  ['still recording, however long', 'recording', null, 1, false],
  ['still to be mixed', 'muxing', 400, 30, false],
  ['kept until somebody deletes it', 'completed', 4000, 0, false],
];
for (const [name, status, endedDaysAgo, days, expired] of cases) {
  test(`a recording ${name} is ${expired ? '' : 'not '}deleted`, () => {
    const endTime = endedDaysAgo === null ? null : now - endedDaysAgo * day;
    assert.equal(isExpired({ status, endTime, startTime: now - 500 * day }, days, now), expired);
  });
}

test('the sweep deletes what is over, its rows too, and nothing else, at the start and each hour', async () => {
  const root = await mkdtemp(join(tmpdir(), 'parley-retention-'));
  const clock = new FakeClock({ now });
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  await using scope = new AsyncDisposableStack();
  scope.defer(() => rm(root, { recursive: true }));
  const settings = parseSettings({ recordingsDir: root, dataDir: root, retentionDays: 30 });
  const store = scope.use(
    await openStore({
      file: join(root, 'parley.db'),
      clock,
      logger,
      driver: 'node',
      guildDefaults: guildDefaultsOf(settings),
    }),
  );
  const write = async (daysAgo: number): Promise<string> => {
    const guildId = '100000000000000001';
    const startTime = now - daysAgo * day;
    const time = new Date(startTime).toISOString().replaceAll(/[-:.]/g, '');
    const recordingSessionId = `${guildId}-100000000000000002-${time}`;
    const folder = recordingFolder(root, recordingSessionId);
    await mkdir(join(folder, 'segments'), { recursive: true });
    await writeFile(join(folder, 'full.ogg'), 'audio');
    const identity = {
      sessionId: 's',
      recordingSessionId,
      guildId,
      channelId: '100000000000000002',
      channelName: 'Table',
      startTime,
    };
    await writeSessionFile(folder, { ...newSessionFile(identity), status: 'completed', endTime: startTime });
    store.recordings.started({
      ...identity,
      ...{
        textChannelId: null,
        requestedByUserId: '1',
        folder,
        bootId: 'b',
        originUs: 0,
        endTime: startTime,
        durationMs: 1,
      },
      ...{ status: 'completed', outputFile: 'full.ogg', continues: null, voxprocs: 1, error: null },
    });
    return recordingSessionId;
  };
  const old = await write(40);
  const fresh = await write(29.99);
  const unreadable = join(root, 'sessions', old.replace(/\d{9}Z$/, '000000000Z'));
  await mkdir(unreadable, { recursive: true });
  await mkdir(join(root, 'sessions', `${old}-cut-off.deleting`), { recursive: true });
  using retention = new Retention({ recordingsDir: root, store, clock, logger, background });

  assert.deepEqual(await retention.sweep(), [old]);
  await store.flush();
  assert.equal(existsSync(recordingFolder(root, old)), false);
  assert.equal(await store.recordings.get(old), null);
  assert.notEqual(await store.recordings.get(fresh), null);
  assert.ok(existsSync(unreadable));

  clock.advance(sweepEveryMs);
  await background.settled();
  assert.deepEqual((await readdir(join(root, 'sessions'))).toSorted(), [unreadable.split('/').at(-1)].toSorted());
});
