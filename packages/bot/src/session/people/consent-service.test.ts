import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, bob, guildA, SessionRig, voiceA } from '../../testing/index.ts';
import { ConsentService } from './consent-service.ts';

const inGuild = { guildId: guildA, userId: bob, scope: 'guild' } as const;

/** A rig whose store keeps decisions only when `stored` resolves, or not at all when it rejects. */
const slowStore = async (stored: Promise<void>) =>
  await SessionRig.start({
    store: (store) => ({
      ...store,
      consents: {
        ...store.consents,
        set: async (row) => {
          await stored;
          await store.consents.set(row);
        },
      },
    }),
  });

for (const { name, keep } of [
  { name: 'before the decision is stored', keep: true },
  { name: 'and whose store then fails', keep: false },
]) {
  test(`an opt-out holds in a session that read the decisions ${name}`, async () => {
    const stored = Promise.withResolvers<void>();
    await using rig = await slowStore(stored.promise);
    rig.discord.put(alice, voiceA);
    rig.discord.put(bob, voiceA);
    const optedOut = rig.consents.optOut(inGuild);
    optedOut.catch(() => undefined);
    const outcome = await rig.join();
    if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
    assert.deepEqual(outcome.session.people.recorded.no, []);
    if (keep) stored.resolve();
    else stored.reject(new Error('disk'));
    if (keep) assert.deepEqual(await rig.drive(optedOut), { live: true });
    else await assert.rejects(rig.drive(optedOut), /disk/);
    assert.deepEqual(rig.voxprocs[0]?.all('recording.exclude'), [{ userId: bob }]);
    assert.deepEqual(outcome.session.people.recorded.no, [bob]);
  });
}

test('of an opt-in and an opt-out in quick succession the last one stands', async () => {
  const stored = Promise.withResolvers<void>();
  await using rig = await slowStore(stored.promise);
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  const decisions = [rig.consents.optIn(inGuild), rig.consents.optOut(inGuild)];
  for (let turn = 0; turn < 20; turn += 1) await settle();
  stored.resolve();
  await rig.drive(Promise.all(decisions));
  assert.deepEqual(outcome.session.people.recorded.no, [bob]);
  assert.equal(rig.voxprocs[0]?.asked.at(-1)?.name, 'recording.exclude');
  assert.deepEqual([...(await rig.services.store.consents.optedOut(guildA))], [bob]);
});

test('whoever follows a no is told of it once it stands and before it is confirmed, and of no yes', async () => {
  await using rig = await SessionRig.start();
  const { store } = rig.services;
  const told: string[] = [];
  const consents = new ConsentService(rig.services, rig.registry, async ({ userId, guildId }, use) => {
    const stands = (await store.consents.optedOut(guildA, use)).has(userId);
    told.push(`${use} ${guildId ?? 'everywhere'} ${stands}`);
  });
  await rig.drive(consents.decideUse(inGuild, 'transcribed', 'opted_in'));
  assert.deepEqual(told, []);
  await rig.drive(consents.decideUse(inGuild, 'transcribed', 'opted_out'));
  await rig.drive(consents.optOut({ ...inGuild, scope: 'everywhere' }));
  assert.deepEqual(told, [`transcribed ${guildA} true`, 'recorded everywhere true']);
  const failing = new ConsentService(rig.services, rig.registry, () => Promise.reject(new Error('disk')));
  await assert.rejects(rig.drive(failing.decideUse(inGuild, 'transcribed', 'opted_out')), /disk/);
});
