import assert from 'node:assert/strict';
import { kill } from 'node:process';
import { verifyRecording } from '@parley/mux';
import { readJournal, readSession } from '../lib/bot-on-sim.ts';
import { gone, stopBot } from '../lib/watching.ts';
import { faultTest, processesGone } from './fault-test.ts';
import { voxprocOf } from './processes.ts';
import { gather, Talk } from './talk.ts';

/** What a service manager may count on, and what a busy machine may add to it, milliseconds. */
const shutdownMs = 10_000;
const busyMs = 5_000;

faultTest(
  'a voxproc that hangs does not keep a shutdown: within 10 seconds everything is gone and the recording is handed over',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada', 'ben');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(1000);
    kill(voxprocOf(call), 'SIGSTOP');
    const { code, ms } = await stopBot(call);
    t.diagnostic(`ended after ${Math.round(ms)} ms with ${code}`);
    assert.ok(ms < shutdownMs + busyMs, `${ms} ms`);
    assert.equal(code, 0);
    assert.ok(!call.lines.some(({ msg }) => msg === 'the shutdown took too long'));
    await talk.stop();
    await processesGone(call.folder);
    await gone(call);
    // A mix of seconds may be made before the mixer is told to stop.
    const handedOver = (await readSession(folder)).status;
    assert.ok(handedOver === 'muxing' || handedOver === 'completed', handedOver);
    const ended = (await readJournal(folder, 'supervisor.jsonl')).find(({ type }) => type === 'recording_ended');
    assert.equal(ended?.type === 'recording_ended' && ended.reason, 'shutdown');

    await call.startBot();
    if (handedOver === 'muxing') await call.logged('mux finished');
    const session = await readSession(folder);
    assert.equal(session.status, 'completed');
    assert.equal(session.participants.length, 2);
    const { checks } = await verifyRecording(folder);
    assert.deepEqual(
      checks.filter(({ ok }) => !ok),
      [],
    );
  },
);

faultTest(
  'a Discord that is gone does not keep a shutdown: within 10 seconds everything is gone and the recording is handed over',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    await call.sim[Symbol.asyncDispose]();
    const { code, ms } = await stopBot(call);
    t.diagnostic(`ended after ${Math.round(ms)} ms with ${code}`);
    assert.ok(ms < shutdownMs + busyMs, `${ms} ms`);
    assert.equal(code, 0);
    await processesGone(call.folder);
    const ended = (await readJournal(folder, 'supervisor.jsonl')).find(({ type }) => type === 'recording_ended');
    assert.equal(ended?.type === 'recording_ended' && ended.reason, 'shutdown');
  },
);
