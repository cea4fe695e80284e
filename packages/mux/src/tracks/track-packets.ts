import { PRE_SKIP } from '../ogg/opus-headers.ts';
import type { OpusPacket } from '../ogg/opus-stream.ts';
import { GRID_SAMPLES, isSilencePacket, joinFill, silenceFill } from '../ogg/silence.ts';
import { placePacket } from '../timeline/place-packet.ts';
import type { Placement } from '../timeline/placement.ts';
import type { PersonTimeline } from '../timeline/timeline.ts';

/** As much as is missing where a packet of 60 ms was left out. */
const MAX_CONCEALED_SAMPLES = 2880;

/** Talk-spurts of one segment that follow each other in its file: one pass over the file serves them. */
export interface PlacementGroup {
  readonly segmentId: string;
  readonly placements: readonly Placement[];
}

/** Joins placements that one forward pass over their segment's file can serve. */
export const groupPlacements = (placements: readonly Placement[]): PlacementGroup[] => {
  const groups: { segmentId: string; placements: Placement[] }[] = [];
  for (const placement of placements) {
    const group = groups.at(-1);
    const before = group?.placements.at(-1);
    if (group?.segmentId === placement.segmentId && before !== undefined && before.fileFrom < placement.fileFrom) {
      group.placements.push(placement);
    } else {
      groups.push({ segmentId: placement.segmentId, placements: [placement] });
    }
  }
  return groups;
};

/** What became of a person's packets on their track; silence packets are not counted, they are filled anew. */
export interface TrackCounts {
  placed: number;
  /** Left out because another packet of the same person already covers them, or has to where the sender's clock runs faster than ours. */
  covered: number;
  /** Left out because nothing of the person may be kept there. */
  excluded: number;
  /** Left out because they lie before the start or after the end of the recording. */
  outside: number;
  /** Longest shift of a packet to make room, in samples; at most 960. */
  longestSlide: number;
}

type Emit = (packet: Uint8Array, samples: number) => void;

/**
 * Lays one person's packets on their track, silence between them, and tells `emit` in order. Positions on the track are granules:
 * a packet at position p of the recording stands at granule p, so that after 312 samples of pre-skip it sounds where its first
 * sample belongs (the encoder's look-ahead is as long).
 */
export class TrackAssembler {
  readonly counts: TrackCounts = { placed: 0, covered: 0, excluded: 0, outside: 0, longestSlide: 0 };
  readonly #person: PersonTimeline;
  readonly #durationSamples: number;
  readonly #emit: Emit;
  #cursor = 0;
  /** Whether nothing of a placement that goes on in mid-speech was placed so far. */
  #joining = false;
  /** The TOC of the packet that ends at the cursor; null when that is silence. */
  #lastToc: Uint8Array | null = null;

  constructor(person: PersonTimeline, durationSamples: number, emit: Emit) {
    this.#person = person;
    this.#durationSamples = durationSamples;
    this.#emit = emit;
  }

  /** Takes the packets of one segment's file, in order, for the group's talk-spurts. */
  takeSegment(group: PlacementGroup, packets: Iterable<OpusPacket>): void {
    let next = 0;
    for (const packet of packets) {
      while (next < group.placements.length && packet.position >= this.#endOf(group, next)) next += 1;
      const placement = group.placements[next];
      if (placement === undefined) return;
      if (packet.samples === 0 || isSilencePacket(packet.data)) continue;
      const into = packet.position - placement.fileFrom;
      if (into < 0) continue;
      if (into === 0) this.#joining = placement.joins === true;
      this.#place(packet, placement.at + into);
    }
  }

  /** Fills up to the end. @returns the granule of the track's last sample: the recording's length after pre-skip */
  finish(): number {
    return this.finishAt(this.#durationSamples + PRE_SKIP);
  }

  /** Fills up to a granule of the caller's. @returns that granule */
  finishAt(granule: number): number {
    this.#fillTo(Math.ceil(granule / GRID_SAMPLES) * GRID_SAMPLES);
    return granule;
  }

  #endOf(group: PlacementGroup, index: number): number {
    const placement = group.placements[index] as Placement;
    return placement.fileFrom + placement.samples;
  }

  #place(packet: OpusPacket, wanted: number): void {
    if (this.#person.excluded.some(({ from, to }) => wanted >= from && wanted < to)) {
      this.counts.excluded += 1;
      return;
    }
    const at = this.#joining && wanted < this.#cursor ? null : placePacket(this.#cursor, wanted, packet.samples);
    if (wanted <= -packet.samples / 2 || (at ?? wanted) >= this.#durationSamples) {
      this.counts.outside += 1;
    } else if (at === null) {
      this.counts.covered += 1;
    } else {
      this.counts.placed += 1;
      this.counts.longestSlide = Math.max(this.counts.longestSlide, at - wanted);
      if (this.#joining) this.#concealTo(at);
      this.#joining = false;
      this.#fillTo(at);
      this.#emit(packet.data, packet.samples);
      this.#cursor += packet.samples;
      this.#lastToc = Uint8Array.from(packet.data.subarray(0, 1));
    }
  }

  /** Conceals what is missing in mid-speech. */
  #concealTo(position: number): void {
    const missing = position - this.#cursor;
    if (this.#lastToc === null || missing <= 0 || missing > MAX_CONCEALED_SAMPLES) return;
    for (const { packet, samples } of joinFill(this.#lastToc, missing)) this.#emit(packet, samples);
    this.#cursor = position;
  }

  #fillTo(position: number): void {
    if (position <= this.#cursor) return;
    this.#lastToc = null;
    for (const { packet, samples } of silenceFill(position - this.#cursor)) this.#emit(packet, samples);
    this.#cursor = position;
  }
}
