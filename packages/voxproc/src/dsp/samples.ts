/** Full scale of 16-bit samples. */
export const S16_SCALE = 32_768;

/**
 * Signed 16-bit little-endian samples as floats of ±1, whatever the alignment of `pcm`. An odd last byte is left out.
 * @param into reused when it is long enough
 * @returns a view of `into` or of a new array, one float a sample
 */
export const readS16le = (pcm: Uint8Array, into?: Float32Array): Float32Array => {
  const samples = pcm.length >> 1;
  const target = into !== undefined && into.length >= samples ? into : new Float32Array(samples);
  for (let index = 0, at = 0; index < samples; index += 1, at += 2) {
    const word = (pcm[at] as number) | ((pcm[at + 1] as number) << 8);
    target[index] = ((word << 16) >> 16) / S16_SCALE;
  }
  return target.subarray(0, samples);
};

/**
 * 16-bit samples as floats of ±1.
 * @param into reused when it is long enough
 * @returns a view of `into` or of a new array
 */
export const floatsOf = (samples: Int16Array, into?: Float32Array): Float32Array => {
  const target = into !== undefined && into.length >= samples.length ? into : new Float32Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) target[index] = (samples[index] as number) / S16_SCALE;
  return target.subarray(0, samples.length);
};

/** Floats of ±1 as signed 16-bit little-endian samples, rounded and clamped; bytes of their own. */
export const writeS16le = (samples: Float32Array): Buffer => {
  const pcm = Buffer.allocUnsafe(samples.length * 2);
  for (let index = 0, at = 0; index < samples.length; index += 1, at += 2) {
    const scaled = Math.round((samples[index] as number) * S16_SCALE);
    const word = Math.min(32_767, Math.max(-S16_SCALE, scaled));
    pcm[at] = word & 0xff;
    pcm[at + 1] = (word >> 8) & 0xff;
  }
  return pcm;
};

/**
 * Interleaved stereo as mono, the mean of both channels.
 * @param into reused when it is long enough
 * @returns a view of `into` or of a new array, half as long as `stereo`
 */
export const downmix = (stereo: Float32Array, into?: Float32Array): Float32Array => {
  const samples = stereo.length >> 1;
  const target = into !== undefined && into.length >= samples ? into : new Float32Array(samples);
  for (let index = 0; index < samples; index += 1) {
    target[index] = ((stereo[index * 2] as number) + (stereo[index * 2 + 1] as number)) / 2;
  }
  return target.subarray(0, samples);
};
