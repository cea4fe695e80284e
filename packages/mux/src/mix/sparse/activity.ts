import { type ChunkPerson, FRAME } from './chunk.ts';

/** Samples a packet goes on sounding after its end: the overlap of its own codec, and that of the mix's encoder. */
const TAIL_SAMPLES = 240;
/** Pauses of up to this many frames are encoded like speech: a new start costs more. */
const BRIDGED_FRAMES = 5;

/** A run of frames `[from, to)` to be encoded; before it and behind it the mix is silent. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Which packets of the mix are to be encoded: those in whose 20 ms anybody's packet sounds. Pure.
 * @param first granule of the first frame, less the chunk's `from`
 * @returns spans in frames from `first` on, ordered, at least six frames apart
 */
export const activeSpans = (people: readonly ChunkPerson[], first: number, frames: number): Span[] => {
  const active = new Uint8Array(frames);
  for (const { positions, samples } of people) {
    for (const [i, position] of positions.entries()) {
      const from = Math.max(0, Math.floor((position - first) / FRAME));
      const end = position + (samples[i] ?? 0) + TAIL_SAMPLES - first;
      active.fill(1, from, Math.max(from, Math.ceil(end / FRAME)));
    }
  }
  const spans: { from: number; to: number }[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    if (active[frame] === 0) continue;
    const last = spans.at(-1);
    if (last !== undefined && frame - last.to <= BRIDGED_FRAMES) last.to = frame + 1;
    else spans.push({ from: frame, to: frame + 1 });
  }
  return spans;
};
