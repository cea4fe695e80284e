import { callingWords, closingWords } from './word-lists.ts';
import { editDistance, standsAt, tokensOf } from './words.ts';

/** Where a name was called; `alone`: nothing else was said. */
export type NameCall = 'start' | 'end' | 'alone' | null;

/** At most so many words of calling stand before a name that begins a sentence, or of courtesy after one that ends it. */
const maxLead = 2;

const leadLength = (tokens: readonly string[]): number => {
  let lead = 0;
  while (lead < maxLead && callingWords.has(tokens[lead] ?? '')) lead += 1;
  return lead;
};

const tailLength = (tokens: readonly string[]): number => {
  let tail = 0;
  while (tail < maxLead && closingWords.has(tokens[tokens.length - 1 - tail] ?? '')) tail += 1;
  return tail;
};

/** Whether what a recognizer wrote may be the name: one letter off from five on, two from eight on. */
const resembles = (heard: string, name: string): boolean => {
  const allowed = name.length >= 8 ? 2 : name.length >= 5 ? 1 : 0;
  return Math.abs(heard.length - name.length) <= allowed && editDistance(heard, name) <= allowed;
};

/** How many tokens the name takes at `at`; 0: it does not stand there. Recognizers may cut an unknown name in two. */
const lengthAt = (tokens: readonly string[], name: readonly string[], at: number, fuzzy: boolean): number => {
  if (standsAt(tokens, name, at)) return name.length;
  if (!fuzzy || at < 0) return 0;
  const whole = name.join('');
  for (const length of [1, 2, 3]) {
    if (at + length > tokens.length) return 0;
    if (resembles(tokens.slice(at, at + length).join(''), whole)) return length;
  }
  return 0;
};

const callOf = (tokens: readonly string[], name: readonly string[], fuzzy: boolean): NameCall => {
  for (let lead = leadLength(tokens); lead >= 0; lead -= 1) {
    const length = lengthAt(tokens, name, lead, fuzzy);
    if (length > 0) return lead + length + tailLength(tokens.slice(lead + length)) >= tokens.length ? 'alone' : 'start';
  }
  const end = tokens.length - tailLength(tokens);
  for (const length of [1, 2, 3]) {
    if (lengthAt(tokens.slice(0, end), name, end - length, fuzzy) === length) return 'end';
  }
  return null;
};

/**
 * Whether one of the names is called in `text`: at its start or its end, words of calling and courtesy aside. A name in the middle is
 * talk about somebody. Exact while the words may still change; with `fuzzy`, for a final transcript, also what resembles it.
 */
export const findCall = (text: string, names: readonly string[], fuzzy: boolean): NameCall => {
  const tokens = tokensOf(text);
  for (const name of names) {
    const call = callOf(tokens, tokensOf(name), fuzzy);
    if (call !== null) return call;
  }
  return null;
};
