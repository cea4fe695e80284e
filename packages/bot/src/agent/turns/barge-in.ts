/** What is decided about somebody who speaks while the bot does, and why; the ordered rules stand in `barge-in-rules.ts`. */
export const bargeInVerdicts = {
  nobody_may: 'nobody may speak over it',
  not_the_speaker: 'only the person it answers may',
  too_short: 'not loud for long enough yet',
  echo: 'it is the bot’s own voice',
  no_words: 'a noise: no words came in time',
  backchannel: 'an “mm-hm”, not a wish to speak',
  stopped: 'a word that means stop',
  wake_name: 'it was called by its name',
  words: 'somebody took the floor',
  kept_speaking: 'nobody tells words, and it went on for long',
} as const satisfies Record<string, string>;
export type BargeInVerdict = keyof typeof bargeInVerdicts;
