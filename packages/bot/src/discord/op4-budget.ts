import type { Clock } from '@parley/protocol';

/** Voice state updates (op 4) of one shard: Discord cuts a connection at 120 sends a minute, and other things are sent too. */
export const op4Limits = { perWindow: 60, windowMs: 60_000 } as const;

interface Waiting {
  /** Its place in the order of service, in virtual time: one unit is one send. */
  readonly start: number;
  readonly send: () => void;
}

/**
 * The op 4 budget of one shard: at most 60 in any 60 s. What exceeds it waits, one update per guild (a newer one replaces it: only
 * the last wish counts). Service is start-time fair: each send moves a guild one unit back, so that one in trouble cannot starve
 * the others, and one that was quiet has no credit to burn.
 */
export class Op4Budget implements Disposable {
  /** Updates that a newer one of the same guild replaced. */
  superseded = 0;
  #clock: Clock;
  #sentAt: number[] = [];
  #waiting = new Map<string, Waiting>();
  #finished = new Map<string, number>();
  #virtual = 0;
  #timer: Disposable | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Guilds whose update waits. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends now when there is room, else when it is this guild's turn. */
  submit(guildId: string, send: () => void): void {
    const before = this.#waiting.get(guildId);
    if (before) this.superseded += 1;
    const start = before?.start ?? Math.max(this.#virtual, this.#finished.get(guildId) ?? 0);
    this.#waiting.set(guildId, { start, send });
    this.#pump();
  }

  /** Takes back an update that waits: nobody wants it any more. */
  cancel(guildId: string): void {
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
    while (this.#waiting.size > 0 && this.#sentAt.length < op4Limits.perWindow) {
      this.#sentAt.push(now);
      this.#sendNext();
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

  #sendNext(): void {
    let next: (Waiting & { guildId: string }) | null = null;
    for (const [guildId, waiting] of this.#waiting) {
      if (next === null || waiting.start < next.start) next = { ...waiting, guildId };
    }
    if (next === null) return;
    this.#waiting.delete(next.guildId);
    this.#virtual = next.start;
    this.#finished.set(next.guildId, next.start + 1);
    // A guild behind the virtual time is as good as a new one.
    for (const [guildId, finish] of this.#finished) if (finish <= this.#virtual) this.#finished.delete(guildId);
    next.send();
  }
}
