import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import type { SimPerson } from '@parley/sim';
import { decode, levelDb } from '../lib/audio.ts';
import { BotOnSim, readSession, unbalanced } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { filesBelow, packetsIn, parleyMux, recordedUsers, sidecarsOf } from '../lib/recording-files.ts';
import { noise } from '../lib/sounds.ts';
import { children, patienceMs, stopBot, told } from '../lib/watching.ts';
import { forAWhile } from './voxproc-rig.ts';

const rate = 16_000;
/**
 * A sidecar ends at the end of its last frame: up to 20 ms after that came, at a place which is fitted to when packets came, on a
 * clock of another process. Which packets were kept is asked of the files, one by one; this only holds that the books agree.
 */
const lastFrameMs = 20 + 250;

/** What a person said and the voice server passed on in a stretch of wall clock. */
const saidBetween = ({ truth }: SimPerson, fromMs: number, toMs = Number.POSITIVE_INFINITY): Buffer[] =>
  truth
    .filter(({ sentMs, toBot, silence }) => sentMs > fromMs && sentMs < toMs && toBot.length > 0 && !silence)
    .map(({ opus }) => opus);

/** Resolves when a person has said `packets` more. */
const saidMore = async (call: BotOnSim, person: SimPerson, packets: number): Promise<void> => {
  const until = person.truth.length + packets;
  const what = `${person.username} to say ${packets} packets more`;
  await call.sim.until(() => person.truth.length >= until, { timeoutMs: patienceMs, what });
};

test(
  'who opts out in mid-sentence is stored no more from the confirmation on, nor after a restart, until they opt in',
  need('ffmpeg'),
  async (t) => {
    await using call = await BotOnSim.start({}, { PARLEY_WARM_VOXPROC: 'false' });
    const [ada, ben, cleo] = [
      call.guild.addPerson({ username: 'ada' }),
      call.guild.addPerson({ username: 'ben' }),
      call.guild.addPerson({ username: 'cleo' }),
    ];
    for (const person of [ada, ben, cleo]) await person.join(call.voice);
    const folder = await call.join(cleo);
    const speeches = Promise.all([ada.speak(noise(forAWhile, 1)), ben.speak(noise(forAWhile, 2))]);
    await saidMore(call, ben, 50);

    const bensOut = await (await ben.slash('parley optout')).settled();
    assert.ok(bensOut.ephemeral);
    assert.match(bensOut.content, /not recorded any more on this server: from this moment on nothing of you is stored/);
    const benOutAt = bensOut.message?.createdAt ?? 0;

    // While the audio process stands still it cannot have stopped writing, so nothing may be confirmed.
    const [voxproc, ...others] = children(call);
    assert.ok(voxproc !== undefined && others.length === 0);
    process.kill(voxproc, 'SIGSTOP');
    await ada.type(call.text, '!optout');
    await call.logged('command', { fits: ({ userId, command }) => userId === ada.userId && command === 'optout' });
    await saidMore(call, ada, 40);
    const mine = (content: string) => content.includes(`<@${ada.userId}>`) && content.includes('concerns you alone');
    assert.equal(call.text.messages.filter(({ content }) => mine(content)).length, 0, 'confirmed too early');
    process.kill(voxproc, 'SIGCONT');
    const button = await told(call, /concerns you alone/);
    assert.ok(mine(button.content));
    const control = button.controls[0]?.customId ?? '';
    const adasOut = await ada.click(button, control);
    assert.ok(adasOut.ephemeral);
    assert.match(adasOut.content, /from this moment on nothing of you is stored/);
    const foreign = await cleo.click(button, control);
    assert.ok(foreign.ephemeral);
    assert.match(foreign.content, /for somebody else/);

    await saidMore(call, ada, 50);
    const benInFrom = Date.now();
    const bensIn = await (await ben.slash('parley optin')).settled();
    assert.ok(bensIn.ephemeral);
    assert.match(bensIn.content, /recorded again on this server, from this moment on/);
    const benInAt = bensIn.message?.createdAt ?? 0;
    await saidMore(call, ben, 40);
    for (const person of [ada, ben]) person.stopSpeaking();
    await speeches;
    const muxed = call.muxed();
    await cleo.type(call.text, '!leave');
    await muxed;

    const everything = await filesBelow(call.folder);
    const after = [...saidBetween(ada, button.createdAt), ...saidBetween(ben, benOutAt, benInFrom)];
    t.diagnostic(`${after.length} packets said after an opt-out, looked for in ${everything.length} files`);
    assert.ok(after.length > 130);
    assert.deepEqual(await packetsIn(everything, after), [], 'stored after the opt-out');
    const allowed = [
      ...saidBetween(ada, 0).slice(0, 40),
      ...saidBetween(ben, 0).slice(0, 40),
      ...saidBetween(ben, benInAt),
    ];
    assert.equal((await packetsIn(everything, allowed)).length, allowed.length, 'what may be stored is');

    const session = await readSession(folder);
    assert.equal(session.status, 'completed');
    assert.deepEqual(unbalanced(session.segments), []);
    for (const [person, confirmedAt] of [
      [ada, button.createdAt],
      [ben, benOutAt],
    ] as const) {
      const [first] = await sidecarsOf(folder, person.userId);
      assert.ok(first);
      assert.equal(first.closedBy, 'opted_out');
      assert.ok(
        first.endTime <= confirmedAt + lastFrameMs,
        `${person.username}: ${first.endTime - confirmedAt} ms after`,
      );
    }
    const said = session.consents.map(({ userId, state }) => `${userId === ben.userId ? 'ben' : 'other'} ${state}`);
    assert.deepEqual(
      said.filter((entry) => entry.startsWith('ben')),
      ['ben noticed', 'ben opted_out', 'ben opted_in'],
    );
    const fromMs = button.createdAt - session.startTime;
    const quiet = (signal: Int16Array, toMs: number) =>
      levelDb(signal.slice((Math.round(fromMs + lastFrameMs) * rate) / 1000, (Math.round(toMs) * rate) / 1000));
    const { track, mix } = recordingLayout(folder);
    assert.ok(quiet(await decode(track(ada.userId), rate), session.durationMs ?? 0) < -80, 'the track is silent');
    assert.ok(quiet(await decode(mix, rate), benInFrom - session.startTime) < -70, 'the mix is silent');
    const verified = await parleyMux(folder, '--verify');
    assert.equal(verified.exitCode, 0, verified.stdout);

    assert.equal((await stopBot(call)).code, 0);
    await call.startBot();
    const messages = call.text.messages.length;
    const second = await call.join(cleo);
    const notice = await told(call, /Recording in/, { from: messages });
    assert.match(notice.content, new RegExp(`Not recorded: <@${ada.userId}>\\.`));
    const since = Date.now();
    await Promise.all([ada.speak(noise(800, 3)), ben.speak(noise(800, 4))]);
    await ada.leave();
    await ada.join(call.voice);
    await ada.speak(noise(800, 5));
    const muxedAgain = call.muxed();
    await cleo.type(call.text, '!leave');
    await muxedAgain;
    assert.deepEqual(await recordedUsers(second), [ben.userId]);
    const withheld = saidBetween(ada, since);
    assert.ok(withheld.length > 70);
    assert.deepEqual(await packetsIn(await filesBelow(call.folder), withheld), []);
    const kept = saidBetween(ben, since);
    assert.equal((await packetsIn(await filesBelow(second), kept)).length, kept.length);
  },
);
