import type { Clock } from '@parley/protocol';
import type { Logger } from '../log.ts';
import type { Background } from './background.ts';
import type { VoxprocProcess } from './voxproc-process.ts';

/** Milliseconds after a child was taken until the next one is warmed: a join should have both cores to itself. */
export const rewarmDelayMs = 5000;
/** Milliseconds before a warm child that died is replaced; doubles up to the maximum. */
export const rewarmBackoff = { firstMs: 5000, maxMs: 300_000 } as const;

export interface VoxprocPoolOptions {
  readonly launch: () => VoxprocProcess;
  /** Whether to keep one booted child in reserve. */
  readonly warm: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  /** Told how long each boot took, seconds. */
  readonly onBooted?: (seconds: number) => void;
}

interface Reserve {
  readonly process: VoxprocProcess;
  readonly booted: Promise<void>;
}

/** Hands out booted voxprocs; with `warm`, one is kept ready so that a join does not wait for a boot. */
export class VoxprocPool implements AsyncDisposable {
  #options: VoxprocPoolOptions;
  #reserve: Reserve | null = null;
  #timer: Disposable | null = null;
  #backoffMs: number = rewarmBackoff.firstMs;
  #alive = new Set<VoxprocProcess>();
  #disposed = false;

  constructor(options: VoxprocPoolOptions) {
    this.#options = options;
  }

  /** Children that have not exited, taken ones included. */
  get alive(): number {
    return this.#alive.size;
  }

  /** Boots the reserve, when there is to be one and there is none. */
  warmUp(): void {
    if (!this.#options.warm || this.#disposed || this.#reserve) return;
    this.#cancelTimer();
    const reserve = this.#launch();
    this.#reserve = reserve;
    reserve.booted.then(
      () => {
        this.#backoffMs = rewarmBackoff.firstMs;
      },
      (error: unknown) => this.#options.logger.warn({ err: error }, 'the warm voxproc did not boot'),
    );
    void reserve.process.exited.then(() => {
      if (this.#reserve !== reserve) return;
      this.#reserve = null;
      this.#warmLater(this.#backoffMs);
      this.#backoffMs = Math.min(this.#backoffMs * 2, rewarmBackoff.maxMs);
    });
  }

  /**
   * A booted child; the caller owns it and must close it.
   * @throws ProtocolError when none boots: `deadline_exceeded`, `protocol_mismatch`, `link_closed`; TypeError when the pool has ended.
   */
  async take(): Promise<VoxprocProcess> {
    if (this.#disposed) throw ended();
    const reserve = this.#claim();
    if (reserve) {
      try {
        await reserve.booted;
        if (reserve.process.isReady) return reserve.process;
      } catch {
        // already logged; the next one may do better
      }
      // Nobody would close what is started now.
      if (this.#disposed) throw ended();
    }
    const { process, booted } = this.#claim() ?? this.#launch();
    await booted;
    return process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#cancelTimer();
    this.#reserve = null;
    await Promise.all([...this.#alive].map((process) => process.close('shutdown')));
  }

  #claim(): Reserve | null {
    const reserve = this.#reserve;
    this.#reserve = null;
    this.#warmLater(rewarmDelayMs);
    return reserve;
  }

  #launch(): Reserve {
    const { clock, launch, onBooted } = this.#options;
    const startedUs = clock.monotonicUs();
    const process = launch();
    this.#alive.add(process);
    void process.exited.then(() => this.#alive.delete(process));
    const booted = process.boot().then(() => onBooted?.((clock.monotonicUs() - startedUs) / 1e6));
    return { process, booted };
  }

  #warmLater(ms: number): void {
    if (!this.#options.warm || this.#disposed) return;
    this.#cancelTimer();
    this.#timer = this.#options.clock.setTimeout(() => this.warmUp(), ms);
  }

  #cancelTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }
}

const ended = (): TypeError => new TypeError('VoxprocPool.take after its end');
