import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type JournalLine, recordingLayout } from '@parley/mux';
import { settle } from '@parley/protocol/testing';
import { alice, bob, guildA, type RigOptions, SessionRig, voiceA } from '../../testing/index.ts';
import type { Session } from '../session.ts';

const role = '500000000000000001';
const roleMode: RigOptions['settings'] = { consentMode: 'role', consentRoleIds: [role] };

const start = async (rig: SessionRig): Promise<Session> => {
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  return outcome.session;
};

/** What the journal says of a person's consent, line by line. */
const consentsOf = async (rig: SessionRig, session: Session, userId: string) => {
  await rig.drive(rig.background.settled());
  const run = session.recording.current ?? assert.fail('no recording');
  await run.flush();
  return (await readFile(recordingLayout(run.folder).supervisorJournal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine)
    .flatMap((line) => (line.type === 'consent' && line.userId === userId ? [line.state] : []));
};

/** What voxproc was asked about a person, in order. */
const asked = (rig: SessionRig, userId: string): string[] =>
  rig.voxprocs.flatMap((voxproc) =>
    voxproc.asked
      .filter(({ params }) => (params as { userId?: string }).userId === userId)
      .map(({ name }) => name.replace('recording.', '')),
  );

const told = (rig: SessionRig): string[] =>
  rig.discord.said('late_joiner_notice').map(({ details }) => (details as { userId: string }).userId);

test('when the consents become readable, the journal says that people are recorded from then on', async () => {
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
  await rig.services.store.consents.set({
    userId: bob,
    guildId: guildA,
    kind: 'recorded',
    state: 'opted_out',
    at: 1,
    textVersion: 1,
  });
  rig.discord.put(bob, voiceA);
  const session = await start(rig);
  readable = true;
  await rig.clock.run(16_000, 1000);
  await rig.until('she is recorded', () => asked(rig, alice).length === 1);
  assert.deepEqual(await consentsOf(rig, session, alice), ['unreadable', 'noticed']);
  assert.deepEqual(await consentsOf(rig, session, bob), ['unreadable', 'opted_out']);
  assert.deepEqual(asked(rig, bob), []);
});

test('when they become readable while voxproc is being replaced, the journal says so too', async () => {
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
  const session = await start(rig);
  readable = true;
  rig.voxprocs[0]?.kill('SIGKILL');
  await rig.until('the second child is in the channel', () => rig.discord.said('gap_voxproc').length === 1);
  assert.deepEqual(rig.voxprocs[1]?.all('session.join')[0]?.excluded, []);
  assert.deepEqual(await consentsOf(rig, session, alice), ['unreadable', 'noticed']);
});

test('a role given or taken while somebody sits there changes whether they are recorded', async () => {
  await using rig = await SessionRig.start({ settings: roleMode });
  const session = await start(rig);
  assert.deepEqual(session.people.recorded, { yes: [], no: [alice] });
  session.voiceState(rig.discord.put(alice, voiceA, { roleIds: [role] }), voiceA);
  assert.deepEqual(await consentsOf(rig, session, alice), ['opted_out', 'noticed']);
  session.voiceState(rig.discord.put(alice, voiceA, { roleIds: [] }), voiceA);
  assert.deepEqual(await consentsOf(rig, session, alice), ['opted_out', 'noticed', 'opted_out']);
  assert.deepEqual(asked(rig, alice), ['include', 'exclude']);
});

for (const { first, second, roles } of [
  { first: 'include', second: 'exclude', roles: [[role], []] },
  { first: 'exclude', second: 'include', roles: [[], [role]] },
] as const) {
  test(`a change taken back while its ${first} is on the way is followed by an ${second}`, async () => {
    const answer = Promise.withResolvers<void>();
    await using rig = await SessionRig.start({
      settings: roleMode,
      scripts: [
        {
          on: {
            [`recording.${first}`]: async () => {
              await answer.promise;
              return { closedSegmentId: null, discarded: 0 };
            },
          },
        },
      ],
    });
    const before = roles[1];
    rig.discord.put(bob, voiceA, { roleIds: before });
    const session = await start(rig);
    const [changed, back] = roles.map((roleIds) => ({ ...rig.discord.put(bob, voiceA), roleIds }));
    session.voiceState(changed ?? assert.fail(), voiceA);
    await rig.until('voxproc was asked', () => asked(rig, bob).length === 1);
    session.voiceState(back ?? assert.fail(), voiceA);
    for (let turn = 0; turn < 20; turn += 1) await settle();
    answer.resolve();
    await rig.drive(rig.background.settled());
    assert.deepEqual(asked(rig, bob), [first, second]);
  });
}

test('a voxproc that hears by the roster that somebody is not recorded is told when that is taken back at once', async () => {
  await using rig = await SessionRig.start({ settings: roleMode });
  rig.discord.put(bob, voiceA, { roleIds: [role] });
  const session = await start(rig);
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  session.voiceState(rig.discord.put(bob, voiceA, { roleIds: [role] }), voiceA);
  await rig.drive(rig.background.settled());
  assert.equal(asked(rig, bob).at(-1), 'include');
});

test('who comes between the notice and the recording gets a notice of their own; who was there does not', async () => {
  await using rig = await SessionRig.start({
    scripts: [
      {
        on: {
          'recording.start': () => {
            rig.registry.of(guildA)?.voiceState(rig.discord.put(bob, voiceA), voiceA);
            return { sample: 0 };
          },
        },
      },
    ],
  });
  const session = await start(rig);
  await rig.drive(rig.background.settled());
  assert.deepEqual(told(rig), [bob]);
  assert.deepEqual(await consentsOf(rig, session, bob), ['noticed']);
});

test('who comes while the notice is being posted gets one of their own', async () => {
  await using rig = await SessionRig.start();
  rig.discord.failPost = ({ kind }) => {
    const session = rig.registry.of(guildA);
    if (kind === 'recording_notice') session?.voiceState(rig.discord.put(bob, voiceA), voiceA);
    return null;
  };
  await start(rig);
  await rig.drive(rig.background.settled());
  assert.deepEqual(told(rig), [bob]);
});

test('an opt-out that a slow disk delays for seconds costs nobody a replaced voxproc', async () => {
  const answer = Promise.withResolvers<{ closedSegmentId: null; discarded: number }>();
  await using rig = await SessionRig.start({ scripts: [{ on: { 'recording.exclude': () => answer.promise } }] });
  await start(rig);
  const opted = rig.consents.optOut({ guildId: guildA, userId: alice, scope: 'guild' });
  await rig.until('voxproc was asked', () => asked(rig, alice).length === 1);
  await rig.clock.run(15_000, 500);
  answer.resolve({ closedSegmentId: null, discarded: 0 });
  assert.deepEqual(await rig.drive(opted), { live: true });
  assert.equal(rig.voxprocs.length, 1);
});

test('a role taken without a voice state of the person is noticed within half a minute', async () => {
  await using rig = await SessionRig.start({ settings: roleMode });
  rig.discord.put(bob, voiceA, { roleIds: [role] });
  const session = await start(rig);
  rig.discord.put(bob, voiceA, { roleIds: [] });
  await rig.clock.run(31_000, 1000);
  await rig.until('voxproc was asked', () => asked(rig, bob).length === 1);
  assert.deepEqual(asked(rig, bob), ['exclude']);
  assert.deepEqual(await consentsOf(rig, session, bob), ['noticed', 'opted_out']);
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended);
  assert.equal(rig.clock.timers, 0);
});
