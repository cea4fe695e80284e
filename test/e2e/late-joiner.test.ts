import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasDaveTrailer } from '@parley/mux';
import type { SimPerson } from '@parley/sim';
import { levelDb } from '../lib/audio.ts';
import { BotOnSim, readSession } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { packetsOf, recordedUsers } from '../lib/recording-files.ts';
import { noise } from '../lib/sounds.ts';
import { gone, patienceMs, told } from '../lib/watching.ts';
import { expectedAudio, forAWhile, saidOf } from './voxproc-rig.ts';

const silenceFrame = Buffer.from([0xf8, 0xff, 0xfe]);
const botNeeds = ['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory', 'Connect'];

/** What the bot says in a call from now on, as it stands in its packets. */
const tap = ({ sim, voice }: BotOnSim): Buffer[] => {
  const frames: Buffer[] = [];
  const call = sim.call(voice);
  const relay = call.relay.bind(call);
  call.relay = (member, packet) => {
    if (member.userId === sim.botUserId && packet.kind === 'audio') frames.push(Buffer.from(packet.rtp.payload));
    return relay(member, packet);
  };
  return frames;
};

test(
  'people see and hear that they are recorded before anything is stored, and whoever comes later is told',
  need('ffmpeg'),
  async (t) => {
    await using call = await BotOnSim.start({ hearing: false }, ({ guild }) => {
      guild.botMember.nickname = 'The Scribe of the Long Table';
      return {};
    });
    const { sim, guild, text, voice } = call;
    const person = (username: string, options: { bot?: boolean; hearing?: boolean } = {}): SimPerson =>
      guild.addPerson({ username, ...options });
    const ada = person('ada', { hearing: true });
    const ben = person('ben');
    await Promise.all([ada.join(voice), ben.join(voice)]);
    const frames = tap(call);
    const speech = ben.speak(noise(forAWhile, 1));
    // The bot is connected for a while before it has keys: what it said then would be sent in the clear.
    sim.faults.setCommitDelay(500);

    const folder = await call.join(ada);
    const notice = await told(call, /Recording in/);
    const [joined] = sim.op4Log;
    const renamed = sim.requests.find(({ method, path }) => method === 'PATCH' && path.endsWith('/members/@me'));
    assert.deepEqual(renamed?.body, { nick: '[REC] The Scribe of the Long Tab' });
    assert.ok(renamed.atMs <= (joined?.atMs ?? 0), 'the nickname shows it before the bot comes in');
    assert.equal(guild.botMember.nickname, '[REC] The Scribe of the Long Tab');
    const [played] = await call.logged('chime played');
    assert.equal(played?.droppedFrames, 0);
    const heard = ada.heard.get(sim.botUserId);
    assert.ok(heard, 'the clip is heard');
    const level = levelDb(heard.pcm);
    t.diagnostic(`the clip: ${(heard.pcm.length / 48_000).toFixed(2)} s at ${level.toFixed(1)} dBFS`);
    assert.ok(heard.pcm.length > 48_000 && level > -40);
    assert.equal(heard.failures, 0);
    const sounding = frames.filter((frame) => !frame.equals(silenceFrame));
    assert.ok(sounding.length > 50);
    assert.deepEqual(
      sounding.filter((frame) => !hasDaveTrailer(frame)),
      [],
      'sent without end-to-end encryption',
    );

    const [cleo, radio] = [person('cleo'), person('radio', { bot: true })];
    await Promise.all([radio.join(voice), cleo.join(voice)]);
    const late = await told(call, new RegExp(`<@${cleo.userId}>, this channel is being recorded, and so are you`));
    assert.match(late.content, /optout/);
    await cleo.leave();
    await cleo.join(voice);
    await sim.until(() => cleo.canSend, { timeoutMs: patienceMs, what: 'keys' });
    await cleo.speak(noise(400, 2));
    ben.stopSpeaking();
    await speech;
    const muxed = call.muxed();
    await ada.type(text, '!leave');
    await muxed;
    await gone(call, guild, 'The Scribe of the Long Table');
    const told2 = text.messages.filter(({ content }) => content.includes('this channel is being recorded'));
    assert.equal(told2.length, 1, 'once for each late joiner, never for bots');

    const session = await readSession(folder);
    assert.equal(session.status, 'completed');
    assert.ok(session.startTime >= notice.createdAt, 'the notice stood there before the first stored packet');
    const stored = saidOf(await packetsOf(folder, ben.userId));
    assert.deepEqual(stored, expectedAudio(ben.truth).slice(-stored.length), 'from the start on everything is kept');
    const told3 = session.consents.map(({ userId, state }) => [userId, state]);
    for (const { userId } of [ada, ben, cleo])
      assert.deepEqual(
        told3.filter(([id]) => id === userId),
        [[userId, 'noticed']],
      );
    assert.deepEqual(await recordedUsers(folder), [ben.userId, cleo.userId].toSorted());
  },
);

test(
  'without Speak the notice says so in writing, without Change Nickname the channel shows its status',
  need('ffmpeg'),
  async () => {
    await using call = await BotOnSim.start();
    const { sim, guild, text, voice } = call;
    guild.setBotPermissions([...botNeeds, 'SetVoiceChannelStatus']);
    const ada = guild.addPerson({ username: 'ada', hearing: true });
    await ada.join(voice);
    const frames = tap(call);
    const folder = await call.join(ada);
    assert.match(voice.status, /recorded by Parley/);
    assert.equal(guild.botMember.nickname, null);
    const notice = await told(call, /Recording in/);
    assert.match(notice.content, /I may not speak here, so there is no sound at the start/);
    await ada.speak({ tone: 440, ms: 700 });
    const muxed = call.muxed();
    await ada.type(text, '!leave');
    await muxed;
    await gone(call);
    await sim.until(() => voice.status === '', { timeoutMs: patienceMs, what: 'the status to be taken back' });
    assert.deepEqual(
      frames.filter((frame) => !frame.equals(silenceFrame)),
      [],
      'the bot made a sound',
    );
    const session = await readSession(folder);
    assert.equal(session.status, 'completed');
    assert.deepEqual(await recordedUsers(folder), [ada.userId]);
  },
);
