import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Surroundings, Watchdog } from './watchdog.ts';

const two: Surroundings = { deafened: false, unmutedPeople: 2 };
const one: Surroundings = { deafened: false, unmutedPeople: 1 };

/** Ticks four times a second and lists what was advised, with its second. */
const watch = (dog: Watchdog, fromMs: number, toMs: number, around = two, each: (ms: number) => void = () => {}) => {
  const advice: string[] = [];
  for (let at = fromMs; at < toMs; at += 250) {
    each(at);
    const { kind } = dog.tick(at, around);
    if (kind === 'none') continue;
    advice.push(`${kind} ${at / 1000}`);
    if (kind === 'rejoin') dog.connected(at + 500);
  }
  return advice;
};
const connected = (nowMs = 0): Watchdog => {
  const dog = new Watchdog();
  dog.connected(nowMs);
  return dog;
};

describe('Watchdog', () => {
  it('is quiet while it is not connected', () => {
    const dog = new Watchdog();
    dog.spoke(0);
    assert.deepEqual(watch(dog, 0, 120_000), []);
  });

  it('is quiet while datagrams come', () => {
    const dog = connected();
    assert.deepEqual(
      watch(dog, 0, 120_000, two, (at) => dog.audio(at)),
      [],
    );
  });

  it('probes 5 s after a speech without audio, three times 2 s apart, then rejoins', () => {
    const dog = connected();
    dog.spoke(3000);
    assert.deepEqual(watch(dog, 3000, 20_000), ['probe 8', 'probe 10', 'probe 12', 'rejoin 14']);
  });

  it('lets audio from anybody within 5 s settle it', () => {
    const dog = connected();
    dog.spoke(3000);
    assert.deepEqual(
      watch(dog, 3000, 30_000, two, (at) => at === 7750 && dog.audio(at)),
      [],
    );
  });

  it('does not take the speaking events that come with the connection for speech', () => {
    const dog = connected();
    dog.spoke(900);
    assert.deepEqual(watch(dog, 1000, 29_000), []);
  });

  it('probes after 30 s without any datagram while two unmuted people are present', () => {
    const dog = connected();
    assert.deepEqual(watch(dog, 0, 37_000), ['probe 30', 'probe 32', 'probe 34', 'rejoin 36']);
  });

  it('expects nothing of a channel with one unmuted person', () => {
    assert.deepEqual(watch(connected(), 0, 120_000, one), []);
  });

  it('takes the answer to a probe as life, and asks again 30 s later', () => {
    const dog = connected();
    const advice = watch(dog, 0, 62_000, two, (at) => at === 30_250 && dog.datagram(at));
    assert.deepEqual(advice, ['probe 30', 'probe 60.25']);
  });

  it('rejoins after two speeches without audio although the probes were answered', () => {
    const dog = connected();
    const said: string[] = [];
    for (const start of [10_000, 20_000]) {
      dog.spoke(start);
      said.push(...watch(dog, start, start + 9000, two, (at) => at === start + 5250 && dog.datagram(at)));
    }
    assert.deepEqual(said, ['probe 15', 'probe 25', 'rejoin 25.25']);
  });

  it('is never in doubt while the bot is server-deafened, and starts anew after it', () => {
    const dog = connected();
    dog.spoke(2000);
    assert.deepEqual(watch(dog, 2000, 100_000, { deafened: true, unmutedPeople: 5 }), []);
    assert.deepEqual(watch(dog, 100_000, 129_500), []);
  });

  it('rejoins at most once a minute, doubling', () => {
    const advice = watch(connected(), 0, 600_000).filter((line) => line.startsWith('rejoin'));
    const at = advice.map((line) => Number(line.split(' ')[1]));
    assert.equal(at[0], 36);
    for (let i = 1; i < at.length; i += 1) {
      assert.ok((at[i] as number) - (at[i - 1] as number) >= 60 * 2 ** (i - 1), `${at}`);
    }
    assert.ok(at.length >= 3);
  });

  it('tells the reason of its doubt once, with the first probe', () => {
    const dog = connected();
    dog.spoke(2000);
    assert.deepEqual(dog.tick(7000, two), { kind: 'probe', suspicion: 'speech_without_audio' });
    assert.deepEqual(dog.tick(9000, two), { kind: 'probe' });
  });
});
