import type { Clock } from '@parley/protocol';
import { type Client, Status } from 'discord.js';
import type { Settings } from '../config/index.ts';
import type { HealthReport } from '../http/index.ts';
import { freeBytes } from '../ops/index.ts';
import type { MuxQueue } from '../recordings/mux-queue.ts';
import type { SessionRegistry } from '../session/registry.ts';
import type { Store } from '../store/index.ts';
import { version } from '../version.ts';

/** How often the free space is looked at, milliseconds. */
const diskIntervalMs = 10_000;

export interface HealthOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'driver' | 'health'>;
  readonly muxQueue: MuxQueue;
  readonly clock: Clock;
  readonly registry: SessionRegistry;
  readonly client: Client<true>;
}

/** What `/healthz` and `/readyz` say. Disposing stops looking at the disk. */
export class AppHealth implements Disposable {
  #options: HealthOptions;
  #startedUs: number;
  #freeBytes: number | null = null;
  #timer: Disposable;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#startedUs = options.clock.monotonicUs();
    this.#look();
    this.#timer = options.clock.setInterval(() => this.#look(), diskIntervalMs);
  }

  report(): HealthReport {
    const { store, muxQueue, registry, client, clock, settings } = this.#options;
    const gateway = Status[client.ws.status];
    const problems: string[] = [];
    if (client.ws.shards.some((shard) => shard.status !== Status.Ready)) problems.push('gateway_away');
    if (this.#freeBytes !== null && this.#freeBytes < settings.minFreeMegabytes * 1_000_000) problems.push('disk_full');
    const { pending, dropped, failures } = store.health();
    return {
      alive: true,
      ready: problems.length === 0,
      problems,
      version,
      uptimeSeconds: Math.round((clock.monotonicUs() - this.#startedUs) / 1e6),
      gateway: gateway ?? 'unknown',
      sessions: registry.size,
      recordings: registry.all.filter(({ recording }) => recording.current !== null).length,
      muxQueue: muxQueue.size,
      store: { driver: store.driver, pending, dropped, failures },
      freeBytes: this.#freeBytes,
    };
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #look(): void {
    void freeBytes(this.#options.settings.recordingsDir).then((bytes) => {
      this.#freeBytes = bytes;
    });
  }
}
