import assert from 'node:assert/strict';
import type { SimPerson } from '@parley/sim';
import type { BotOnSim } from '../lib/bot-on-sim.ts';
import { patienceMs, told } from '../lib/watching.ts';
import { assertTogether } from './ears.ts';
import { faultTest, sound } from './fault-test.ts';
import { assertKept, relayedAt } from './kept.ts';
import { nowUs } from './processes.ts';
import { gather, Talk } from './talk.ts';

/** What left the voice server while the connection broke may be missing beside the hole, milliseconds. */
const brokeMs = 20 + 250;

/** How often voxproc has told that the voice connection is ready. */
const readies = ({ lines }: BotOnSim): number =>
  lines.filter(({ msg, proc, state }) => msg === 'voice connection' && proc === 'voxproc' && state === 'ready').length;

/** Two people talk in a recording, until `leave`. */
const talking = async (call: BotOnSim) => {
  const people = await gather(call, 'ada', 'ben');
  const folder = await call.join(people[0]);
  await call.logged('session started');
  const talk = new Talk(call, people);
  await talk.goOnHeard(1000);
  const leave = async () => {
    await talk.stop();
    await people[0].type(call.text, '!leave');
    await call.logged('mux finished');
  };
  return { people, folder, talk, leave };
};

/** Says when somebody was recorded again after each fault. */
const again = (accounts: Awaited<ReturnType<typeof assertKept>>, people: readonly SimPerson[], sinceUs: number) =>
  accounts
    .map(({ kept }, index) => {
      const packet = kept.find((candidate) => relayedAt(candidate) > sinceUs);
      assert.ok(packet, `${people[index]?.username} is recorded again`);
      return `${people[index]?.username} after ${Math.round((relayedAt(packet) - sinceUs) / 1000)} ms`;
    })
    .join(', ');

faultTest(
  'voice closes and a region move in mid-speech cost a moment each, and a resumable one nothing',
  {},
  async (call, t) => {
    const { sim } = call;
    const { people, folder, talk, leave } = await talking(call);
    const faults: [name: string, fault: () => unknown, resumed: boolean][] = [
      ['4015', () => sim.faults.closeVoice(sim.botUserId, 4015), true],
      ['4006', () => sim.faults.closeVoice(sim.botUserId, 4006), false],
      ['4009', () => sim.faults.closeVoice(sim.botUserId, 4009), false],
      ['a region move', () => sim.faults.regionMove(call.guild), false],
    ];
    const happened: [string, number][] = [];
    for (const [name, fault] of faults) {
      const before = readies(call);
      happened.push([name, nowUs()]);
      await fault();
      await sim.until(() => readies(call) > before, { timeoutMs: patienceMs, what: `the connection after ${name}` });
      await talk.goOnHeard(1000);
    }
    await leave();
    const session = await sound(t, folder);
    const accounts = await assertKept(t, folder, people, session, brokeMs);
    for (const [name, us] of happened) t.diagnostic(`${name}: recorded again: ${again(accounts, people, us)}`);
    const [[, resumedUs], [, lostUs]] = happened as [[string, number], [string, number]];
    for (const { missing } of accounts) {
      const whileResuming = missing.filter((packet) => relayedAt(packet) >= resumedUs && relayedAt(packet) < lostUs);
      assert.deepEqual(whileResuming, [], 'a resumed connection loses nothing');
    }
    const costly = faults.filter(([, , resumed]) => !resumed).length;
    assert.deepEqual(
      session.holes.map(({ reason }) => reason),
      Array.from({ length: costly }, () => 'reconnecting'),
    );
    const words = call.text.messages.filter(({ content }) => content.startsWith('The voice connection is back'));
    assert.equal(words.length, costly);
    await assertTogether(t, folder, talk);
  },
);

faultTest(
  'a dead voice server is asked for at most once a second, ever more rarely, and found again',
  {},
  async (call, t) => {
    const { sim } = call;
    const { people, folder, talk, leave } = await talking(call);
    const asked = sim.op4Log.length;
    const deadUs = nowUs();
    await sim.faults.killVoiceServer();
    await talk.goOn(6000);
    const before = readies(call);
    await sim.faults.reviveVoiceServer();
    await sim.until(() => readies(call) > before, {
      timeoutMs: patienceMs,
      what: 'the connection to the revived server',
    });
    await talk.goOnHeard(1000);

    const times = sim.op4Log.slice(asked).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    const seconds = (nowUs() - deadUs) / 1e6;
    t.diagnostic(`${times.length} voice state updates in ${seconds.toFixed(1)} s, ms apart: ${gaps.join(', ')}`);
    assert.ok(times.length >= 3 && times.length <= seconds, `${times.length} in ${seconds} s`);
    // A second by the sender's clock; a busy machine may squeeze two together on the way.
    assert.ok(Math.min(...gaps) >= 700 && (gaps.at(-1) ?? 0) > (gaps[0] ?? 0), gaps.join(', '));
    await leave();
    const session = await sound(t, folder);
    assert.deepEqual(
      session.holes.map(({ reason }) => reason),
      ['reconnecting'],
    );
    const accounts = await assertKept(t, folder, people, session, brokeMs);
    t.diagnostic(`recorded again: ${again(accounts, people, deadUs)}`);
    await told(call, /The voice connection is back/);
    await assertTogether(t, folder, talk);
  },
);
