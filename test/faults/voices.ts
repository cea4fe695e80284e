import type { SpeechSource } from '@parley/sim';

/** Samples a second of every voice here. */
export const voiceRate = 16_000;

/**
 * A voice nobody else has: low-passed noise of `ms` milliseconds, the `number`-th. No two of its Opus packets are alike, so each can
 * be found again in a file, and it correlates with nothing but itself.
 */
export const voice = (number: number, ms: number): Extract<SpeechSource, { pcm: Int16Array }> => {
  const pcm = new Int16Array(Math.round((ms * voiceRate) / 1000));
  let state = Math.imul(number, 0x9e37_79b1) | 1;
  let [first, second] = [0, 0];
  for (let at = 0; at < pcm.length; at += 1) {
    // xorshift32 (Marsaglia 2003), then two poles at about 1 kHz.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    first += 0.33 * (state / 2 ** 31 - first);
    second += 0.33 * (first - second);
    pcm[at] = Math.round(Math.max(-1, Math.min(1, second)) * 9000);
  }
  return { pcm, sampleRate: voiceRate };
};
