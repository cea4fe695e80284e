import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { MemoryService } from '../../memory/memory-service.ts';
import { noSafetyCheck } from '../../memory/recorder/safety-check.ts';
import type { MessageDetails, MessageKind, UserMessage } from '../../notify/index.ts';
import { recordingOff } from '../../session/recording/recording-switch.ts';
import type { SessionServices } from '../../session/session-services.ts';
import { alice, bob, guildA, guildB, SessionRig, textA, voiceA } from '../../testing/index.ts';
import { CommandRunner } from '../router/command-runner.ts';
import { commandNamed } from './all.ts';
import type { Answer, CommandServices } from './command.ts';

const cleo = '400000000000000003';

/** Commands of the memory on a rig; Alice has Manage Server. */
const open = async (guild: Partial<GuildSettings> = {}) => {
  const rig = await SessionRig.start();
  const { services, coordinator, consents } = rig;
  for (const userId of [bob, cleo]) rig.discord.managers.delete(userId);
  await services.store.guildSettings.set(guildA, { whoMayRecord: 'everyone', ...guild });
  let ids = 0;
  const memories = new MemoryService({
    ...{ ...services, model: null, safety: noSafetyCheck },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    nameOf: () => null,
    mayRemember: (guildId, person) => consents.allows('remembered', guildId, person),
  });
  const off: SessionServices['companions'][number] = (session) =>
    memories.accompany(session, async ({ info }) => {
      return (await coordinator.withSession(info.guildId, (live) => recordingOff(live, services))) === 'done';
    });
  (services.companions as SessionServices['companions'][number][]).push(off);
  const runner = new CommandRunner({ ...services, coordinator, consents, memories } as unknown as CommandServices);
  const answer = async (line: string, userId = alice): Promise<Answer | null> => {
    const [name = '', ...rest] = line.split(' ');
    const invocation = { via: 'slash', guildId: guildA, textChannelId: textA, userId, intentConfidence: 1 } as const;
    const given = { kind: 'text', text: rest.join(' ') } as const;
    const prepared = runner.prepare(commandNamed(name) ?? assert.fail(name), given, invocation);
    if (prepared.kind === 'refused') return { message: prepared.message };
    return await rig.drive(prepared.run(), 10);
  };
  const is = async <K extends MessageKind>(kind: K, line: string, userId = alice): Promise<MessageDetails[K]> => {
    const message: UserMessage | undefined = (await answer(line, userId))?.message;
    assert.equal(message?.kind, kind, JSON.stringify(message));
    return message?.details as MessageDetails[K];
  };
  const join = async () => {
    for (const userId of [alice, bob]) rig.discord.put(userId, voiceA);
    assert.equal((await rig.join()).kind, 'joined');
    const session = rig.registry.of(guildA) ?? assert.fail('no session');
    return { session, memory: memories.of(session) };
  };
  const said = (kind: MessageKind) =>
    rig.discord.posted.flatMap(({ message }) => (message.kind === kind ? [message] : []));
  return {
    ...{ rig, is, answer, join, said, memories, store: services.store.memory },
    [Symbol.asyncDispose]: async () => {
      await rig.drive(coordinator.shutdown(), 100);
      memories[Symbol.dispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
};

test('incognito on ends the recording and lets none begin; it tells who asked and who still hears', async () => {
  await using the = await open();
  const { session } = await the.join();
  const on = await the.is('incognito_control', 'incognito on', bob);
  assert.deepEqual([on.outcome, on.userId, on.recording, on.heardBy], ['on', bob, true, null]);
  assert.equal(session.recording.current, null);
  assert.equal(the.rig.muxJobs.length, 1, 'what was recorded before is mixed');
  assert.equal((await the.is('incognito_control', 'incognito on')).outcome, 'already_on');
  assert.equal((await the.is('incognito_control', 'record on')).outcome, 'record_refused');
  await assert.rejects(session.recording.start(the.rig.discord.channel(guildA, voiceA) ?? assert.fail()), /incognito/);
  assert.equal(session.recording.current, null);
});

test('incognito off takes everybody who was there, and then records again', async () => {
  await using the = await open();
  const { session } = await the.join();
  the.rig.discord.managers.delete(alice);
  await the.is('incognito_control', 'incognito on', bob);
  assert.equal((await the.is('incognito_control', 'incognito off', cleo)).outcome, 'not_there');
  const waiting = await the.is('incognito_control', 'incognito off', bob);
  assert.deepEqual([waiting.outcome, waiting.missing], ['waiting', [alice]]);
  const off = await the.is('incognito_control', 'incognito off', alice);
  assert.deepEqual([off.outcome, off.recording], ['off', true]);
  assert.notEqual(session.recording.current, null);
  assert.equal((await the.is('incognito_control', 'incognito off', alice)).outcome, 'already_off');
});

test('Manage Server ends incognito alone', async () => {
  await using the = await open();
  await the.join();
  await the.is('incognito_control', 'incognito on', bob);
  assert.equal((await the.is('incognito_control', 'incognito off', alice)).outcome, 'off');
});

test('who is not in the channel cannot switch it on', async () => {
  await using the = await open();
  await the.join();
  assert.equal((await the.is('command_refused', 'incognito on', cleo)).reason, 'not_in_session');
});

test('a server that wants incognito is joined without a recording, and nobody in it ends that', async () => {
  await using the = await open({ memoryMode: 'incognito' });
  const { session, memory } = await the.join();
  assert.equal(session.recording.current, null);
  assert.equal(memory.session.mode, 'incognito');
  assert.deepEqual(
    the.said('incognito_control').map(({ details }) => (details as { outcome: string }).outcome),
    ['joined'],
  );
  assert.deepEqual(the.said('recording_notice'), []);
  assert.deepEqual(
    [...the.rig.discord.nicknames.values()].filter((name) => name !== null),
    [],
  );
  assert.equal((await the.is('incognito_control', 'incognito off')).outcome, 'not_allowed');
});

test('a server that becomes incognito ends the recording that runs, and says so', async () => {
  await using the = await open();
  const { session } = await the.join();
  const { store } = the.rig.services;
  await the.rig.drive(store.guildSettings.set(guildA, { memoryMode: 'incognito' }));
  await the.rig.until('no recording', () => session.recording.current === null, 10);
  await the.rig.until('said', () => the.said('incognito_control').length === 1);
});

test('turns of a session end in one conversation that who took part can rate', async () => {
  await using the = await open();
  const { session, memory } = await the.join();
  using turns = memory.openTurns();
  turns.requested({ turnId: 't', captureIds: ['c'], speakers: [bob] });
  turns.understood('c', 'hello');
  turns.said('t', 'hi', '');
  turns.over('t', 'heard');
  await the.rig.until('a thread', () => memory.session.threadId !== null);
  await the.rig.drive(session.end('requested'), 10);
  await the.rig.drive(the.rig.background.settled(), 10);
  const threadId = memory.session.threadId ?? assert.fail('no thread');
  const [ended] = the.said('session_ended');
  assert.ok(ended?.kind === 'session_ended');
  assert.equal(ended.details.threadId, threadId);
  assert.equal((await the.store.thread(threadId))?.state, 'completed');
  assert.equal((await the.store.episodesOf(bob, 5)).length, 1);
  assert.equal((await the.is('feedback_answer', `feedback positive ${threadId}`, alice)).outcome, 'not_there');
  assert.equal((await the.is('feedback_answer', `feedback positive ${threadId}`, bob)).outcome, 'positive');
  assert.equal((await the.store.thread(threadId))?.feedback, 'positive');
  assert.equal((await the.is('feedback_answer', 'feedback skip nothing', bob)).outcome, 'not_found');
});

test('each sees, changes, shares, deletes and takes along what is remembered of them, and nobody else’s', async () => {
  await using the = await open();
  const base = { kind: 'fact', threadId: null, createdAt: 1, updatedAt: 1, scope: 'private' } as const;
  const chess = await the.store.remember({ ...base, ownerId: bob, guildId: guildA, text: 'plays chess' });
  await the.store.remember({ ...base, ownerId: bob, guildId: guildB, text: 'sails' });
  const hers = await the.store.remember({ ...base, ownerId: alice, guildId: guildA, text: 'a canary of Alice' });
  const shown = await the.is('memory_shown', 'memory', bob);
  assert.deepEqual([shown.memories.map(({ text }) => text), shown.elsewhere], [['plays chess'], 1]);
  assert.equal((await the.is('memory_changed', `memory edit ${chess} plays go`, bob)).outcome, 'edited');
  assert.equal((await the.is('memory_changed', `memory share ${chess}`, bob)).outcome, 'shared');
  assert.deepEqual(
    (await the.store.guildMemories(guildA, [bob])).map(({ text }) => text),
    ['plays go'],
  );
  assert.equal((await the.is('memory_changed', `memory unshare ${chess}`, bob)).outcome, 'unshared');
  assert.deepEqual(await the.store.guildMemories(guildA, [bob]), []);
  for (const line of [`memory edit ${hers} mine`, `memory delete ${hers}`, `memory share ${hers}`]) {
    assert.equal((await the.is('memory_changed', line, bob)).outcome, 'not_found');
  }
  assert.equal((await the.is('memory_changed', 'memory edit', bob)).outcome, 'needs_number');
  assert.equal((await the.is('memory_changed', `memory edit ${chess}`, bob)).outcome, 'needs_text');
  const exported = await the.answer('memory export', bob);
  const [file] = exported?.files ?? [];
  assert.ok(file && 'text' in file);
  assert.match(file.text, /plays go[\s\S]*sails|sails[\s\S]*plays go/);
  assert.doesNotMatch(file.text, /canary/);
  assert.equal((await the.is('memory_changed', `memory delete ${chess}`, bob)).outcome, 'deleted');
  await the.store.remember({ ...base, ownerId: bob, guildId: guildA, text: 'another' });
  const all = await the.is('memory_changed', 'memory delete', bob);
  assert.deepEqual([all.outcome, all.count], ['deleted_all', 1]);
  assert.deepEqual(
    (await the.store.memoriesOf(bob)).map(({ text }) => text),
    ['sails'],
  );
  assert.equal((await the.store.memoriesOf(alice)).length, 1);
});
