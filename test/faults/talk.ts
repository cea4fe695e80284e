import type { SimPerson } from '@parley/sim';
import type { BotOnSim } from '../lib/bot-on-sim.ts';
import { patienceMs } from '../lib/watching.ts';
import { voice, voiceRate } from './voices.ts';

type SentPacket = SimPerson['truth'][number];

/** Longer than any test here takes: people talk until they are stopped. */
const longMs = 60_000;
/** Milliseconds of each packet. */
const frameMs = 20;

let voices = 0;

interface Talker {
  readonly person: SimPerson;
  readonly pcm: Int16Array;
  /** Index in the person's truth of the first packet. */
  readonly from: number;
  readonly speech: Promise<unknown>;
}

/** People who talk without a pause, each with a voice of their own, until they are stopped. */
export class Talk {
  readonly people: readonly SimPerson[];
  #call: BotOnSim;
  #talkers: readonly Talker[];

  /** Begins at once; `people` are in the channel. */
  constructor(call: BotOnSim, people: readonly SimPerson[]) {
    this.#call = call;
    this.people = people;
    this.#talkers = people.map((person) => {
      voices += 1;
      const { pcm, sampleRate } = voice(voices, longMs);
      const speech = person.speak({ pcm, sampleRate });
      speech.catch(() => undefined); // met in `stop`
      return { person, pcm, from: person.truth.length, speech };
    });
  }

  /** Resolves when everybody has said `ms` more. */
  async goOn(ms: number): Promise<void> {
    await this.#until(ms, ({ truth }) => truth.length);
  }

  /** Resolves when `ms` more of everybody went out to the bot. */
  async goOnHeard(ms: number): Promise<void> {
    await this.#until(ms, ({ truth }) => truth.filter(({ toBot }) => toBot.length > 0).length);
  }

  /** The half second of samples a packet of this talk begins; null when the person was not talking so long any more. */
  samplesAt(packet: SentPacket): Int16Array | null {
    for (const { person, pcm, from } of this.#talkers) {
      const index = person.truth.indexOf(packet) - from;
      const at = (index * frameMs * voiceRate) / 1000;
      const half = voiceRate / 2;
      if (index >= 0 && index * frameMs < longMs && pcm.length >= at + half) return pcm.subarray(at, at + half);
    }
    return null;
  }

  /** Ends all talk; resolves when the last packet is out. @throws what kept a person from speaking */
  async stop(): Promise<void> {
    for (const { person } of this.#talkers) person.stopSpeaking();
    await Promise.all(this.#talkers.map(({ speech }) => speech));
  }

  async #until(ms: number, count: (person: SimPerson) => number): Promise<void> {
    const wanted = new Map(this.people.map((person) => [person, count(person) + ms / frameMs]));
    const done = () => this.people.every((person) => count(person) >= (wanted.get(person) ?? 0));
    await this.#call.sim.until(done, { timeoutMs: patienceMs + ms, what: `${ms} ms of talk` });
  }
}

/** People of these names, in the voice channel. */
export const gather = async <const Names extends readonly string[]>(
  call: BotOnSim,
  ...names: Names
): Promise<{ [Name in keyof Names]: SimPerson }> => {
  const people = names.map((username) => call.guild.addPerson({ username }));
  for (const person of people) await person.join(call.voice);
  return people as { [Name in keyof Names]: SimPerson };
};
