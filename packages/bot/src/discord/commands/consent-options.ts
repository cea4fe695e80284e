import type { ConsentKind } from '../../store/index.ts';

/** The words of people for what they can agree to, in the commands `optout` and `optin`. */
export const useWords = ['recorded', 'heard', 'transcribed', 'remembered', 'everything'] as const;
export type UseWord = (typeof useWords)[number];

/** The uses a word means; being recorded is what the commands are about when nothing is said. */
export const usesOf = (word: UseWord | null): readonly ConsentKind[] =>
  (
    ({
      recorded: ['recorded'],
      heard: ['heard_by_ai'],
      transcribed: ['transcribed'],
      remembered: ['remembered'],
      everything: ['recorded', 'heard_by_ai', 'transcribed', 'remembered'],
    }) as const
  )[word ?? 'recorded'];

export const consentOptions = {
  what: {
    kind: 'choice',
    says: 'recorded (default), heard by the AI, transcribed, remembered, or everything',
    choices: useWords,
  },
  everywhere: { kind: 'flag', says: 'on every server, not only here' },
} as const;
