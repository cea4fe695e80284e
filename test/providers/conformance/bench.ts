import assert from 'node:assert/strict';
import { FakeClock } from '@parley/protocol/testing';
import type {
  ProviderConfig,
  ProviderSession,
  RealtimeProvider,
} from '../../../packages/bot/src/agent/provider/realtime-provider.ts';
import { Ear } from './ear.ts';
import { type ConformanceRig, someConfig } from './rig.ts';

/** Lets the network of this machine do its work until something is true; the test's time limit ends a wait in vain. */
export const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setImmediate(resolve));
};

/** One conversation on a test's bench: its rig, its clock, its ear. At the end nothing of it may be left. */
export class Bench implements AsyncDisposable {
  readonly rig: ConformanceRig;
  readonly clock = new FakeClock();
  readonly ear = new Ear();
  readonly provider: RealtimeProvider;
  readonly session: ProviderSession;

  constructor(rig: ConformanceRig, config: Partial<ProviderConfig> = {}, apiKey = rig.key) {
    this.rig = rig;
    this.provider = rig.provider({ clock: this.clock, apiKey });
    this.session = this.provider.open({ ...someConfig, ...config }, this.ear.hear);
  }

  static async connected(rig: ConformanceRig, config: Partial<ProviderConfig> = {}): Promise<Bench> {
    const bench = new Bench(rig, config);
    await bench.session.connect(new AbortController().signal);
    return bench;
  }

  /** A person says something for a second, or writes it where nothing is heard, and an answer is asked for. @returns the request's id */
  ask(): string {
    if (this.provider.capabilities.inputRate === null) this.session.addText({ role: 'user', text: 'what do you say' });
    else this.turn();
    return this.session.requestResponse({ modality: 'audio' });
  }

  /** A person says something for so long, in pieces of 20 ms. */
  turn(ms = 1_000): string {
    this.session.beginTurn();
    const piece = new Uint8Array(((this.provider.capabilities.inputRate ?? 0) / 50) * 2).fill(1);
    for (let at = 0; at < ms; at += 20) this.session.appendAudio(piece);
    return this.session.endTurn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _rig = this.rig;
    await this.session[Symbol.asyncDispose]();
    await until(() => this.rig.held() === 0);
    this.#judge();
  }

  /** Each response that started finished once, there was one end, nothing is left, and nobody was told the key. */
  #judge(): void {
    assert.equal(this.clock.timers, 0, 'a timer is left');
    const started = this.ear.all('response_started').map(({ responseId }) => responseId);
    const finished = this.ear.all('response_finished').map(({ responseId }) => responseId);
    assert.deepEqual(finished.toSorted(), started.toSorted(), 'each response ends exactly once');
    assert.equal(new Set(started).size, started.length, 'each response starts once');
    assert.equal(this.ear.all('closed').length, 1, 'there is one end');
    assert.equal(this.ear.events.at(-1)?.type, 'closed', 'nothing comes after the end');
    assert.equal(JSON.stringify(this.ear.events).includes(this.rig.key), false, 'the key is told');
  }
}
