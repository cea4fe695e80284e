/** Samples of a slot: 1 ms. Peaks and gains are known slot by slot. */
export const SLOT = 48;
/** Slots over which a gain is smoothed to either side. */
const SMOOTH_SLOTS = 5;
/** Slots over which the smallest gain counts to either side: one more, for gains are drawn from slot to slot. */
const HOLD_SLOTS = SMOOTH_SLOTS + 1;
/** Samples to either side of a peak within which it changes the gain. */
export const LIMITER_REACH = (HOLD_SLOTS + SMOOTH_SLOTS + 2) * SLOT;

/** A Hann window over 2 × 5 + 1 slots whose weights add up to 1. */
const smoothing = ((): Float64Array => {
  const size = 2 * SMOOTH_SLOTS + 1;
  const raw = Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (size + 1)));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return Float64Array.from(raw, (weight) => weight / sum);
})();

/** The largest magnitude in each slot of interleaved samples. Their length is a whole number of slots. */
export const slotPeaks = (pcm: Float32Array, channels: 1 | 2): Float32Array => {
  const peaks = new Float32Array(pcm.length / (channels * SLOT));
  for (let slot = 0, at = 0; slot < peaks.length; slot += 1) {
    let peak = 0;
    for (const end = at + channels * SLOT; at < end; at += 1) {
      const value = pcm[at] as number;
      const magnitude = value < 0 ? -value : value;
      if (magnitude > peak) peak = magnitude;
    }
    peaks[slot] = peak;
  }
  return peaks;
};

/**
 * Gains slot by slot that keep each slot at or below its ceiling, both channels alike: zero-phase, exactly 1 wherever no ceiling is
 * exceeded within 13 ms. Pure.
 * @returns null when all of them are 1
 */
export const limiterGains = (peaks: Float32Array, ceilings: Float32Array): Float32Array | null => {
  const slots = peaks.length;
  const held = new Float32Array(slots).fill(1);
  let limited = false;
  for (let slot = 0; slot < slots; slot += 1) {
    const [peak, ceiling] = [peaks[slot] as number, ceilings[slot] as number];
    if (peak <= ceiling) continue;
    limited = true;
    const needed = ceiling / peak;
    const end = Math.min(slots - 1, slot + HOLD_SLOTS);
    for (let at = Math.max(0, slot - HOLD_SLOTS); at <= end; at += 1) {
      if ((held[at] as number) > needed) held[at] = needed;
    }
  }
  if (!limited) return null;
  const gains = new Float32Array(slots);
  for (let slot = 0; slot < slots; slot += 1) {
    let lost = 0;
    for (let tap = 0; tap < smoothing.length; tap += 1) {
      // Beyond either end the gain stays as it is there.
      const at = Math.min(Math.max(slot + tap - SMOOTH_SLOTS, 0), slots - 1);
      lost += (smoothing[tap] as number) * (1 - (held[at] as number));
    }
    gains[slot] = 1 - lost;
  }
  return gains;
};

/**
 * Writes interleaved samples as 16-bit ones, with the gains when there are any, drawn linearly from the middle of one slot to the
 * middle of the next.
 * @param from first sample (of each channel) to be written; a whole number of slots
 */
export const writeLimited = (
  pcm: Float32Array,
  channels: 1 | 2,
  gains: Float32Array | null,
  from: number,
  target: Int16Array,
): void => {
  const start = channels * from;
  if (gains === null) {
    for (let i = 0; i < target.length; i += 1) target[i] = rounded((pcm[start + i] as number) * 32_768);
    return;
  }
  for (let i = 0; i < target.length; i += channels) {
    const scale = 32_768 * gainAt(gains, from + i / channels);
    for (let channel = i; channel < i + channels; channel += 1) {
      target[channel] = rounded((pcm[start + channel] as number) * scale);
    }
  }
};

/** To the nearest 16-bit number; truncation rounds once the value is above zero. */
const rounded = (value: number): number =>
  value >= 32_767 ? 32_767 : value <= -32_768 ? -32_768 : ((value + 32_768.5) | 0) - 32_768;

const gainAt = (gains: Float32Array, sample: number): number => {
  const place = (sample + 0.5) / SLOT - 0.5;
  const slot = Math.floor(place);
  const before = gains[Math.max(slot, 0)] as number;
  const after = gains[Math.min(slot + 1, gains.length - 1)] as number;
  return before + (after - before) * (place - slot);
};
