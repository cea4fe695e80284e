import type { DecodedBlock } from './decode-runs.ts';
import { Downsampler, SPEECH_DECIMATION, SPEECH_RATE } from './downsampler.ts';
import { quietCut } from './quiet-cut.ts';

/** A stretch of one person's speech between pauses. */
export interface SpeechPiece {
  /** Sample of the recording's clock (48 kHz) at which `pcm` begins. */
  readonly startSample: number;
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
}

/** Talk-spurts nearer to each other than this are one piece: 0.6 s, twice the margin that every piece has. */
const JOIN_SAMPLES = 28_800;

/** What of a piece is at hand, in blocks. */
class Growing {
  readonly startSample: number;
  #blocks: Int16Array[] = [];
  length = 0;

  constructor(startSample: number) {
    this.startSample = startSample;
  }

  /** 48 kHz sample behind the last one. */
  get endSample(): number {
    return this.startSample + this.length * SPEECH_DECIMATION;
  }

  add(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#blocks.push(pcm);
    this.length += pcm.length;
  }

  whole(): Int16Array {
    const pcm = new Int16Array(this.length);
    let at = 0;
    for (const block of this.#blocks) {
      pcm.set(block, at);
      at += block.length;
    }
    return pcm;
  }
}

/**
 * Joins decoded talk-spurts to pieces at 16 kHz, none longer than `maxSeconds`. A longer one is cut in a pause of its last third, never
 * within a word where there is a pause.
 */
export function* speechPieces(
  blocks: Iterable<DecodedBlock>,
  maxSeconds: number,
): Generator<SpeechPiece, void, undefined> {
  const most = Math.floor(maxSeconds * SPEECH_RATE);
  let piece: Growing | null = null;
  let down = new Downsampler();
  for (const { startSample, pcm } of blocks) {
    if (startSample !== null) {
      const rest = down.finish();
      down = new Downsampler();
      if (piece === null) {
        piece = new Growing(startSample);
      } else {
        piece.add(rest);
        const gap = Math.round((startSample - piece.endSample) / SPEECH_DECIMATION);
        if (startSample - piece.endSample < JOIN_SAMPLES && piece.length + gap < most) {
          piece.add(new Int16Array(Math.max(0, gap)));
        } else {
          if (piece.length > 0) yield { startSample: piece.startSample, pcm: piece.whole() };
          piece = new Growing(startSample);
        }
      }
    }
    if (piece === null) continue;
    piece.add(down.push(pcm));
    if (piece.length < most) continue;
    const whole = piece.whole();
    const cut = quietCut(whole.subarray(0, most), Math.floor((most * 2) / 3));
    yield { startSample: piece.startSample, pcm: whole.slice(0, cut) };
    const left: Growing = new Growing(piece.startSample + cut * SPEECH_DECIMATION);
    left.add(whole.slice(cut));
    piece = left;
  }
  if (piece === null) return;
  piece.add(down.finish());
  if (piece.length > 0) yield { startSample: piece.startSample, pcm: piece.whole() };
}
