import assert from 'node:assert/strict';
import { gone, recordings } from '../lib/watching.ts';
import { faultTest, sound } from './fault-test.ts';
import { audioMs, keptOf } from './kept.ts';
import { assertClosed, killBot, lostAtMostMs } from './supervisor-kill.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'the supervisor is killed and everybody leaves meanwhile: the next start finishes the recording and joins nobody',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada', 'ben');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(1500);
    const { us, goneMs } = await killBot(call);
    const files = await assertClosed(folder, people);
    t.diagnostic(`${files} files closed, everything gone ${goneMs} ms after the kill`);
    await talk.stop();
    for (const person of people) await person.leave();
    assert.ok(call.guild.botMember.nickname?.startsWith('[REC] '), 'the kill left the mark of recording');

    const from = call.lines.length;
    const asked = call.sim.op4Log.length;
    await call.startBot();
    await call.logged('mux finished', { from });
    await call.text.waitFor((message) => message.attachments.length === 1);
    await gone(call);
    const joins = call.sim.op4Log.slice(asked).filter(({ channelId }) => channelId !== null);
    assert.deepEqual(joins, []);
    assert.deepEqual(await recordings(call), [folder]);
    await sound(t, folder);
    for (const person of people) {
      const { relayed, kept, missing, strange } = await keptOf(folder, person, us);
      const lostMs = audioMs(missing);
      t.diagnostic(`${person.username}: ${kept.length} of ${relayed.length} packets kept, ${lostMs} ms lost`);
      assert.ok(strange === 0 && lostMs <= lostAtMostMs);
    }
  },
);
