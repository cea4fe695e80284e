import { type Loudness, SILENT_LUFS } from './loudness-meter.ts';

/** A player's gain in OpusHead comes in steps of 1/256 dB (RFC 7845 §5.1). */
const STEPS_A_DB = 256;

/**
 * The gain in 1/256 dB that brings a programme to a loudness, as far as its true peak stays at or below `maxTruePeak` dBTP; 0 for
 * silence. Pure.
 */
export const outputGainFor = ({ integrated, truePeak }: Loudness, target: number, maxTruePeak: number): number => {
  if (integrated <= SILENT_LUFS) return 0;
  return Math.floor(Math.min(target - integrated, maxTruePeak - truePeak) * STEPS_A_DB);
};

/** A programme as it sounds with a gain of so many 1/256 dB. */
export const withOutputGain = (loudness: Loudness, gain: number): Loudness => {
  const shifted = (value: number): number =>
    value <= SILENT_LUFS ? value : Math.round((value + gain / STEPS_A_DB) * 100) / 100;
  return { ...loudness, integrated: shifted(loudness.integrated), truePeak: shifted(loudness.truePeak) };
};
