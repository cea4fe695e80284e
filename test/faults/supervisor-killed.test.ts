import assert from 'node:assert/strict';
import { gone, recordings, told } from '../lib/watching.ts';
import { assertTogether } from './ears.ts';
import { faultTest, sound } from './fault-test.ts';
import { apartFromKeys, assertKept, audioMs, relayedAt } from './kept.ts';
import { assertClosed, killBot, lostAtMostMs } from './supervisor-kill.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'the supervisor is killed while people speak: voxproc closes its files and goes; the next start goes on with the same recording',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada', 'ben');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(2000);
    const { us, goneMs } = await killBot(call);
    const files = await assertClosed(folder, people);
    t.diagnostic(`${files} files closed, everything gone ${goneMs} ms after the kill`);

    const from = call.lines.length;
    await call.startBot();
    await call.logged('session started', { from });
    await told(call, /I was restarted and go on with the same recording/);
    await talk.goOnHeard(2000);
    await talk.stop();
    await people[0].type(call.text, '!leave');
    await call.logged('mux finished', { from });

    assert.deepEqual(await recordings(call), [folder]);
    const session = await sound(t, folder);
    assert.deepEqual(
      apartFromKeys(session.holes).map(({ reason }) => reason),
      ['supervisor_down'],
    );
    for (const { missing } of await assertKept(t, folder, people, session)) {
      const lostMs = audioMs(missing.filter((packet) => relayedAt(packet) <= us));
      t.diagnostic(`received before the kill and lost: ${lostMs} ms`);
      assert.ok(lostMs <= lostAtMostMs, `${lostMs} ms`);
    }
    await assertTogether(t, folder, talk);
    await gone(call);
  },
);
