import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingFolder, recordingLayout } from '@parley/mux';
import { alice, bob, guildA, guildB, textA } from '../../testing/index.ts';
import { removeExports } from '../exports/export-files.ts';
import { deleteRecording } from '../retention/delete-recording.ts';
import { erasureRetryMs } from './eraser.ts';
import { keepDelivery } from './keep-delivery.ts';
import { forever, noTrace, openRig } from './testing/eraser-rig.ts';

test('a person is erased from recordings, messages, database and log; what is left is mixed anew', async () => {
  await using the = await openRig();
  const { eraser, store, discord, jobs, held, traces } = the;
  const first = await the.recorded(guildA, 1000);
  const second_ = await the.recorded(guildA, 2000);
  assert.ok((await traces()).length > 12);
  assert.deepEqual(await eraser.survey(forever), { recordings: 2, spoken: 2, running: 0, messages: 2 });

  const outcome = await the.rig.drive(eraser.erase(forever));
  assert.deepEqual(outcome, { recordings: 2, running: 0, messages: 2, error: null });
  assert.deepEqual(await traces(), []);
  assert.deepEqual(discord.deleted, [`${textA}/1`, `${textA}/2`]);
  assert.deepEqual(held, []);
  assert.deepEqual(
    jobs.map(({ recordingSessionId, requestedByUserId }) => [recordingSessionId, requestedByUserId]),
    [
      [first, null],
      [second_, null],
    ],
  );
  assert.equal((await store.recordings.get(first))?.status, 'muxing');
  const log = (await store.erasures.all())[0] ?? assert.fail();
  assert.deepEqual([log.userId, log.recordings, log.messages, log.doneAt !== null], [null, 2, 2, true]);
  assert.match(log.person, /^[\w-]{43}$/);
  assert.deepEqual(await eraser.survey(forever), noTrace);
});

test('in one server it leaves the others, everywhere it takes all', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  const elsewhere = await the.recorded(guildB, 1000);
  assert.equal((await the.rig.drive(the.eraser.erase(forever))).recordings, 1);
  assert.ok((await the.traces(elsewhere)).some((trace) => trace.startsWith('voice')));
  assert.equal((await the.rig.drive(the.eraser.erase({ ...forever, guildId: null }))).recordings, 1);
  assert.deepEqual(await the.traces(), []);
});

test('a message that cannot be deleted now is tried again until it is, after a restart too', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  the.discord.failDelete = new Error(`503 for ${bob}`);
  const outcome = await the.rig.drive(the.eraser.erase(forever));
  assert.match(
    outcome.error ?? '',
    /messages: 1 could not be deleted: 503 for /,
    'the person hears what is left, and why',
  );
  assert.equal((await the.store.erasures.open()).length, 1);
  the.discord.failDelete = null;
  using restarted = await the.newEraser();
  await the.rig.drive(restarted.resume());
  assert.deepEqual(the.discord.deleted, [`${textA}/1`]);
  assert.deepEqual(await the.store.erasures.open(), []);
  assert.deepEqual(await the.traces(), []);
});

test('a message that read the recording while its mixer was waited for goes too, posted before or after', async () => {
  await using the = await openRig();
  const { clock } = the.rig;
  const { erasures } = the.store;
  const recordingSessionId = await the.recorded(guildA, 1000);
  let readAt = Number.NaN;
  the.meanwhile.run = async () => {
    clock.advance(1000);
    readAt = clock.now();
    const sent = await the.discord.post(textA, { kind: 'remixed', details: {} });
    const keep = keepDelivery(the.store, clock, the.rig.services.logger);
    assert.equal(await keep(recordingSessionId, sent, readAt), true);
    clock.advance(1000);
  };
  // What is posted later is held against the last of these.
  const touchedAt: number[] = [];
  const touches = erasures.touches.bind(erasures);
  Object.assign(erasures, {
    touches: (...args: Parameters<typeof touches>) => {
      touchedAt.push(clock.now());
      return touches(...args);
    },
  });
  assert.equal((await the.rig.drive(the.eraser.erase(forever))).messages, 2);
  assert.deepEqual(the.discord.deleted, [`${textA}/1`, `${textA}/2`]);
  assert.ok((touchedAt.at(-1) ?? 0) > readAt);
});

test('a message that outlives its recording goes with whoever speaks in it, and with nobody else', async () => {
  await using the = await openRig();
  const { store, discord, eraser } = the;
  const { clock } = the.rig;
  const over: string[] = [];
  for (const [startTime, userId] of [
    [1000, bob],
    [2000, alice],
  ] as const) {
    const recordingSessionId = await the.recorded(guildA, startTime);
    const path = recordingFolder(the.recordingsDir, recordingSessionId);
    const [stem] = readdirSync(recordingLayout(path).personSegments(userId)).filter((name) => name.endsWith('.json'));
    const sidecar = readFileSync(join(recordingLayout(path).personSegments(userId), stem ?? ''), 'utf8');
    store.segments.closed({ ...JSON.parse(sidecar), recordingSessionId });
    await store.flush();
    await deleteRecording(path);
    await removeExports(the.dataDir, recordingSessionId);
    store.recordings.forgotten(recordingSessionId);
    over.push(recordingSessionId);
  }
  assert.deepEqual(await eraser.survey({ ...forever, guildId: guildB }), noTrace);
  assert.deepEqual(await eraser.survey(forever), { ...noTrace, messages: 1 });
  assert.equal((await the.rig.drive(eraser.erase(forever))).messages, 1);
  assert.deepEqual(discord.deleted, [`${textA}/1`]);
  assert.deepEqual(await the.traces(), []);
  assert.equal((await store.deliveries.of(over[1] ?? '')).length, 1);
  const until = clock.now() - 1;
  assert.deepEqual(await store.deliveries.withVoice({ userId: alice, guildId: null, until }), []);
  assert.deepEqual(await store.deliveries.withVoice({ userId: alice, guildId: null, until: until + 1 }), [over[1]]);
});

test('a wish that was kept and never begun is carried out at the next start, and each hour of trouble', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  const later = await the.recorded(guildA, the.rig.clock.now() + 9000);
  const asked = { ...forever, recordingSessionId: null, person: 'p', askedAt: the.rig.clock.now(), textVersion: 1 };
  await the.store.erasures.asked(asked);
  the.rig.clock.advance(erasureRetryMs);
  await the.rig.drive(the.rig.background.settled());
  assert.deepEqual(await the.store.erasures.open(), []);
  assert.deepEqual(
    (await the.traces('sessions')).filter((trace) => !trace.includes(later)),
    [],
  );
  assert.ok((await the.traces(later)).length > 0, 'what began after the wish is not touched');
});

test('a database that cannot be rewritten now keeps the erasure open until it can', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  const { erasures } = the.store;
  const { compact } = erasures;
  Object.assign(erasures, { compact: () => Promise.reject(new Error('database or disk is full')) });
  const outcome = await the.rig.drive(the.eraser.erase(forever));
  assert.match(outcome.error ?? '', /database: .*full/);
  Object.assign(erasures, { compact });
  await the.rig.drive(the.eraser.resume());
  assert.deepEqual(await erasures.open(), []);
  assert.deepEqual(await the.traces(), []);
});

test('a mixer of somebody else at work is waited for', async () => {
  await using the = await openRig();
  const path = recordingFolder(the.recordingsDir, await the.recorded(guildA, 1000));
  writeFileSync(join(path, 'mux.lock'), `${process.ppid} `);
  const stat = existsSync(`/proc/${process.ppid}/stat`) ? readFileSync(`/proc/${process.ppid}/stat`, 'utf8') : '';
  writeFileSync(
    join(path, 'mux.lock'),
    `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`,
  );
  const outcome = await the.rig.drive(the.eraser.erase(forever));
  assert.match(outcome.error ?? '', /busy/);
  writeFileSync(join(path, 'mux.lock'), '0 ');
  await the.rig.drive(the.eraser.resume());
  assert.deepEqual(await the.traces(), []);
  assert.deepEqual(await the.store.erasures.open(), []);
});
