import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuildSettingsPatch } from '../../config/guild-settings.ts';
import type { SessionEndReason } from '../../notify/index.ts';
import { startAutoJoin, occupiedTable as table } from '../../testing/auto-join-rig.ts';
import { alice, bob, guildA, musicBot, voiceA, voiceA2 } from '../../testing/index.ts';
import { settleMs } from './auto-join.ts';

type Rig = Awaited<ReturnType<typeof startAutoJoin>>;

/** Somebody wanted it away, or what ended it would end it again. */
const staysAway: Readonly<Record<Exclude<SessionEndReason, 'shutdown'>, boolean>> = {
  requested: true,
  kicked: true,
  max_duration: true,
  moved_to_disallowed: true,
  settings_changed: true,
  switch_failed: true,
  voxproc_failed: true,
  disk_full: true,
  folder_unwritable: true,
  alone: false,
  trigger_gone: false,
  channel_deleted: false,
  connection_lost: false,
};
for (const [reason, away] of Object.entries(staysAway) as [SessionEndReason, boolean][]) {
  test(`ended as ${reason} with somebody there still, it ${away ? 'stays away' : 'comes back'} by itself`, async () => {
    await using auto = await startAutoJoin(table);
    await auto.room({ [alice]: voiceA });
    const session = auto.live() ?? assert.fail('it did not come');
    await auto.rig.drive(auto.rig.coordinator.end(session, reason), 50);
    auto.rig.clock.advance(settleMs);
    for (let turn = 0; turn < 3; turn += 1) await auto.look();
    await auto.rig.drive(auto.rig.background.settled());
    assert.equal(auto.live() !== null, !away);
  });
}

test('what is set while somebody sits there counts at once', async () => {
  await using auto = await startAutoJoin({});
  await auto.room({ [alice]: voiceA });
  assert.equal(auto.live(), null);
  await auto.rig.drive(auto.rig.services.store.guildSettings.set(guildA, table));
  await auto.look();
  await auto.rig.drive(auto.rig.background.settled());
  assert.ok(auto.live()?.isLive);
});

test('what changes while it is on its way is looked at afterwards, and it is on its way once only', async () => {
  await using auto = await startAutoJoin(table);
  await auto.room({});
  const letGo = auto.hold();
  auto.move({ [alice]: voiceA });
  await auto.look();
  assert.equal(auto.rig.coordinator.busyGuilds, 1);
  auto.move({ [alice]: null, [bob]: voiceA });
  await auto.look();
  letGo();
  await auto.rig.drive(auto.rig.background.settled());
  assert.equal(auto.live(), null, 'who it came for has gone');
  await auto.look();
  await auto.rig.drive(auto.rig.background.settled());
  assert.equal(auto.live()?.requestedByUserId, bob);
  const joins = await auto.rig.services.metrics.registry.getSingleMetricAsString('parley_joins_total');
  assert.match(joins, /outcome="joined",reason="none"\} 1$/m);
  assert.equal(joins.match(/outcome="refused"/g)?.length, 1);
});

test('a second look while it joins asks for nothing', async () => {
  await using auto = await startAutoJoin(table);
  await auto.room({});
  const letGo = auto.hold();
  auto.move({ [alice]: voiceA });
  await auto.look();
  auto.move({ [bob]: voiceA });
  await auto.look();
  letGo();
  await auto.rig.drive(auto.rig.background.settled());
  await auto.room({});
  assert.ok(auto.live()?.isLive);
  assert.equal(auto.rig.log.filter(({ msg }) => msg === 'it may not come by itself').length, 0);
});

test('people who hop between channels are looked at when they have settled', async () => {
  await using auto = await startAutoJoin(table);
  auto.move({ [alice]: voiceA });
  auto.rig.clock.advance(settleMs - 100);
  auto.move({ [alice]: voiceA2 });
  auto.move({ [alice]: voiceA });
  auto.rig.clock.advance(settleMs - 100);
  for (let turn = 0; turn < 60; turn += 1) await auto.rig.drive(auto.rig.background.settled());
  assert.equal(auto.live(), null);
  assert.equal(auto.rig.clock.timers, 1);
  await auto.room({});
  assert.ok(auto.live());
});

test('bots do not make a room fuller', async () => {
  await using auto = await startAutoJoin({ ...table, autoJoinMinMembers: 2 });
  await auto.room({ [alice]: voiceA, [musicBot]: voiceA });
  assert.equal(auto.live(), null);
  await auto.room({ [bob]: voiceA });
  assert.ok(auto.live());
});

const role = '500000000000000001';
const permissions: readonly (readonly [string, GuildSettingsPatch])[] = [
  ['record', { recordRoleIds: [role] }],
  ['call it', { whoMayRecord: 'everyone', whoMayJoin: 'role', joinRoleIds: [role] }],
];
for (const [may, patch] of permissions) {
  test(`it comes in the name of somebody there who may ${may}`, async () => {
    await using auto = await startAutoJoin({ ...table, ...patch });
    auto.rig.discord.managers.clear();
    auto.rig.discord.put(alice, voiceA);
    auto.rig.discord.put(bob, voiceA, { roleIds: [role] });
    await auto.room({});
    assert.equal(auto.live()?.requestedByUserId, bob);
  });
}

/** It follows Bob, in whose channel Alice sits too, and he has just gone. */
const bobGone = async (): Promise<Rig> => {
  const auto = await startAutoJoin({ followUserIds: [bob], aloneLeaveSeconds: 20 });
  await auto.room({ [bob]: voiceA, [alice]: voiceA });
  assert.ok(auto.live()?.isLive);
  await auto.room({ [bob]: null });
  return auto;
};
const pass = async ({ rig }: Rig, ms: number): Promise<void> => {
  await rig.clock.run(ms, 500);
  await rig.drive(rig.background.settled(), 10);
};

test('who comes back in time and goes again has the whole time again', async () => {
  await using auto = await bobGone();
  await pass(auto, 12_000);
  await auto.room({ [bob]: voiceA });
  await auto.room({ [bob]: null });
  await pass(auto, 12_000);
  assert.ok(auto.live()?.isLive);
  await pass(auto, 12_000);
  assert.equal(auto.live(), null);
});

test('who comes back at the last moment is looked for before it goes', async () => {
  await using auto = await bobGone();
  await pass(auto, 19_000);
  auto.move({ [bob]: voiceA });
  auto.rig.clock.advance(1200);
  await auto.rig.drive(auto.rig.background.settled());
  assert.ok(auto.live()?.isLive);
});

test('who comes and goes meanwhile does not make it wait longer', async () => {
  await using auto = await bobGone();
  for (let turn = 0; turn < 4; turn += 1) {
    auto.move({ [musicBot]: turn % 2 === 0 ? voiceA : null });
    await pass(auto, 6000);
  }
  assert.equal(auto.live(), null);
});

test('a session ended otherwise takes its waiting with it, and so does the end of Parley', async () => {
  await using auto = await bobGone();
  await auto.room({ [musicBot]: voiceA });
  const session = auto.live() ?? assert.fail('no session');
  await auto.rig.drive(auto.rig.coordinator.end(session, 'requested'), 10);
  await auto.room({});
  assert.equal(auto.rig.clock.timers, 0);
  auto.auto.changed(guildA);
  assert.equal(auto.rig.clock.timers, 1);
  auto.auto[Symbol.dispose]();
  assert.equal(auto.rig.clock.timers, 0);
  auto.auto.changed(guildA);
  assert.equal(auto.rig.clock.timers, 0);
});
