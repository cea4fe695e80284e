import assert from 'node:assert/strict';
import { patienceMs, told } from '../lib/watching.ts';
import { assertTogether } from './ears.ts';
import { faultTest, sound } from './fault-test.ts';
import { assertKept, beforeHoleMs, relayedAt, withoutKeys } from './kept.ts';
import { nowUs } from './processes.ts';
import { gather, Talk } from './talk.ts';

faultTest(
  'people come and go while two speak: no change of keys costs a packet, but until the bot is let into a group of the others: a hole',
  {},
  async (call, t) => {
    const { sim, guild } = call;
    const people = await gather(call, 'ada', 'ben');
    const guests = [
      guild.addPerson({ username: 'cleo' }),
      guild.addPerson({ username: 'dora' }),
      guild.addPerson({ username: 'emil', maxDave: 0 }),
    ];
    const folder = await call.join(people[0]);
    await call.logged('session started');
    const talk = new Talk(call, people);
    await talk.goOnHeard(1000);
    const heardUs = nowUs();
    let backUs = 0;
    for (const guest of guests) {
      await guest.join(call.voice);
      await sim.until(() => guest.canSend, { timeoutMs: patienceMs, what: `${guest.username} among the others` });
      await talk.goOnHeard(600);
      backUs = nowUs();
      await guest.leave();
      await talk.goOnHeard(600);
    }
    await talk.stop();
    await people[0].type(call.text, '!leave');
    await call.logged('mux finished');
    await told(call, /no longer end-to-end encrypted/);

    const session = await sound(t, folder);
    const everybodys = withoutKeys(session.holes);
    assert.equal(everybodys.length, session.holes.length);
    const { received, written, lost, undecryptable } = session.quality;
    // While keys are agreed upon anew a client has none and drops what it would send; the numbers of those packets are missed.
    const unsent = people.flatMap(({ truth }) => truth.filter(({ fate }) => fate === 'not_encrypted')).length;
    t.diagnostic(
      `${received} received, ${written} written, ${undecryptable} undecryptable; ${lost} lost, ${unsent} never sent`,
    );
    assert.equal(received, written + undecryptable);
    assert.ok(lost <= unsent, `${lost} lost, ${unsent} never sent`);
    for (const { missing } of await assertKept(t, folder, people, session, beforeHoleMs * everybodys.length)) {
      assert.deepEqual(
        missing.filter((packet) => relayedAt(packet) > heardUs && relayedAt(packet) < backUs),
        [],
      );
    }
    await assertTogether(t, folder, talk);
  },
);
