import type { DropReason } from '@parley/mux';

/**
 * The account of what was received: `received = written + Σ dropped` at all times, because a packet is counted as received in the
 * moment its fate is known. A tally may have a parent that counts the same for the whole recording.
 */
export class Tally {
  readonly #parent: Tally | null;
  #received = 0;
  #written = 0;
  #lost = 0;
  #dropped: Partial<Record<DropReason, number>> = {};

  constructor(parent: Tally | null = null) {
    this.#parent = parent;
  }

  get received(): number {
    return this.#received;
  }

  get written(): number {
    return this.#written;
  }

  /** Packets that never came. */
  get lost(): number {
    return this.#lost;
  }

  /** Dropped packets by reason; reasons that did not occur are absent. */
  get dropped(): Readonly<Partial<Record<DropReason, number>>> {
    return this.#dropped;
  }

  /** A packet went to its file. */
  wrote(): void {
    this.#received += 1;
    this.#written += 1;
    this.#parent?.wrote();
  }

  /** Packets were received and will not be written. */
  drop(reason: DropReason, packets = 1): void {
    this.#received += packets;
    this.#count(reason, packets);
    this.#parent?.drop(reason, packets);
  }

  /** Packets handed to a file never reached the disk. */
  unwrite(packets: number): void {
    this.#written -= packets;
    this.#count('disk_failed', packets);
    this.#parent?.unwrite(packets);
  }

  /** Packets are missing from the numbering. */
  lose(packets: number): void {
    this.#lost += packets;
    this.#parent?.lose(packets);
  }

  #count(reason: DropReason, packets: number): void {
    if (packets > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + packets;
  }
}
