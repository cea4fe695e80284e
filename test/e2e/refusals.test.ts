import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimChannel, SimPerson } from '@parley/sim';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { children, eventually, fetchFrom, gone, patienceMs, recordings, told } from '../lib/watching.ts';

const botNeeds = ['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory', 'Connect', 'Speak'];

interface Refusal {
  readonly name: string;
  /** Where the person sits, and what is made so that the join is refused. */
  readonly channel: SimChannel | null;
  readonly person?: SimPerson;
  readonly arrange?: () => void;
  readonly words: RegExp;
}

test('a join that a rule refuses says why and leaves nothing behind', async (t) => {
  let blocked: SimPerson | null = null;
  let cellar: SimChannel | null = null;
  await using call = await BotOnSim.start({}, ({ guild }) => {
    blocked = guild.addPerson({ username: 'mallory' });
    cellar = guild.addVoiceChannel('Cellar');
    return {
      PARLEY_BLOCKED_CHANNEL_IDS: cellar.id,
      PARLEY_BLOCKED_USER_IDS: blocked.userId,
      PARLEY_WHO_MAY_RECORD: 'role',
    };
  });
  assert.ok(blocked && cellar);
  const { sim, guild, text, voice } = call;
  const host = guild.addRole({ name: 'host', permissions: ['ManageGuild'] });
  const closed = guild.addVoiceChannel('Closed');
  const hidden = guild.addVoiceChannel('Hidden');
  const full = guild.addVoiceChannel('Full', { userLimit: 1 });
  guild.setOverwrite(closed, guild.botMember, { deny: ['Connect'] });
  guild.setOverwrite(hidden, guild.botMember, { deny: ['ViewChannel'] });
  const refusals: readonly Refusal[] = [
    { name: 'not in voice', channel: null, words: /^Join a voice channel first/ },
    { name: 'blocked person', channel: voice, person: blocked, words: /operator has blocked your account/ },
    {
      name: 'no right to record',
      channel: voice,
      person: guild.addPerson({ username: 'plain' }),
      words: /^Starting a recording is kept to people with the permission \*\*Manage Server\*\*/,
    },
    { name: 'blocked channel', channel: cellar, words: /it is on this server’s block list/ },
    {
      name: 'no Connect',
      channel: closed,
      words: new RegExp(`cannot join <#${closed.id}>: I need \\*\\*Connect\\*\\*`),
    },
    { name: 'no View Channel', channel: hidden, words: new RegExp(`cannot join <#${hidden.id}>: .*View Channel`) },
    { name: 'full channel', channel: full, words: /is full \(1\)\. Make room/ },
    {
      name: 'no indicator permitted',
      channel: voice,
      arrange: () => guild.setBotPermissions(botNeeds),
      words: /^I only record where people can see it.*\*\*Change Nickname\*\* or \*\*Set Voice Channel Status\*\*/,
    },
  ];
  const warm = { timeoutMs: patienceMs, what: 'the warm audio process' };
  const atRest = await sim.until(() => children(call).length === 1 && children(call), warm);
  const nothingLeft = async (): Promise<void> => {
    assert.equal(guild.voiceStates.has(sim.botUserId), false, 'in voice');
    assert.equal(guild.botMember.nickname, null, 'nickname');
    assert.deepEqual(await recordings(call), [], 'recordings');
    const health = (await (await fetchFrom(call, '/healthz')).json()) as { sessions: number; recordings: number };
    assert.deepEqual([health.sessions, health.recordings], [0, 0]);
  };

  const noneBesidesTheWarmOne = () =>
    sim.until(() => children(call).length <= 1, { timeoutMs: patienceMs, what: 'the audio process of the join to go' });

  for (const { name, channel, person, arrange, words } of refusals) {
    await t.test(name, async () => {
      const asker = person ?? guild.addPerson({ username: name.replaceAll(' ', '-'), roles: [host] });
      if (channel) await asker.join(channel);
      arrange?.();
      const from = text.messages.length;
      await asker.type(text, '!join');
      await told(call, words, { from });
      const reply = await (await asker.slash('join')).settled();
      assert.match(reply.content, words);
      await nothingLeft();
      assert.deepEqual(children(call), atRest);
      await asker.leave();
    });
  }
  assert.deepEqual(sim.op4Log, [], 'the bot went into voice');
  assert.deepEqual(
    sim.requests.filter(({ method }) => method === 'PATCH' || method === 'PUT').map(({ path }) => path),
    [`/applications/${sim.applicationId}/commands`],
  );

  guild.setBotPermissions([...botNeeds, 'ChangeNickname', 'SetVoiceChannelStatus']);
  await t.test('Discord refuses both indicators although they seemed permitted', async () => {
    const asker = guild.addPerson({ username: 'surprised', roles: [host] });
    await asker.join(voice);
    // Before it goes in and, since a status is shown from inside, once more there.
    sim.faults.rest({ method: 'PATCH', path: /\/members\/(?:@|%40)me$/, status: 403, code: 50_013, times: 2 });
    sim.faults.rest({ method: 'PUT', path: /\/voice-status$/, status: 403, code: 50_013 });
    const from = text.messages.length;
    await asker.type(text, '!join');
    await told(call, /^I only record where people can see it/, { from });
    await gone(call);
    await eventually(nothingLeft);
    await noneBesidesTheWarmOne();
    assert.equal(text.messages.filter(({ content }) => content.includes('Recording in')).length, 0);
    await asker.leave();
  });

  await t.test('the person who asked goes while the bot is on its way', async () => {
    const asker = guild.addPerson({ username: 'hasty', roles: [host] });
    await asker.join(voice);
    sim.faults.setHandshakeDelay(700);
    const from = text.messages.length;
    await asker.type(text, '!join');
    await sim.until(() => guild.voiceStates.has(sim.botUserId), { timeoutMs: patienceMs, what: 'the bot on its way' });
    await asker.leave();
    await told(call, /^Join a voice channel first/, { from });
    sim.faults.setHandshakeDelay(0);
    await gone(call);
    await eventually(nothingLeft);
    await noneBesidesTheWarmOne();
  });

  await t.test('and then a join that is allowed works', async () => {
    const asker = guild.addPerson({ username: 'patient', roles: [host] });
    await asker.join(voice);
    await call.join(asker);
    assert.equal((await recordings(call)).length, 1);
  });
});
