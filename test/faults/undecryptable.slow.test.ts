import assert from 'node:assert/strict';
import type { LogLine } from '../../scripts/demo/bot-process.ts';
import { faultTest, sound } from './fault-test.ts';
import { assertKept, beforeHoleMs, withoutKeys } from './kept.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'one person cannot be decrypted: a hole of that person, the others are complete but for the moment of each recovery, the session goes on',
  {},
  async (call, t) => {
    const people = await gather(call, 'ada', 'ben', 'eve');
    const [ada, ben, eve] = people;
    eve.corruption = 'undecryptable';
    const folder = await call.join(ada);
    await call.logged('session started');
    const talk = new Talk(call, people);
    const isHopeless = ({ warning }: LogLine) =>
      (warning as { code?: string } | undefined)?.code === 'user_undecryptable';
    await call.logged('voxproc warns', { fits: isHopeless });
    await talk.goOnHeard(2500);
    await talk.stop();
    await ada.type(call.text, '!leave');
    await call.logged('mux finished');

    const session = await sound(t, folder);
    const everybodys = withoutKeys(session.holes);
    const own = session.holes.filter((hole) => !everybodys.includes(hole));
    assert.ok(own.length > 0);
    for (const { reason, userId } of own) assert.deepEqual([reason, userId], ['undecryptable', eve.userId]);
    const heard = session.participants.filter(({ speechMs }) => speechMs > 0).map(({ userId }) => userId);
    assert.deepEqual(heard.toSorted(), [ada.userId, ben.userId].toSorted());
    t.diagnostic(`${session.quality.undecryptable} packets of one person undecryptable`);
    await assertKept(t, folder, [ada, ben], session, beforeHoleMs * everybodys.length);
  },
);
