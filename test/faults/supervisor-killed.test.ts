import assert from 'node:assert/strict';
import { walkOpusFile } from '@parley/mux';
import type { SimPerson } from '@parley/sim';
import { type BotOnSim, readJournal } from '../lib/bot-on-sim.ts';
import { gone, recordings, told } from '../lib/watching.ts';
import { assertTogether } from './ears.ts';
import { faultTest, processesGone, sound } from './fault-test.ts';
import { apartFromKeys, assertKept, audioMs, keptOf, relayedAt, segmentFiles } from './kept.ts';
import { nowUs } from './processes.ts';
import { gather, Talk } from './talk.ts';

/** What was received before the kill may be lost: this much of each person, milliseconds. */
const lostAtMostMs = 1000 + 250;

/** Kills the bot with -9 and waits until what it had started has gone by itself. Returns when, and how long that took. */
const killBot = async (call: BotOnSim): Promise<{ us: number; goneMs: number }> => {
  const us = nowUs();
  await call.killBot();
  await processesGone(call.folder);
  return { us, goneMs: Math.round((nowUs() - us) / 1000) };
};

/** Holds that the orphaned voxproc closed everybody's file with its end, and said why it went. Returns how many. */
const assertClosed = async (folder: string, people: readonly SimPerson[]): Promise<number> => {
  const files = (await Promise.all(people.map(({ userId }) => segmentFiles(folder, userId)))).flat();
  assert.ok(files.length >= people.length, `${files.length} files`);
  for (const file of files) {
    const { ended, damage } = walkOpusFile(file);
    assert.ok(ended && damage.length === 0, `${file} has its end: ${ended}; damage ${JSON.stringify(damage)}`);
  }
  const left = (await readJournal(folder, 'voxproc-0.jsonl')).find(({ type }) => type === 'voxproc_left');
  assert.equal(left?.type === 'voxproc_left' && left.reason, 'orphaned');
  return files.length;
};

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
