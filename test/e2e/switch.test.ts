import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimPerson } from '@parley/sim';
import { BotOnSim, readJournal, readSession, unbalanced } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { packetsOf, parleyMux, recordedUsers } from '../lib/recording-files.ts';
import { noise } from '../lib/sounds.ts';
import { gone, patienceMs, recordings, told } from '../lib/watching.ts';
import { expectedAudio, saidOf } from './voxproc-rig.ts';

test(
  'a switch goes along with who asked, in a recording of its own; one that is refused leaves the old one untouched',
  need('ffmpeg'),
  async () => {
    await using call = await BotOnSim.start();
    const { sim, guild, text, voice } = call;
    const hall = guild.addVoiceChannel('Hall');
    const vault = guild.addVoiceChannel('Vault');
    guild.setOverwrite(vault, guild.botMember, { deny: ['Connect'] });
    const ada = guild.addPerson({ username: 'ada' });
    const ben = guild.addPerson({ username: 'ben' });
    await Promise.all([ada.join(voice), ben.join(voice)]);
    const botIn = () => guild.voiceStates.get(sim.botUserId)?.channelId;

    const first = await call.join(ada);
    const speech = ben.speak(noise(3000, 1));
    await ada.speak(noise(500, 2));

    await ada.move(vault);
    const op4s = sim.op4Log.length;
    await ada.type(text, '!join');
    await told(call, new RegExp(`^I cannot join <#${vault.id}>: I need \\*\\*Connect\\*\\*`));
    assert.equal(botIn(), voice.id);
    assert.equal(sim.op4Log.length, op4s, 'the bot moved nowhere');
    assert.equal((await recordings(call)).length, 1);
    assert.equal(guild.botMember.nickname, '[REC] parley');
    await speech;

    await ada.move(hall);
    const moved = call.nextRecording();
    const firstMuxed = call.muxed();
    await ada.type(text, '!join');
    const second = await moved;
    await told(call, new RegExp(`^I have moved to <#${hall.id}>`));
    await told(call, new RegExp(`Recording in <#${hall.id}>`));
    await told(call, new RegExp(`^⏹️ The recording in <#${voice.id}> has ended`));
    assert.equal(botIn(), hall.id);
    assert.equal(guild.botMember.nickname, '[REC] parley');
    await firstMuxed;
    await sim.until(() => ada.canSend, { timeoutMs: patienceMs, what: 'keys in the other channel' });
    await ada.speak(noise(500, 3));
    const secondMuxed = call.muxed();
    await ada.type(text, '!leave');
    await secondMuxed;
    await gone(call);

    const [before, after] = [await readSession(first), await readSession(second)];
    assert.deepEqual([before.status, after.status], ['completed', 'completed']);
    assert.equal(before.sessionId, after.sessionId);
    assert.deepEqual([before.channelId, after.channelId], [voice.id, hall.id]);
    assert.deepEqual([before.holes, after.holes], [[], []]);
    assert.deepEqual(unbalanced([...before.segments, ...after.segments]), []);
    const lastLine = async (folder: string) => (await readJournal(folder, 'supervisor.jsonl')).at(-1);
    const ends = [await lastLine(first), await lastLine(second)];
    assert.deepEqual(
      ends.map((line) => line?.type === 'recording_ended' && line.reason),
      ['switch_channel', 'requested'],
    );
    const said = async (folder: string, { userId }: SimPerson) => saidOf(await packetsOf(folder, userId));
    const adas = expectedAudio(ada.truth);
    const cut = (await said(first, ada)).length;
    assert.deepEqual(await said(first, ada), adas.slice(0, cut));
    assert.deepEqual(await said(second, ada), adas.slice(cut));
    assert.ok(cut > 20 && adas.length - cut > 20, `${cut} of ${adas.length} packets before the switch`);
    assert.deepEqual(
      await said(first, ben),
      expectedAudio(ben.truth),
      'ben was recorded all through the refused switch',
    );
    assert.equal(before.segments.filter(({ userId }) => userId === ben.userId).length, 1);
    assert.deepEqual(await recordedUsers(second), [ada.userId]);
    for (const folder of [first, second]) assert.equal((await parleyMux(folder, '--verify')).exitCode, 0);
  },
);
