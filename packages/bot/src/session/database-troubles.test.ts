import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDriver } from '../store/drivers/open-driver.ts';
import { alice, guildA, nothingLeft, SessionRig, voiceA } from '../testing/index.ts';

/** Another process that holds the write lock of the rig's database. */
const lockedBy = async (rig: SessionRig) => {
  const other = await openDriver('node', join(rig.folder, 'data', 'parley.db'));
  await other.exec('BEGIN IMMEDIATE');
  return other;
};

test('a database that is locked all the while costs no session and no recording, and its rows are there later', async () => {
  await using rig = await SessionRig.start();
  const other = await lockedBy(rig);
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  const { session } = outcome;
  const run = session.recording.current ?? assert.fail('no recording');
  await rig.clock.run(5000, 500);
  assert.equal(session.isLive, true);
  assert.ok(rig.services.store.health().pending > 0);
  assert.equal(rig.services.store.health().lastError?.code ?? 'busy', 'busy');
  await rig.drive(rig.coordinator.leave(guildA, alice, 'text'));
  await rig.drive(session.ended);
  assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
  assert.equal(rig.muxJobs.length, 1);
  await other.exec('ROLLBACK');
  await other.close();
  await rig.services.store.flush();
  assert.deepEqual([rig.services.store.health().pending, rig.services.store.health().dropped], [0, 0]);
  const row = await rig.services.store.recordings.get(run.recordingSessionId);
  assert.equal(row?.status, 'muxing');
  assert.equal((await rig.services.store.sessions.get(session.sessionId))?.endReason, 'requested');
});
