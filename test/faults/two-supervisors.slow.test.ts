import assert from 'node:assert/strict';
import { BotProcess } from '../../scripts/demo/bot-process.ts';
import { faultTest, sound } from './fault-test.ts';
import { apartFromKeys, assertKept } from './kept.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'a second supervisor on the same data folder refuses to start, in clear words, and the first does not notice',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada', 'ben');
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(1000);

    await using second = new BotProcess(call.environment());
    const { code } = await second.exited;
    const words = second.tail.filter((line) => line.startsWith('Parley cannot run:')).join('\n');
    t.diagnostic(`exit code ${code}: “${words}”`);
    assert.equal(code, 78);
    assert.match(words, new RegExp(`${call.bot.pid}`));
    assert.match(words, new RegExp(call.dataDir));

    await talk.goOnHeard(1000);
    await talk.stop();
    await people[0].type(call.text, '!leave');
    await call.logged('mux finished');
    const session = await sound(t, folder);
    assert.deepEqual(apartFromKeys(session.holes), []);
    await assertKept(t, folder, people, session, 0);
    assert.deepEqual(
      call.sim.op4Log.map(({ channelId }) => channelId),
      [call.voice.id, null],
    );
  },
);
