import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BotOnSim } from '../lib/bot-on-sim.ts';
import { fetchFrom, gone, recordings, told } from '../lib/watching.ts';

test('joins at the same moment end in one session per guild, and in as many sessions as there are places', async () => {
  await using call = await BotOnSim.start({}, { PARLEY_MAX_CONCURRENT_SESSIONS: '1' });
  const { sim, guild, text, voice } = call;
  const hall = guild.addVoiceChannel('Hall');
  const [ada, ben, cleo, dora] = [
    guild.addPerson({ username: 'ada' }),
    guild.addPerson({ username: 'ben' }),
    guild.addPerson({ username: 'cleo' }),
    guild.addPerson({ username: 'dora' }),
  ];
  await Promise.all([ada.join(voice), ben.join(voice), dora.join(voice), cleo.join(hall)]);
  const startsOf = () => call.lines.filter(({ msg }) => msg === 'recording started');

  await ada.type(text, '!join');
  const [reply] = await Promise.all([
    ben.slash('join').then((answer) => answer.settled()),
    ...[dora, cleo].map((person) => person.type(text, '!join')),
  ]);
  assert.match(reply.content, new RegExp(`^I am already in <#${voice.id}> with you`));
  await told(call, new RegExp(`^I am busy in <#${voice.id}>, called by <@${ada.userId}>`));
  const refused = await call.logged('join refused', { count: 3 });
  assert.deepEqual(
    refused.map(({ userId, reason }) => [userId, reason]).toSorted(),
    [
      [ben.userId, 'already_in_channel'],
      [cleo.userId, 'busy_in_other_channel'],
      [dora.userId, 'already_in_channel'],
    ].toSorted(),
  );
  assert.equal(startsOf().length, 1);
  assert.equal((await recordings(call)).length, 1);
  assert.equal(text.messages.filter(({ content }) => content.includes('Recording in')).length, 1);
  assert.deepEqual(
    sim.op4Log.map(({ channelId }) => channelId),
    [voice.id],
  );
  const { sessions } = (await (await fetchFrom(call, '/healthz')).json()) as { sessions: number };
  assert.equal(sessions, 1);
  const ended = call.muxed();
  await ada.type(text, '!leave');
  await ended;
  await gone(call);
  // The place is free when everything of the session is closed, its audio process too.
  await call.logged('session ended');

  const other = sim.addGuild({ name: 'Other' });
  const square = other.addTextChannel('square');
  const cellar = other.addVoiceChannel('Cellar');
  const gil = other.addPerson({ username: 'gil' });
  await gil.join(cellar);
  const places = [
    { guild, person: ben, channel: text, voice },
    { guild: other, person: gil, channel: square, voice: cellar },
  ];
  const asked = sim.requests.length;
  await Promise.all(places.map(({ person, channel }) => person.type(channel, '!join')));
  await call.logged('recording started', { count: 2 });
  const won = places.find((place) => String(startsOf()[1]?.guildId) === place.guild.id);
  const lost = places.find((place) => place !== won);
  assert.ok(won && lost);
  await told(call, /^All places are taken: 1 of 1 sessions are running/, { channel: lost.channel });
  assert.equal(lost.guild.voiceStates.has(sim.botUserId), false);
  assert.equal(lost.guild.botMember.nickname, null);
  // Messages are edited meanwhile too: the panel of the session before is closed.
  const renamed = sim.requests
    .slice(asked)
    .filter(({ method, path }) => method === 'PATCH' && path.includes('/members/'));
  assert.deepEqual(
    renamed.map(({ path }) => path),
    [`/guilds/${won.guild.id}/members/@me`],
  );
  assert.equal((await recordings(call)).length, 2);

  const wonEnded = call.muxed();
  await won.person.type(won.channel, '!leave');
  await wonEnded;
  await gone(call, won.guild);
  await call.logged('session ended', { count: 2 });
  await lost.person.type(lost.channel, '!join');
  const [, , third] = await call.logged('recording started', { count: 3 });
  assert.equal(third?.guildId, lost.guild.id);
});
