import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, bob, guildA, journalOf, SessionRig, startSession, voiceA } from '../../testing/index.ts';

test('an opt-out is confirmed only after voxproc answered, and takes effect in the roster and the journal', async () => {
  const answer = Promise.withResolvers<{ closedSegmentId: string | null; discarded: number }>();
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.exclude': () => answer.promise } }] });
  const { folder } = await startSession(rig);
  let confirmed = false;
  const opted = rig.consents.optOut({ guildId: guildA, userId: alice, scope: 'guild' }).then((result) => {
    confirmed = true;
    return result;
  });
  await rig.until('voxproc was asked', () => rig.voxprocs[0]?.all('recording.exclude').length === 1);
  for (let turn = 0; turn < 30; turn += 1) await settle();
  assert.equal(confirmed, false);
  answer.resolve({ closedSegmentId: null, discarded: 3 });
  assert.deepEqual(await rig.drive(opted), { live: true });
  assert.ok((await journalOf(folder)).some((line) => line.type === 'consent' && line.state === 'opted_out'));
  await rig.until('the roster says so', () =>
    Boolean(
      rig.voxprocs[0]?.heard.some(
        ({ name, params }) => name === 'roster.changed' && (params as { optedOut: boolean }).optedOut,
      ),
    ),
  );
});

test('a voxproc that does not answer an opt-out is replaced by one that never records the person', async () => {
  const never = new Promise<never>(() => undefined);
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.exclude': () => never } }, {}] });
  await startSession(rig);
  const opted = rig.consents.optOut({ guildId: guildA, userId: alice, scope: 'guild' });
  assert.deepEqual(await rig.drive(opted, 250), { live: true });
  assert.equal(rig.voxprocs.length, 2);
  assert.deepEqual(rig.voxprocs[0]?.signals, ['SIGKILL']);
  assert.ok(rig.voxprocs[1]?.all('session.join')[0]?.excluded.includes(alice));
});

test('an opt-out while voxproc is away is confirmed by the child that comes back', async () => {
  await using rig = await SessionRig.start();
  await startSession(rig);
  rig.voxprocs[0]?.kill('SIGKILL');
  assert.deepEqual(await rig.drive(rig.consents.optOut({ guildId: guildA, userId: bob, scope: 'everywhere' })), {
    live: true,
  });
  const [join] = rig.voxprocs[1]?.all('session.join') ?? [];
  const asked = rig.voxprocs[1]?.all('recording.exclude').map(({ userId }) => userId);
  assert.ok(join?.excluded.includes(bob) || asked?.includes(bob));
});

test('who opted out earlier is excluded from the first packet on, and who opts in is recorded again', async () => {
  await using rig = await SessionRig.start();
  await rig.drive(rig.consents.optOut({ guildId: guildA, userId: bob, scope: 'guild' }));
  rig.discord.put(bob, voiceA);
  const { session } = await startSession(rig);
  assert.deepEqual(rig.voxprocs[0]?.all('session.join')[0]?.excluded, [bob]);
  assert.deepEqual(session.people.recorded, { yes: [alice], no: [bob] });
  await rig.drive(rig.consents.optIn({ guildId: guildA, userId: bob, scope: 'guild' }));
  assert.deepEqual(rig.voxprocs[0]?.all('recording.include'), [{ userId: bob }]);
  assert.deepEqual(session.people.recorded, { yes: [bob, alice], no: [] });
});

test('while consents cannot be read nobody is recorded, it is said, and they are tried again', async () => {
  let readable = false;
  await using rig = await SessionRig.start({
    store: (store) => ({
      ...store,
      consents: {
        ...store.consents,
        optedOut: (guildId) => (readable ? store.consents.optedOut(guildId) : Promise.reject(new Error('disk'))),
      },
    }),
  });
  const { session } = await startSession(rig);
  assert.deepEqual(rig.voxprocs[0]?.all('session.join')[0]?.excluded, [alice]);
  assert.equal(rig.discord.said('consents_unreadable').length, 1);
  readable = true;
  await rig.clock.run(16_000, 1000);
  await rig.until('she is recorded', () => rig.voxprocs[0]?.all('recording.include').length === 1);
  assert.deepEqual(session.people.recorded.yes, [alice]);
});
