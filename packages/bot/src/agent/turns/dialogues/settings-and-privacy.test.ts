import { alone, answer, group, playDialogues } from '../testing/dialogues.ts';

playDialogues([
  // Settings.
  [
    'always: small talk is answered',
    { ...group, config: { addressing: 'always' } },
    ['0 ada: did you see the game'],
    answer('ada', 'always'),
  ],
  [
    'never: not even by name',
    { ...group, config: { addressing: 'never' } },
    ['0 ada: Parley what is the weather like'],
    ['ignores ada (never)'],
  ],
  [
    'never: not even alone',
    { ...alone, config: { addressing: 'never' } },
    ['0 ada: what is the weather like'],
    ['ignores ada (never)'],
  ],

  // Privacy: what the model hears.
  [
    'nothing of small talk reaches the model',
    { ...group, tellHearing: true },
    ['0 ada: did you see the game', '2 ben: yes it was great'],
    ['ignores ada (not_addressed)', 'ignores ben (not_addressed)'],
  ],
  [
    'the model hears from the name on',
    { ...group, tellHearing: true },
    ['0 ada: Parley what is the weather like'],
    ['hears ada', ...answer('ada', 'wake_name')],
  ],
  [
    'with a name at the end it hears when that is understood',
    { ...group, tellHearing: true },
    ['0 ada: tell us a joke Parley'],
    ['hears ada', ...answer('ada', 'wake_name')],
  ],
  [
    'alone it hears at once',
    { ...alone, tellHearing: true, config: { words: 'none' } },
    ['0 ada: tell me a joke'],
    ['hears ada', ...answer('ada', 'only_human')],
  ],
  [
    'where only the model tells words it hears before it is asked',
    { ...group, tellHearing: true, config: { words: 'provider' } },
    ['0 ada: did you see the game'],
    ['hears ada', 'ignores ada (not_addressed)'],
  ],
  [
    'who may not be heard is not',
    { people: 'ada ben! cleo', tellHearing: true },
    ['0 ben: Parley what is the weather like'],
    ['ignores ben (not_heard)'],
  ],
  [
    'who withdraws in mid-sentence is forgotten',
    { ...group, tellHearing: true },
    ['0 ada: Parley what is the weather like in Rome', '1.5 people ada! ben cleo'],
    ['hears ada', 'ignores ada (not_heard)'],
  ],
  [
    'who withdraws before the answer is not answered',
    { ...alone, replyAfterMs: 3000 },
    ['0 ada: what is the weather like', '3 people ada!'],
    ['answers ada (only_human)', 'withdraws (speaker_excluded)'],
  ],
]);
