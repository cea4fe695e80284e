import assert from 'node:assert/strict';
import { patienceMs, told } from '../lib/watching.ts';
import { assertTogether } from './ears.ts';
import { faultTest, sound } from './fault-test.ts';
import { apartFromKeys, assertKept, relayedAt } from './kept.ts';
import { nowUs } from './processes.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'the main gateway drops in mid-speech: resumed, nothing is missing; identified anew, the bot comes back into the same recording',
  {},
  async (call, t) => {
    const { sim } = call;
    const people = await gather(call, 'ada', 'ben');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(1000);
    const drop = async (options: Parameters<typeof sim.faults.dropGateway>[0]): Promise<void> => {
      sim.faults.dropGateway(options);
      await sim.until(() => !sim.botOnline, { timeoutMs: patienceMs, what: 'the gateway gone' });
      await sim.until(() => sim.botOnline, { timeoutMs: patienceMs, what: 'the bot online again' });
    };
    await drop({ resumable: true, how: 'cut' });
    await talk.goOnHeard(1000);
    await drop({ resumable: true, how: 'reconnect' });
    await talk.goOnHeard(1000);
    assert.equal(sim.op4Log.length, 1, 'the voice connection was left alone');

    // Discord ends the voice of a session it forgets.
    const forgottenUs = nowUs();
    await drop({ resumable: false, how: 'cut', endVoice: true });
    await sim.until(() => sim.inCall(call.voice), { timeoutMs: patienceMs, what: 'the bot back in the call' });
    await talk.goOnHeard(1500);
    await talk.stop();
    await people[0].type(call.text, '!leave');
    await call.logged('mux finished');

    const session = await sound(t, folder);
    assert.deepEqual(
      apartFromKeys(session.holes).map(({ reason }) => reason),
      ['reconnecting'],
    );
    const awayMs = session.holes.reduce((sum, { fromSample, toSample }) => sum + (toSample - fromSample) / 48, 0);
    t.diagnostic(`away for ${Math.round(awayMs)} ms`);
    for (const { missing } of await assertKept(t, folder, people, session)) {
      assert.deepEqual(
        missing.filter((packet) => relayedAt(packet) < forgottenUs),
        [],
        'nothing is missing while the session could be resumed',
      );
    }
    await told(call, /The voice connection is back/);
    await assertTogether(t, folder, talk);
  },
);
