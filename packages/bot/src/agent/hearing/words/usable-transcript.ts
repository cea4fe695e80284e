import type { Transcript } from '../../provider/transcriber.ts';

/** Mean log probability below which words are a guess. */
const leastConfidence = -1;
/** Speech this long has more than a few letters in it. */
const longMs = 2000;
const leastLettersPerSecond = 4;

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/**
 * What a recognizer wrote, as far as it can be believed: not its own prompt, not a guess, not a word for seconds of noise. Pure.
 * @returns empty where nothing can be believed
 */
export const usableTranscript = ({ text, confidence }: Transcript, prompt: string, ms: number): string => {
  const words = plain(text);
  if (words === '' || (prompt !== '' && plain(prompt).includes(words) && words.length > 12)) return '';
  if (confidence !== null && confidence < leastConfidence) return '';
  if (ms >= longMs && words.length < (ms / 1000) * leastLettersPerSecond && confidence === null) return '';
  return text.trim();
};
