/** How loud a piece of audio is, in fractions of full scale, 0–1. */
export interface Levels {
  readonly peak: number;
  readonly rms: number;
}

/** Peak and root mean square of floats of ±1; what is beyond full scale counts as full scale. Nothing is silent. */
export const levelsOf = (samples: Float32Array): Levels => {
  let peak = 0;
  let energy = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] as number;
    const size = sample < 0 ? -sample : sample;
    if (size > peak) peak = size;
    energy += sample * sample;
  }
  const rms = samples.length === 0 ? 0 : Math.sqrt(energy / samples.length);
  return { peak: Math.min(1, peak), rms: Math.min(1, rms) };
};
