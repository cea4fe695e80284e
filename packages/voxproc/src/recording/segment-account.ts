import type { Tally } from '../receive/tally.ts';

/** What a packet in a file is: one that was received, or one that fills. */
export const packetKind = { received: 0, lossConcealed: 1, lossSilence: 2, pause: 3 } as const;
export type PacketKind = (typeof packetKind)[keyof typeof packetKind];

const KINDS = 4;

/**
 * The account of one segment file: samples by kind, and for what is not on the disk yet each packet's end and kind, so that the
 * account can be taken back to exactly what is there when the disk fails.
 */
export class SegmentAccount {
  readonly #samplesOf: [number, number, number, number] = [0, 0, 0, 0];
  /** `end × 4 + kind` of each packet not known to be on the disk, in order. */
  #trail: number[] = [];
  #trailHead = 0;
  /** End of the packet before the trail. */
  #trailStart = 0;
  #samples = 0;

  /** Samples of all packets in the file. */
  get samples(): number {
    return this.#samples;
  }

  /** Samples that were filled in, by cause. */
  get fill(): { lossConcealed: number; lossSilence: number; pause: number } {
    const [, lossConcealed, lossSilence, pause] = this.#samplesOf;
    return { lossConcealed, lossSilence, pause };
  }

  /** Notes one packet at the end of the file. */
  add(samples: number, kind: PacketKind): void {
    this.#samples += samples;
    this.#samplesOf[kind] += samples;
    this.#trail.push(this.#samples * KINDS + kind);
  }

  /** Notes that the first `samples` are on the disk. */
  reachedDisk(samples: number): void {
    const trail = this.#trail;
    let head = this.#trailHead;
    for (; head < trail.length; head += 1) {
      const end = Math.floor((trail[head] as number) / KINDS);
      if (end > samples) break;
      this.#trailStart = end;
    }
    this.#trailHead = head;
    if (head > 512) {
      this.#trail = trail.slice(head);
      this.#trailHead = 0;
    }
  }

  /**
   * Takes everything behind the first `samples` back: it never reached the disk. Received packets among it move to `disk_failed`.
   * @returns the samples of loss that were taken back
   */
  cutTo(samples: number, tally: Tally): number {
    const { lossConcealed, lossSilence } = this.fill;
    this.reachedDisk(samples);
    let end = this.#trailStart;
    let packets = 0;
    for (const entry of this.#trail.slice(this.#trailHead)) {
      const next = Math.floor(entry / KINDS);
      const kind = (entry - next * KINDS) as PacketKind;
      this.#samplesOf[kind] -= next - end;
      if (kind === packetKind.received) packets += 1;
      end = next;
    }
    this.#samples = this.#trailStart;
    this.#trail = [];
    this.#trailHead = 0;
    tally.unwrite(packets);
    const left = this.fill;
    return lossConcealed + lossSilence - left.lossConcealed - left.lossSilence;
  }
}
