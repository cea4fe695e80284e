import type { JournalView } from './journal-view.ts';

/** Audio later than the written end by at most this (5 s) still belongs to the recording, which is then longer. */
const END_GRACE_SAMPLES = 5 * 48_000;
/** A running recording notes that it is alive every 4 s: nothing goes on for longer than this (60 s) without a sign. */
const SILENT_SAMPLES = 60 * 48_000;
/** Two accounts of one end that differ by at most this (1 s) agree. */
const AGREE_SAMPLES = 48_000;
/** No recording is longer than this (14 days). */
export const LONGEST_SAMPLES = 14 * 86_400 * 48_000;

export interface LengthSigns {
  readonly view: Pick<JournalView, 'started' | 'ended' | 'lastSign'>;
  /** Length from session.json in samples, null when it does not say. */
  readonly sessionSamples: number | null;
  /** End of the last audio in samples, 0 without any. */
  readonly lastAudio: number;
}

const agree = (a: number, b: number | null): boolean => b !== null && Math.abs(a - b) <= AGREE_SAMPLES;

/**
 * How long a recording was, in samples: as the journal's end says, else as session.json says. An end is believed when another account
 * agrees (the one of session.json, or the time of its own line), or when it follows on the last sign of life in journals and audio;
 * one that nothing supports is damaged. Without an end that is believed the recording was as long as there are signs of it. Pure.
 */
export const recordingLength = ({ view, sessionSamples, lastAudio }: LengthSigns): number => {
  const { started, ended, lastSign } = view;
  const byTime = started === null || ended === null ? null : started.sample + (ended.at - started.at) * 48;
  const follows = (end: number): boolean =>
    end - Math.max(lastSign, lastAudio) <= SILENT_SAMPLES && lastSign - end <= END_GRACE_SAMPLES;
  const isPossible = (end: number): boolean => end >= 0 && end <= LONGEST_SAMPLES;
  const ends = [
    ...(ended === null ? [] : [{ end: ended.sample, others: [sessionSamples, byTime] }]),
    ...(sessionSamples === null ? [] : [{ end: sessionSamples, others: [byTime] }]),
  ].filter(({ end }) => isPossible(end));
  const believed = ends.find(({ end, others }) => others.some((other) => agree(end, other)) || follows(end));
  if (believed === undefined) return Math.max(lastSign, lastAudio);
  const { end } = believed;
  return lastAudio > end && lastAudio - end <= END_GRACE_SAMPLES ? lastAudio : end;
};
