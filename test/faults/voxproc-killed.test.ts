import assert from 'node:assert/strict';
import { told } from '../lib/watching.ts';
import { assertTogether } from './ears.ts';
import { faultTest, sound } from './fault-test.ts';
import { apartFromKeys, assertKept, audioMs, relayedAt } from './kept.ts';
import { isReserve, killVoxproc } from './processes.ts';
import { gather, Talk } from './talk.ts';

/** Until people are recorded again: with a child in reserve as promised, and with one that boots first; on a machine that may be busy. */
const againWithinMs = [2000 + 250, 15_000] as const;
const lostAtMostMs = 1000 + 250;

faultTest(
  'voxproc is killed twice while three people speak: recorded on in the same recording, what was received is kept, people aligned',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada', 'ben', 'cleo');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const from = call.lines.length;
    const talk = new Talk(call, people);

    // Some seconds into a session a child is in reserve; the second kill comes before the next one is.
    await call.logged('ready', { from, fits: isReserve });
    await talk.goOnHeard(1000);
    const kills = [killVoxproc(call)];
    await call.logged('voxproc is back in the recording', { from });
    await talk.goOnHeard(1500);
    kills.push(killVoxproc(call));
    await call.logged('voxproc is back in the recording', { from, count: 2 });
    await talk.goOnHeard(2000);
    await talk.stop();
    await people[0].type(call.text, '!leave');
    await call.logged('mux finished');

    const session = await sound(t, folder);
    const reasons = apartFromKeys(session.holes).map(({ reason }) => reason);
    assert.deepEqual(reasons, ['voxproc_failed', 'voxproc_failed']);
    await told(call, /failed and was started again/);

    const accounts = await assertKept(t, folder, people, session);
    for (const [person, { kept, missing }] of accounts.entries()) {
      let listening = 0;
      for (const [index, killedUs] of kills.entries()) {
        const lost = missing.filter((packet) => relayedAt(packet) > listening && relayedAt(packet) <= killedUs);
        const again = kept.find((packet) => relayedAt(packet) > killedUs);
        assert.ok(again, `${people[person]?.username} is heard again`);
        listening = relayedAt(again);
        const againMs = Math.round((listening - killedUs) / 1000);
        t.diagnostic(
          `${people[person]?.username}, kill ${index + 1}: recorded again after ${againMs} ms; ${audioMs(lost)} ms received before it lost`,
        );
        assert.ok(againMs <= (againWithinMs[index] ?? 0), `kill ${index + 1}: recorded again after ${againMs} ms`);
        assert.ok(audioMs(lost) <= lostAtMostMs, `kill ${index + 1}: ${audioMs(lost)} ms lost`);
      }
    }
    await assertTogether(t, folder, talk);
  },
);
