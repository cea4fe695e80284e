/**
 * Fades the first `samples` of each channel in, from nothing. Interleaved; in place. Linear: over some milliseconds nobody hears which
 * curve it is.
 */
export const fadeIn = (pcm: Float32Array, channels: number, samples: number): void => {
  const count = Math.min(samples, pcm.length / channels);
  for (let index = 0; index < count; index += 1) scale(pcm, channels, index, (index + 1) / (count + 1));
};

/** Fades the last `samples` of each channel out, to nothing. */
export const fadeOut = (pcm: Float32Array, channels: number, samples: number): void => {
  const length = pcm.length / channels;
  const count = Math.min(samples, length);
  for (let index = 0; index < count; index += 1) scale(pcm, channels, length - 1 - index, (index + 1) / (count + 1));
};

const scale = (pcm: Float32Array, channels: number, index: number, gain: number): void => {
  for (let at = index * channels; at < (index + 1) * channels; at += 1) pcm[at] = (pcm[at] as number) * gain;
};
