import type { Clock } from '@parley/protocol';

/** Voice state updates (op 4) of one shard: Discord cuts a connection at 120 sends a minute, and other things are sent too. */
export const op4Limits = { perWindow: 60, windowMs: 60_000 } as const;

/**
 * The op 4 budget of one shard: at most 60 in any 60 s. What exceeds it waits, one update per guild (a newer one replaces it: only
 * the last wish counts), and guilds take turns, so that one guild in trouble cannot starve the others.
 */
export class Op4Budget implements Disposable {
  /** Updates that a newer one of the same guild replaced. */
  superseded = 0;
  #clock: Clock;
  #sentAt: number[] = [];
  #waiting = new Map<string, () => void>();
  #timer: Disposable | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Guilds whose update waits. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends now when there is room and nobody waits, else when it is this guild's turn. */
  submit(guildId: string, send: () => void): void {
    if (this.#waiting.has(guildId)) this.superseded += 1;
    this.#waiting.set(guildId, send);
    this.#pump();
  }

  /** Forgets what waits for a guild. */
  forget(guildId: string): void {
    this.#waiting.delete(guildId);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#waiting.clear();
  }

  #pump(): void {
    const now = this.#clock.monotonicUs() / 1000;
    while ((this.#sentAt[0] ?? now) <= now - op4Limits.windowMs) this.#sentAt.shift();
    for (const [guildId, send] of this.#waiting) {
      if (this.#sentAt.length >= op4Limits.perWindow) break;
      this.#waiting.delete(guildId);
      this.#sentAt.push(now);
      send();
    }
    if (this.#waiting.size > 0 && !this.#timer) {
      const freeIn = (this.#sentAt[0] ?? now) + op4Limits.windowMs - now;
      this.#timer = this.#clock.setTimeout(
        () => {
          this.#timer = null;
          this.#pump();
        },
        Math.max(1, Math.ceil(freeIn)),
      );
    }
  }
}
