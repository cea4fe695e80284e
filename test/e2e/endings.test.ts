import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { isRunning } from '../faults/processes.ts';
import { opusinfoComplaints } from '../lib/audio.ts';
import { BotOnSim, readJournal, readSession, unbalanced } from '../lib/bot-on-sim.ts';
import { need } from '../lib/need.ts';
import { packetsOf, parleyMux, sidecarsOf } from '../lib/recording-files.ts';
import { noise } from '../lib/sounds.ts';
import { children, fetchFrom, gone, patienceMs, stopBot, told } from '../lib/watching.ts';
import { expectedAudio, forAWhile, saidOf } from './voxproc-rig.ts';

/** What a service manager may count on, and what a busy machine may add to it, milliseconds. */
const shutdownMs = 10_000;
const busyMs = 5_000;

/** One series of `/metrics`, all its labels added up. */
const metric = (text: string, name: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

test(
  'an empty channel is left; a shutdown in mid-speech closes everything in time, and the next start finishes it',
  need('ffmpeg', 'opusinfo'),
  async (t) => {
    await using call = await BotOnSim.start({}, { PARLEY_ALONE_LEAVE_SECONDS: '1', PARLEY_VERBOSITY: 'essential' });
    const { guild, text, voice } = call;
    const ada = guild.addPerson({ username: 'ada' });
    const ben = guild.addPerson({ username: 'ben' });
    const radio = guild.addPerson({ username: 'radio', bot: true });
    await Promise.all([ada.join(voice), ben.join(voice), radio.join(voice)]);

    const left = await call.join(ada);
    await ada.speak(noise(500, 1));
    const muxed = call.muxed();
    await ben.leave();
    await ada.leave();
    await muxed;
    await gone(call);
    await told(call, /^I have left .*: nobody else was there\. The recording \(.*\) is safe/);
    const [ended] = await call.logged('session ended');
    assert.equal(ended?.reason, 'alone');
    assert.equal((await readSession(left)).status, 'completed');
    const lastLine = (await readJournal(left, 'supervisor.jsonl')).at(-1);
    assert.ok(lastLine?.type === 'recording_ended' && lastLine.reason === 'alone');

    await Promise.all([ada.join(voice), ben.join(voice)]);
    const from = text.messages.length;
    const folder = await call.join(ada);
    const before = new Map([ada, ben].map((person) => [person, person.truth.length]));
    const speeches = Promise.all([ada.speak(noise(forAWhile, 2)), ben.speak(noise(forAWhile, 3))]);
    const spoke = () => [...before].every(([{ truth }, count]) => truth.length > count + 100);
    await call.sim.until(spoke, { timeoutMs: patienceMs, what: 'two seconds of speech' });
    const health = await fetchFrom(call, '/healthz');
    const report = (await health.json()) as Record<string, unknown>;
    assert.equal(health.status, 200);
    assert.deepEqual(
      [report.alive, report.ready, report.sessions, report.recordings, report.problems],
      [true, true, 1, 1, []],
    );
    assert.equal((await fetchFrom(call, '/readyz')).status, 200);
    const metrics = await (await fetchFrom(call, '/metrics')).text();
    assert.equal(metric(metrics, 'parley_sessions'), 1);
    assert.equal(metric(metrics, 'parley_joins_total'), 2);
    assert.equal(metric(metrics, 'parley_session_ends_total'), 1);
    assert.ok(!metrics.includes(ada.userId) && !metrics.includes(guild.id), 'no id of anybody in a label');

    const processes = children(call);
    assert.ok(processes.length > 0);
    const { code, ms } = await stopBot(call);
    t.diagnostic(`gone within ${Math.round(ms)} ms`);
    assert.equal(code, 0);
    assert.ok(ms < shutdownMs + busyMs, `${ms} ms`);
    for (const pid of processes) assert.ok(!(await isRunning(pid)), `process ${pid} lives on`);
    await gone(call);
    await told(call, /I am being shut down\..*The recording \(.*\) is safe/, { from });
    for (const person of [ada, ben]) person.stopSpeaking();
    await speeches;
    const shutdownLine = (await readJournal(folder, 'supervisor.jsonl')).at(-1);
    assert.ok(shutdownLine?.type === 'recording_ended' && shutdownLine.reason === 'shutdown');
    const stopped = await readSession(folder);
    // A mix of seconds may be made before the mixer is told to stop.
    assert.ok(stopped.status === 'muxing' || stopped.status === 'completed', stopped.status);
    for (const person of [ada, ben]) {
      const sidecars = await sidecarsOf(folder, person.userId);
      assert.equal(sidecars.at(-1)?.closedBy, 'leave');
      assert.deepEqual(unbalanced(sidecars), []);
      const own = recordingLayout(folder).personSegments(person.userId);
      for (const { status, file } of sidecars) {
        assert.equal(status, 'closed');
        assert.deepEqual(await opusinfoComplaints(join(own, file)), []);
      }
      const kept = saidOf(await packetsOf(folder, person.userId));
      const sent = expectedAudio(person.truth.slice(before.get(person)));
      assert.ok(kept.length > 90, `${person.username}: ${kept.length} packets`);
      assert.deepEqual(kept, sent.slice(0, kept.length), `${person.username}: nothing is missing in between`);
    }

    const finished = await call.startBot().then(() => call.logged('mux finished', { count: 2 }));
    assert.equal(finished[1]?.status, 'completed');
    const session = await readSession(folder);
    assert.deepEqual([session.status, session.holes.length], ['completed', 0]);
    await told(call, /The recording is ready/, { from });
    const verified = await parleyMux(folder, '--verify');
    assert.equal(verified.exitCode, 0, verified.stdout);
    assert.equal(guild.voiceStates.has(call.sim.botUserId), false, 'a shutdown is an end: the bot does not come back');
  },
);
