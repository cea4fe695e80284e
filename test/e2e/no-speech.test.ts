import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { decode, toneDb } from '../lib/audio.ts';
import { BotOnSim, readSession } from '../lib/bot-on-sim.ts';
import { FfmpegWrapper } from '../lib/ffmpeg-wrapper.ts';
import { need } from '../lib/need.ts';
import { parleyMux, receiveSummaries, recordedUsers } from '../lib/recording-files.ts';
import { temporaryFolder } from '../lib/temporary-folder.ts';
import { gone, told } from '../lib/watching.ts';
import { toBot } from './voxproc-rig.ts';

const rate = 16_000;
/** How far the clocks of two processes may be apart, milliseconds. */
const clocksMs = 250;
const music = 1500;
const voice = 440;

test(
  'bots are never recorded, and a call in which nobody speaks ends empty without ffmpeg',
  need('ffmpeg'),
  async () => {
    await using tools = await temporaryFolder('ffmpeg');
    const ffmpeg = await FfmpegWrapper.make(tools.path, 'work');
    await using call = await BotOnSim.start({}, { FFMPEG_PATH: ffmpeg.path, PARLEY_MIX_ENGINE: 'ffmpeg' });
    const ada = call.guild.addPerson({ username: 'ada' });
    const radio = call.guild.addPerson({ username: 'radio', bot: true });
    for (const person of [ada, radio]) await person.join(call.voice);

    const silent = await call.join(ada);
    await call.logged('chime played');
    await radio.speak({ tone: music, ms: 1000 });
    const runsBefore = await ffmpeg.runs();
    const leftAt = Date.now();
    const muxed = call.muxed();
    await ada.type(call.text, '!leave');
    await muxed;
    await told(call, /^Nobody said anything in \d/);
    assert.deepEqual(await ffmpeg.runs(), runsBefore, 'ffmpeg ran');
    const empty = await readSession(silent);
    assert.deepEqual([empty.status, empty.outputFile, empty.segments.length], ['empty', null, 0]);
    const durationMs = empty.durationMs ?? 0;
    const [least, most] = [leftAt - empty.startTime - clocksMs, Date.now() - empty.startTime + clocksMs];
    assert.ok(durationMs >= least && durationMs <= most, `${durationMs} ms, not ${least} to ${most}`);
    assert.deepEqual(await recordedUsers(silent), []);
    assert.equal(existsSync(recordingLayout(silent).mix), false);
    const [summary] = await receiveSummaries(silent);
    assert.deepEqual([summary?.bots, summary?.received], [toBot(radio.truth), 0]);
    assert.equal((await parleyMux(silent, '--verify')).exitCode, 0);
    await gone(call);

    const played = radio.truth.length;
    const spoken = await call.join(ada);
    await Promise.all([ada.speak({ tone: voice, ms: 1200 }), radio.speak({ tone: music, ms: 1200 })]);
    const muxedAgain = call.muxed();
    await ada.type(call.text, '!leave');
    await muxedAgain;
    const session = await readSession(spoken);
    assert.equal(session.status, 'completed');
    assert.deepEqual(await recordedUsers(spoken), [ada.userId]);
    assert.deepEqual(
      session.participants.filter(({ speechMs }) => speechMs > 0).map(({ username }) => username),
      ['ada'],
    );
    const [second] = await receiveSummaries(spoken);
    assert.equal(second?.bots, toBot(radio.truth.slice(played)));
    const mix = await decode(recordingLayout(spoken).mix, rate);
    const loud = mix.slice(mix.findIndex((sample) => Math.abs(sample) > 1000)).slice(0, rate);
    assert.ok(toneDb(loud, rate, voice) > -20, 'the person is in the mix');
    assert.ok(toneDb(loud, rate, music) < -60, 'the bot is not');
    assert.ok((await ffmpeg.runs()).length > runsBefore.length, 'the wrapper is what Parley runs');
  },
);
