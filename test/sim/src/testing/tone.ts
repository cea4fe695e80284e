/** Measures a tone by ear-like means: frequency by its rising zero crossings, level by its RMS. */
export interface MeasuredTone {
  readonly hz: number;
  /** Peak of the sine that has this RMS, 0-1. */
  readonly level: number;
}

const SAMPLE_RATE = 48_000;

/** Looks at the middle of `pcm` (48 kHz mono), where encoder and fades have settled. */
export const measureTone = (pcm: Int16Array): MeasuredTone => {
  const middle = pcm.subarray(Math.floor(pcm.length * 0.25), Math.floor(pcm.length * 0.75));
  const rising: number[] = [];
  let squares = 0;
  for (let i = 0; i < middle.length; i += 1) {
    const sample = middle[i] ?? 0;
    const before = middle[i - 1] ?? 0;
    squares += sample * sample;
    if (i > 0 && before < 0 && sample >= 0) rising.push(i - 1 + before / (before - sample));
  }
  const span = (rising.at(-1) ?? 0) - (rising[0] ?? 0);
  const hz = span > 0 ? ((rising.length - 1) * SAMPLE_RATE) / span : 0;
  const level = (Math.sqrt(squares / Math.max(1, middle.length)) * Math.SQRT2) / 32_767;
  return { hz: Math.round(hz * 10) / 10, level };
};

/** Joins chunks of samples. */
export const joinPcm = (chunks: readonly Int16Array[]): Int16Array => {
  const all = new Int16Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
};
