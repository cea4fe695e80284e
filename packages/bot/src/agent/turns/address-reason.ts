/** Why something said is for the bot. */
export const addressReasons = {
  only_human: 'nobody else is there to be spoken to',
  wake_name: 'the bot was called by its name',
  reply_to_bot: 'the person it was talking with went on',
  always: 'the settings say that everything is for it',
  followed_wake: 'the name was called alone, and this followed',
} as const satisfies Record<string, string>;
export type AddressReason = keyof typeof addressReasons;

/** Why something said is not. */
export const ignoreReasons = {
  not_addressed: 'several people are there, and it was not called',
  other_person_named: 'somebody else was called by name',
  never: 'the settings say that it only listens when commanded',
  no_words: 'nothing was understood in it',
  too_quiet: 'nothing was above the gate for long enough',
  echo: 'it was the bot’s own voice',
  music_not_woken: 'music plays, and this person has not called it lately',
  backchannel: 'it was an “mm-hm” while the bot spoke',
  stop_only: 'it was told to be silent, and is',
  not_heard: 'this person may not be heard',
  superseded: 'the same person went on',
  stale: 'it waited too long for its turn',
  lost: 'the audio process ended in the middle of it',
} as const satisfies Record<string, string>;
export type IgnoreReason = keyof typeof ignoreReasons;
