import { SAMPLE_RATE, type TranscriptSegment } from '@parley/mux';

/** What one person said until somebody else did, or nobody did for a while. */
export interface Turn {
  readonly userId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
}

/** A pause of this length ends a turn: 8 s. */
const pauseMs = 8000;

const ms = (sample: number): number => Math.round((sample * 1000) / SAMPLE_RATE);

/** The turns of a transcript in order of time. Pure. */
export const turnsOf = (segments: readonly TranscriptSegment[]): Turn[] => {
  const turns: { userId: string; fromMs: number; toMs: number; text: string }[] = [];
  for (const { userId, startSample, endSample, text } of segments) {
    const last = turns.at(-1);
    if (last?.userId === userId && ms(startSample) - last.toMs < pauseMs) {
      last.text += ` ${text}`;
      last.toMs = Math.max(last.toMs, ms(endSample));
    } else {
      turns.push({ userId, fromMs: ms(startSample), toMs: ms(endSample), text });
    }
  }
  return turns;
};

/** "1:02:03", "4:05". */
export const clockText = (atMs: number): string => {
  const seconds = Math.floor(atMs / 1000);
  const part = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${part(minutes)}:${part(seconds % 60)}` : `${minutes}:${part(seconds % 60)}`;
};
