import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, guildA, journalOf, SessionRig, startSession, voiceA, voiceA2 } from '../../testing/index.ts';
import type { Session } from '../session.ts';

const carol = '400000000000000003';

/** What somebody's way does to Discord's cache and to whoever listens to it. */
const walk = (rig: SessionRig, userId: string, channelId: string | null): void => {
  const person = rig.discord.put(userId, channelId);
  rig.registry.of(guildA)?.voiceState(person, channelId);
};

/** Who came and went, by the journal of the recording of now. */
const comings = async (session: Session): Promise<string[]> => {
  await session.recording.current?.flush();
  const lines = await journalOf(session.recording.current?.folder ?? '');
  return lines.flatMap((line) => (line.type === 'participant' ? [`${line.event} ${line.userId}`] : []));
};

test('who came while Parley was joining is one of the people, who went is not', async () => {
  const connecting = Promise.withResolvers<void>();
  await using rig = await SessionRig.start({ scripts: [{ hello: connecting.promise }] });
  rig.discord.put(alice, voiceA);
  rig.discord.put(carol, voiceA);
  const joining = rig.join();
  await rig.until('it is on its way', () => rig.registry.of(guildA) !== null);
  walk(rig, bob, voiceA);
  walk(rig, carol, null);
  connecting.resolve();
  const outcome = await joining;
  assert.ok(outcome.kind === 'joined');
  assert.deepEqual(
    outcome.session.people.membership.present.map(({ userId }) => userId),
    [alice, bob],
  );
  assert.deepEqual(
    rig.voxprocs[0]?.all('session.join').map(({ roster }) => roster.map(({ userId }) => userId)),
    [[alice, bob]],
  );
});

test('where consent comes first, who came while Parley was joining is not recorded unasked', async () => {
  const connecting = Promise.withResolvers<void>();
  await using rig = await SessionRig.start({
    settings: { consentMode: 'opt_in' },
    scripts: [{ hello: connecting.promise }],
  });
  rig.discord.put(alice, voiceA);
  const joining = rig.join();
  await rig.until('it is on its way', () => rig.registry.of(guildA) !== null);
  walk(rig, bob, voiceA);
  connecting.resolve();
  await joining;
  assert.deepEqual(rig.voxprocs[0]?.all('session.join')[0]?.excluded, [alice, bob]);
});

test('who comes and goes while Parley changes the channel is known there, and nobody is recorded unasked', async () => {
  let onMove = (): void => undefined;
  await using rig = await SessionRig.start({
    settings: { consentMode: 'opt_in' },
    scripts: [
      {
        on: {
          'session.move': ({ channelId }) => {
            onMove();
            return { channelId, encryptionMode: 'x', daveVersion: 1, timings: { serverMs: 0, readyMs: 0 } };
          },
        },
      },
    ],
  });
  const { session } = await startSession(rig);
  walk(rig, bob, voiceA);
  walk(rig, carol, voiceA2);
  walk(rig, alice, voiceA2);
  onMove = () => {
    walk(rig, bob, voiceA2);
    walk(rig, carol, null);
  };
  assert.equal((await rig.join()).kind, 'switched');
  rig.clock.advance(5000);
  await rig.drive(rig.background.settled());
  assert.deepEqual(await comings(session), [`present ${alice}`, `present ${bob}`]);
  assert.ok(rig.voxprocs[0]?.all('recording.exclude').some(({ userId }) => userId === bob));
});

test('who left shortly before Parley changed the channel, and follows, has come', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  walk(rig, bob, voiceA);
  walk(rig, carol, voiceA);
  walk(rig, alice, voiceA2);
  walk(rig, bob, null);
  walk(rig, carol, null);
  assert.equal((await rig.join()).kind, 'switched');
  walk(rig, bob, voiceA2);
  rig.clock.advance(5000);
  await rig.drive(rig.background.settled());
  assert.deepEqual(await comings(session), [`present ${alice}`, `joined ${bob}`]);
});
