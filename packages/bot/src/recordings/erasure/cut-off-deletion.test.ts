import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { bob, guildA, SessionRig, voiceA } from '../../testing/index.ts';
import { Eraser } from './eraser.ts';
import { openPersonHash } from './person-hash.ts';

test('what a deletion that was cut off left of a recording goes with an erasure', async () => {
  await using rig = await SessionRig.start();
  const { folder, services, registry, discord, clock, background } = rig;
  const [recordingsDir, dataDir] = [join(folder, 'recordings'), join(folder, 'data')];
  const sessions = join(recordingsDir, 'sessions');
  const segments = join(sessions, `${guildA}-${voiceA}-20270115T080000000Z.deleting`, 'segments', bob);
  await mkdir(segments, { recursive: true });
  await writeFile(join(segments, '1.ogg'), 'a voice');
  using eraser = new Eraser({
    ...{ recordingsDir, dataDir, discord, registry, clock, background, store: services.store },
    ...{ logFile: null, logger: services.logger, removeExports: async () => undefined },
    muxQueue: { hold: async () => ({ [Symbol.dispose]: () => undefined }), enqueue: () => assert.fail() },
    hash: await openPersonHash(dataDir),
  });
  const outcome = await rig.drive(eraser.erase({ userId: bob, guildId: guildA, sessionId: null, askedBy: 'self' }));
  assert.deepEqual(outcome, { recordings: 0, running: 0, messages: 0, error: null });
  assert.deepEqual(await readdir(sessions), []);
});
