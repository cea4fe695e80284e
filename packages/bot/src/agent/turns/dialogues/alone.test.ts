import { alone, answer, group, playDialogues } from '../testing/dialogues.ts';

playDialogues([
  ['alone, a question is answered', alone, ['0 ada: what is the weather like'], answer('ada', 'only_human')],
  ['alone, no name is needed', alone, ['0 ada: hello there you'], answer('ada', 'only_human')],
  [
    'alone with other bots one is still alone',
    { people: 'ada rythm*' },
    ['0 ada: what is the weather like'],
    answer('ada', 'only_human'),
  ],
  ['alone, a click is no turn', alone, ['0 ada: [noise 80]'], ['ignores ada (no_words)']],
  ['alone, a cough is no turn', alone, ['0 ada: [noise 400]'], ['ignores ada (no_words)']],
  ['alone, breathing below the gate is no turn', alone, ['0 ada: [quiet 900]'], ['ignores ada (no_words)']],
  [
    'alone, without words a cough below 200 ms is too short',
    { ...alone, config: { words: 'none' } },
    ['0 ada: [noise 150]'],
    ['ignores ada (too_quiet)'],
  ],
  [
    'alone, nobody needs to tell words',
    { ...alone, config: { words: 'none' } },
    ['0 ada: what is the weather like'],
    answer('ada', 'only_human'),
  ],
  [
    'alone, two questions are answered one after the other',
    alone,
    ['0 ada: what is the weather like', '8 ada: and what about tomorrow'],
    [...answer('ada', 'only_human'), ...answer('ada', 'only_human')],
  ],
  [
    'somebody whom the AI may not hear counts as somebody to talk to',
    { people: 'ada ben!' },
    ['0 ada: what is the weather like'],
    ['ignores ada (not_addressed)'],
  ],
  [
    'alone again once the others have left',
    group,
    ['0 people ada', '1 ada: what is the weather like'],
    answer('ada', 'only_human'),
  ],
  [
    'not alone any more once somebody came',
    alone,
    ['0 people ada ben', '1 ada: what is the weather like'],
    ['ignores ada (not_addressed)'],
  ],
]);
