import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DiscordSim, type SimPerson } from '@parley/sim';
import { VoxprocRig } from '../e2e/voxproc-rig.ts';
import { audioMs, keptOf } from '../faults/kept.ts';
import { isRunning, nowUs, processesWith } from '../faults/processes.ts';
import { voice } from '../faults/voices.ts';
import { patienceMs } from '../lib/watching.ts';
import { chanceOf, runsOf, seed } from './chance.ts';
import { assertRecovered, noteStarted } from './kill-check.ts';

/** Kills under way at a time: one child boots while another records. */
const lanes = 2;
/** When the kill comes, milliseconds after everybody is heard. */
const [earliestMs, latestMs] = [300, 2500] as const;
/** What left the voice server and was not yet read by a child on a busy machine, milliseconds. */
const unreadMs = 20 + 250;
/** How often, and how much already received audio one person may lose (03-recording, Numbers to hold). */
const modes = [
  { name: '', durable: false, kills: runsOf(20, 200), lostAtMostMs: 1000 + unreadMs },
  { name: ' durably', durable: true, kills: runsOf(8, 80), lostAtMostMs: 400 + unreadMs },
] as const;
const speechMs = 3000;

interface Killed {
  readonly atMs: number;
  readonly files: number;
  /** Milliseconds of each person that reached the bot before the kill: all, and in no file. */
  readonly people: readonly { readonly relayedMs: number; readonly lostMs: number }[];
}

/** Everybody talks; every third person in bursts, so that segments open and close on the way. */
const talk = async (person: SimPerson, voiceNumber: number, inBursts: boolean, signal: AbortSignal): Promise<void> => {
  const burstMs = inBursts ? 400 : speechMs;
  for (let burst = 0; burst * burstMs < speechMs && !signal.aborted; burst += 1) {
    await person.speak(voice(voiceNumber * 100 + burst, burstMs));
    if (inBursts) await delay(450);
  }
};

const kill = async (sim: DiscordSim, durable: boolean, number: number): Promise<Killed> => {
  const chance = chanceOf(durable ? 'durable kills' : 'kills', number);
  const count = chance.int(2, 3);
  const afterMs = chance.int(earliestMs, latestMs);
  await using rig = await VoxprocRig.on(sim);
  const people = Array.from({ length: count }, (_, index) => rig.person(`person${number}-${index}`));
  for (const person of people) await person.join(rig.table);
  await rig.join({ silenceMs: 300, durable });
  await noteStarted(rig);
  await rig.inCall();

  const over = new AbortController();
  const talks = people.map((person, index) => talk(person, 10 * number + index + 1, index === 2, over.signal));
  const talked = Promise.allSettled(talks);
  const heard = () => people.every(({ truth }) => truth.some(({ toBot }) => toBot.length > 0));
  await sim.until(heard, { timeoutMs: patienceMs, what: 'everybody to be heard' });
  await delay(afterMs);
  const { process: child } = rig.child;
  const killedUs = nowUs();
  child.kill('SIGKILL');
  over.abort();
  for (const person of people) person.stopSpeaking();
  const { signal } = await rig.child.exited;
  assert.equal(signal, 'SIGKILL', rig.child.stderr);
  for (const end of await talked) if (end.status === 'rejected') throw end.reason;
  for (const person of people) await person.leave();
  assert.equal(await isRunning(child.pid ?? 0), false);

  const files = await assertRecovered(rig.folder());
  const accounts = await Promise.all(people.map((person) => keptOf(rig.folder(), person, killedUs)));
  for (const [index, { strange }] of accounts.entries()) {
    assert.equal(strange, 0, `${people[index]?.username}: packets that were not said, or stand there twice`);
  }
  const lost = accounts.map(({ relayed, missing }) => ({ relayedMs: audioMs(relayed), lostMs: audioMs(missing) }));
  return { atMs: afterMs, files: files.length, people: lost };
};

for (const { name, durable, kills, lostAtMostMs } of modes) {
  test(`${kills} kills of a voxproc that records${name}: files are whole, at most ${lostAtMostMs} ms of what was received is lost`, async (t) => {
    t.diagnostic(`PARLEY_FUZZ_SEED=${seed}`);
    // Every process that is started from here on carries the mark.
    process.env.PARLEY_TEST_MARK = randomUUID();
    const done: Killed[] = [];
    {
      await using sim = await DiscordSim.start({ hearing: false });
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < kills) {
          const number = next++;
          const killed = await kill(sim, durable, number).catch((cause: unknown) => {
            next = kills;
            throw new Error(`kill ${number} of PARLEY_FUZZ_SEED=${seed}`, { cause });
          });
          const lost = killed.people.map(({ relayedMs, lostMs }) => `${lostMs}/${relayedMs}`).join(', ');
          t.diagnostic(`kill ${number}: after ${killed.atMs} ms; lost of received, ms: ${lost}; ${killed.files} files`);
          done.push(killed);
        }
      };
      // One that fails must not take the simulator away from the other.
      const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    }
    assert.deepEqual(await processesWith(process.env.PARLEY_TEST_MARK), [], 'outlives its recording');

    const people = done.flatMap((killed) => killed.people);
    const lost = people.map(({ lostMs }) => lostMs).toSorted((a, b) => a - b);
    const worst = lost.at(-1) ?? Number.NaN;
    const p95 = lost[Math.ceil(lost.length * 0.95) - 1] ?? Number.NaN;
    t.diagnostic(`${done.length} kills, ${people.length} people: lost p95 ${p95} ms, worst ${worst} ms`);
    assert.equal(done.length, kills);
    assert.ok(worst <= lostAtMostMs, `${worst} ms of received audio lost`);
    const total = people.reduce((sum, { relayedMs }) => sum + relayedMs, 0);
    const kept = total - lost.reduce((sum, ms) => sum + ms, 0);
    // Of a few early kills little may be in files.
    assert.ok(kills < 10 || kept > total / 3, `only ${kept} of ${total} ms is in files: nothing was proven`);
  });
}
