import type { SegmentSidecar } from '@parley/mux';

/** What a session's recordings amounted to; packets are summed from the sidecars of closed segments: right across crashes of the child. */
export class RecordingTotals {
  recordings = 0;
  /** Milliseconds of all ended recordings together. */
  durationMs = 0;
  segments = 0;
  received = 0;
  written = 0;
  lost = 0;
  #speakers = new Set<string>();

  get speakers(): number {
    return this.#speakers.size;
  }

  add({ userId, packets }: SegmentSidecar): void {
    this.segments += 1;
    this.received += packets.received;
    this.written += packets.written;
    this.lost += packets.lost;
    this.#speakers.add(userId);
  }
}
