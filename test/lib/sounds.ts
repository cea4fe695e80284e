/** Sounds that tests recognize again. 16 kHz mono, ready for `SimPerson.speak`. */
export interface Sound {
  readonly pcm: Int16Array;
  readonly sampleRate: 16_000;
}

const rate = 16_000;

/** Noise from a seed: no two Opus packets of it are alike. */
export const noise = (ms: number, seed: number): Sound => {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  let low = 0;
  const pcm = Int16Array.from({ length: (ms * rate) / 1000 }, () => {
    // xorshift32 (Marsaglia 2003), then a one-pole low pass: what is left is where speech is.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    low += 0.3 * ((state >> 16) - low);
    return Math.round(low * 0.4);
  });
  return { pcm, sampleRate: rate };
};

/** A sweep from `fromHz` to `toHz`: its correlation with itself has one narrow peak. */
export const chirp = (ms: number, fromHz: number, toHz: number): Sound => {
  const length = (ms * rate) / 1000;
  const pcm = Int16Array.from({ length }, (_, at) => {
    const seconds = at / rate;
    const phase = 2 * Math.PI * (fromHz * seconds + ((toHz - fromHz) * seconds * seconds) / (2 * (ms / 1000)));
    const edge = Math.min(1, at / 160, (length - at) / 160);
    return Math.round(8000 * edge * Math.sin(phase));
  });
  return { pcm, sampleRate: rate };
};
