import type { Clock } from '@parley/protocol';
import { estimateWaits, remainingSeconds, SlotDurations, type SlotKind } from './estimate.ts';

/** How often those who wait are told, although nothing changed, ms. */
const updateMs = 3000;

/** Where somebody stands. */
export interface QueueView {
  readonly ticketId: string;
  /** From 1. */
  readonly position: number;
  readonly etaSeconds: number;
  readonly queueLength: number;
}

/** A slot, until it is given back; giving it back twice does nothing. */
export interface SlotLease extends Disposable {
  readonly kind: SlotKind;
}

export interface SlotWaiter {
  /** It is this one's turn. Told once, also at once. */
  granted(lease: SlotLease): void;
  /** Where it stands; at once when it has to wait, on every change, and every 3 s. */
  waiting(view: QueueView): void;
}

/** One wish for a slot. Disposing takes it back, or gives back the slot that came of it. */
export interface Ticket extends Disposable {
  readonly ticketId: string;
}

export interface SlotQueueOptions {
  readonly clock: Clock;
  /** Live connections to models at the same time. */
  readonly slots: number;
  /** Those who may wait. */
  readonly capacity: number;
  readonly newTicketId: () => string;
}

interface Waiting {
  readonly ticketId: string;
  readonly kind: SlotKind;
  readonly waiter: SlotWaiter;
}

interface Taken {
  readonly kind: SlotKind;
  readonly sinceMs: number;
}

/** More are waiting than may. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  readonly queueLength: number;

  constructor(queueLength: number) {
    super(`Queue full (${queueLength} requests)`);
    this.queueLength = queueLength;
  }
}

/** Gives slots to whoever asks, first come first served, and tells those who wait how long it will take. */
export class SlotQueue implements Disposable {
  readonly #options: SlotQueueOptions;
  readonly #durations = new SlotDurations();
  readonly #taken = new Map<symbol, Taken>();
  #waiting: Waiting[] = [];
  #timer: Disposable | null = null;

  constructor(options: SlotQueueOptions) {
    this.#options = options;
  }

  get busy(): number {
    return this.#taken.size;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @throws QueueFullError */
  request(kind: SlotKind, waiter: SlotWaiter): Ticket {
    if (this.#waiting.length >= this.#options.capacity) throw new QueueFullError(this.#waiting.length);
    const ticketId = this.#options.newTicketId();
    let lease: SlotLease | null = null;
    const wish: Waiting = {
      ...{ ticketId, kind },
      waiter: {
        waiting: (view) => waiter.waiting(view),
        granted: (granted) => {
          lease = granted;
          waiter.granted(granted);
        },
      },
    };
    this.#waiting.push(wish);
    this.#assign();
    if (this.#waiting.includes(wish)) this.#tell();
    return {
      ticketId,
      [Symbol.dispose]: () => {
        const before = this.#waiting.length;
        this.#waiting = this.#waiting.filter((other) => other !== wish);
        lease?.[Symbol.dispose]();
        if (this.#waiting.length < before) this.#tell();
      },
    };
  }

  /** Where everybody who waits stands. */
  views(): QueueView[] {
    const nowMs = this.#nowMs;
    const busy = [...this.#taken.values()].map(({ kind, sinceMs }) =>
      remainingSeconds(this.#durations.of(kind), (nowMs - sinceMs) / 1000),
    );
    const free = Math.max(0, this.#options.slots - busy.length);
    const slots = [...busy, ...Array<number>(free).fill(0)];
    const waits = estimateWaits(
      slots,
      this.#waiting.map(({ kind }) => this.#durations.of(kind)),
    );
    return this.#waiting.map(({ ticketId }, at) => ({
      ticketId,
      position: at + 1,
      etaSeconds: Math.round((waits[at] ?? 0) * 10) / 10,
      queueLength: this.#waiting.length,
    }));
  }

  [Symbol.dispose](): void {
    this.#waiting = [];
    this.#wait();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }

  #assign(): void {
    while (this.#taken.size < this.#options.slots) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.waiter.granted(this.#lease(next.kind));
    }
  }

  #lease(kind: SlotKind): SlotLease {
    const key = Symbol(kind);
    const sinceMs = this.#nowMs;
    this.#taken.set(key, { kind, sinceMs });
    return {
      kind,
      [Symbol.dispose]: () => {
        if (!this.#taken.delete(key)) return;
        this.#durations.ended(kind, (this.#nowMs - sinceMs) / 1000);
        this.#assign();
        this.#tell();
      },
    };
  }

  #tell(): void {
    for (const view of this.views()) {
      this.#waiting.find(({ ticketId }) => ticketId === view.ticketId)?.waiter.waiting(view);
    }
    this.#wait();
  }

  /** While somebody waits they are told from time to time. */
  #wait(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#waiting.length === 0 ? null : this.#options.clock.setTimeout(() => this.#tell(), updateMs);
  }
}
