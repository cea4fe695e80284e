import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, ProtocolError } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { VoxprocClient } from '../../vox/voxproc-client.ts';

export interface ExclusionsOptions {
  readonly voxproc: Pick<VoxprocClient, 'settled' | 'request' | 'replace'>;
  readonly clock: Pick<Clock, 'monotonicUs'>;
  readonly logger: Logger;
  /** Whether this person may be recorded now. */
  readonly mayRecord: (userId: string) => boolean;
}

/** What voxproc does with a person. `unsure`: it was told something that it has not confirmed. */
export type Standing = 'recorded' | 'excluded' | 'unsure';

interface Known {
  readonly standing: Standing;
  /** Since when, at the earliest: µs of CLOCK_MONOTONIC. */
  readonly sinceUs: number;
}

/**
 * Whom voxproc records, brought in line with who may be recorded. One request at a time per person; when it is answered, what is
 * wanted is asked anew, so that the last decision stands however fast they follow each other.
 */
export class Exclusions {
  #options: ExclusionsOptions;
  /** People not in it are recorded since `#beganUs`. */
  #known = new Map<string, Known>();
  #beganUs: number;
  #running = new Map<string, Promise<void>>();

  constructor(options: ExclusionsOptions) {
    this.#options = options;
    this.#beganUs = options.clock.monotonicUs();
  }

  /** A child is about to be told to join without these people: nothing told to a former one holds. */
  begin(excluded: Iterable<string>): void {
    const sinceUs = this.#options.clock.monotonicUs();
    this.#beganUs = sinceUs;
    this.#known = new Map([...excluded].map((userId) => [userId, { standing: 'excluded', sinceUs }]));
  }

  /** Everybody who is not simply recorded. */
  get userIds(): readonly string[] {
    return [...this.#known.keys()];
  }

  standing(userId: string): Standing {
    return this.#known.get(userId)?.standing ?? 'recorded';
  }

  /** Since when the standing holds, at the earliest: µs of CLOCK_MONOTONIC. */
  sinceUs(userId: string): number {
    return this.#known.get(userId)?.sinceUs ?? this.#beganUs;
  }

  /** voxproc was told by another message, which it does not answer, that this person opted out. */
  hinted(userId: string): void {
    if (this.standing(userId) === 'recorded') this.#set(userId, 'unsure');
  }

  isSettled(userId: string): boolean {
    return !this.#running.has(userId) && this.#isAsWanted(userId);
  }

  /**
   * Resolves when voxproc has confirmed what is wanted of a person at that moment, or when no child is left that could record them. A
   * child that does not confirm is replaced by one that is told with its join.
   */
  async settle(userId: string): Promise<void> {
    const running = this.#running.get(userId);
    if (running) return await running;
    if (this.#isAsWanted(userId)) return;
    const run = this.#run(userId);
    this.#running.set(userId, run);
    await run;
  }

  async #run(userId: string): Promise<void> {
    try {
      while ((await this.#options.voxproc.settled()) === 'live') {
        // Whoever decides from here on finds no run, and begins one.
        if (this.#isAsWanted(userId)) return;
        await this.#tell(userId, this.#options.mayRecord(userId));
      }
    } finally {
      this.#running.delete(userId);
    }
  }

  async #tell(userId: string, mayRecord: boolean): Promise<void> {
    const { clock, logger, voxproc } = this.#options;
    const sinceUs = clock.monotonicUs();
    this.#set(userId, 'unsure', sinceUs);
    try {
      if (mayRecord) await voxproc.request('recording.include', { userId });
      else await voxproc.request('recording.exclude', { userId });
      this.#set(userId, mayRecord ? 'recorded' : 'excluded', sinceUs);
    } catch (error) {
      logger.error({ err: error, userId, mayRecord }, 'voxproc did not confirm whether a person is recorded');
      // A child whose pipe is closed has gone, but that may not have been noticed yet.
      if (error instanceof ProtocolError && error.code === 'link_closed') await nextTurn();
      else await voxproc.replace('it did not confirm whether a person is recorded');
    }
  }

  #isAsWanted(userId: string): boolean {
    return this.standing(userId) === (this.#options.mayRecord(userId) ? 'recorded' : 'excluded');
  }

  #set(userId: string, standing: Standing, sinceUs = this.#options.clock.monotonicUs()): void {
    this.#known.set(userId, { standing, sinceUs });
  }
}
