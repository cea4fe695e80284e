import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandNamed } from '../../discord/commands/all.ts';
import type { CommandServices } from '../../discord/commands/command.ts';
import { CommandRunner } from '../../discord/router/command-runner.ts';
import type { MessageDetails, MessageKind } from '../../notify/index.ts';
import { alice, bob, guildA, SessionRig, textA, voiceA } from '../../testing/index.ts';
import { ChannelQuestions } from '../questions/channel-questions.ts';
import { MusicDesk } from './music-desk.ts';
import { MusicSearchError } from './search/music-search.ts';
import type { MusicHit } from './track.ts';

const carol = '400000000000000003';
const hit = (title: string, score = 1): MusicHit => ({ title, score, source: { kind: 'file', path: `/m/${title}` } });

/** Commands of music on a rig with Alice and Bob in the channel. */
const open = async (find: (asked: string) => readonly MusicHit[] | Promise<readonly MusicHit[]>) => {
  const rig = await SessionRig.start();
  const { services, coordinator, consents } = rig;
  const questions = new ChannelQuestions(services.clock, services.logger);
  const search = { find: async (asked: string) => await find(asked) };
  const music = new MusicDesk({ ...services, questions, search, ffmpeg: async () => '/usr/bin/ffmpeg' });
  const runner = new CommandRunner({ ...services, coordinator, consents, music } as unknown as CommandServices);
  const say = async (line: string, userId = alice) => {
    const invocation = { via: 'slash', guildId: guildA, textChannelId: textA, userId, intentConfidence: 1 } as const;
    const prepared = runner.prepare(commandNamed('music') ?? assert.fail(), { kind: 'text', text: line }, invocation);
    if (prepared.kind === 'refused') return prepared.message;
    return (await rig.drive(prepared.run()))?.message ?? assert.fail('no answer');
  };
  const is = async <K extends MessageKind>(kind: K, line: string, userId?: string): Promise<MessageDetails[K]> => {
    const message = await say(line, userId);
    assert.equal(message.kind, kind, JSON.stringify(message));
    return message.details as MessageDetails[K];
  };
  const join = async () => {
    rig.discord.put(alice, voiceA);
    rig.discord.put(bob, voiceA);
    assert.equal((await rig.join()).kind, 'joined');
    return music.accompany(rig.registry.of(guildA) ?? assert.fail());
  };
  /** Presses a button of the last question. */
  const press = (index: number, userId: string) => {
    const [question] = rig.discord.said('agent_question').slice(-1);
    assert.ok(question?.kind === 'agent_question');
    const button = question.details.buttons[index] ?? assert.fail();
    assert.ok('customId' in button);
    return questions.press(button.customId, userId).kind;
  };
  return { rig, music, is, join, press, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

test('music is for who sits there, and there is none without a session', async () => {
  await using the = await open(() => [hit('Halo')]);
  assert.equal((await the.is('command_refused', 'play halo')).reason, 'no_session');
  await the.join();
  the.rig.discord.managers.delete(carol);
  assert.equal((await the.is('command_refused', 'play halo', carol)).reason, 'not_in_session');
});

test('what fits best plays at once, the next waits, and the list shows both', async () => {
  await using the = await open((asked) => [hit(asked)]);
  await the.join();
  assert.deepEqual(await the.is('music_answer', 'play Halo'), { kind: 'loading', title: 'Halo' });
  assert.deepEqual(await the.is('music_answer', 'play Help', bob), { kind: 'queued', title: 'Help', place: 1 });
  assert.deepEqual(await the.is('music_answer', 'next Glory', bob), { kind: 'queued', title: 'Glory', place: 1 });
  const { title, queue, volume } = await the.is('music_list', 'list');
  assert.deepEqual([title, queue, volume], ['Halo', ['Glory', 'Help'], 50]);
  assert.deepEqual(await the.is('music_control', 'skip', bob), {
    ...{ outcome: 'skipped', title: 'Halo', next: 'Glory', userId: bob },
  });
  assert.equal((await the.is('music_control', 'volume 30 %')).outcome, 'volume');
  assert.equal((await the.is('music_control', 'stop')).outcome, 'stopped');
  await the.rig.drive(the.rig.background.settled());
  assert.equal((await the.is('music_refused', 'stop')).reason, 'nothing_plays');
});

test('wrong words about music are answered with the way out', async () => {
  await using the = await open(() => []);
  await the.join();
  assert.equal((await the.is('music_refused', 'play')).reason, 'what_missing');
  for (const volume of ['', ' loud', ' 101', ' -1']) {
    assert.equal((await the.is('music_refused', `volume${volume}`)).reason, 'not_a_volume');
  }
  assert.equal((await the.is('music_refused', 'pause')).reason, 'nothing_plays');
  assert.equal((await the.is('music_refused', 'resume')).reason, 'nothing_held');
  assert.deepEqual(await the.is('music_answer', 'play nothing'), { kind: 'refused', reason: 'nothing_found' });
});

test('where several fit, whoever asked chooses, within five minutes, and nobody else', async () => {
  await using the = await open(() => [hit('Halo'), hit('Halo live'), hit('Help', 0.4)]);
  await the.join();
  const asked = await the.is('music_answer', 'play halo', bob);
  assert.deepEqual(asked, { kind: 'asked', titles: ['Halo', 'Halo live'] });
  await the.rig.until('asked', () => the.rig.discord.said('agent_question').length === 1);
  assert.equal(the.press(1, alice), 'not_yours');
  assert.equal(the.press(1, bob), 'taken');
  await the.rig.until('said', () => the.rig.discord.said('music_answer').length === 1);
  assert.deepEqual(the.rig.discord.said('music_answer')[0]?.details, { kind: 'loading', title: 'Halo live' });
  await the.is('music_answer', 'play halo', bob);
  await the.rig.until('asked', () => the.rig.discord.said('agent_question').length === 2);
  the.rig.clock.advance(5 * 60_000);
  await the.rig.until('over', () => the.rig.discord.said('agent_question_over').length === 1);
  assert.equal(the.press(0, bob), 'expired');
});

test('none of them is none of them', async () => {
  await using the = await open(() => [hit('Halo'), hit('Halo live')]);
  await the.join();
  await the.is('music_answer', 'play halo');
  await the.rig.until('asked', () => the.rig.discord.said('agent_question').length === 1);
  assert.equal(the.press(2, alice), 'taken');
  await the.rig.drive(the.rig.background.settled());
  assert.equal((await the.is('music_list', 'list')).title, null);
});

test('what waits to be chosen is not played after the session', async () => {
  await using the = await open(() => [hit('Halo'), hit('Halo live')]);
  const following = await the.join();
  await the.is('music_answer', 'play halo');
  await the.rig.until('asked', () => the.rig.discord.said('agent_question').length === 1);
  following[Symbol.dispose]();
  await the.rig.until('over', () => the.rig.discord.said('agent_question_over').length === 1);
  assert.equal(the.music.of(guildA), null);
});

test('where it may not speak, or the search cannot be done, that is said', async () => {
  let error: Error = new MusicSearchError('folder_unreadable', { cause: new Error('EACCES') });
  await using the = await open(() => {
    throw error;
  });
  await the.join();
  const reason = async () => {
    const answer = await the.is('music_answer', 'play halo');
    return answer.kind === 'refused' ? answer.reason : answer.kind;
  };
  assert.equal(await reason(), 'folder_unreadable');
  error = new MusicSearchError('no_folder');
  assert.equal(await reason(), 'no_folder');
  the.rig.discord.permissions = { ...the.rig.discord.permissions, speak: false };
  assert.equal(await reason(), 'may_not_speak');
});

test('a search that does not end is given up', async () => {
  await using the = await open(() => new Promise(() => undefined));
  await the.join();
  const asking = the.music.ask(guildA, { asked: 'halo', where: 'last', userIds: [alice] });
  the.rig.clock.advance(8000);
  assert.deepEqual(await asking, { kind: 'refused', reason: 'too_slow' });
});
