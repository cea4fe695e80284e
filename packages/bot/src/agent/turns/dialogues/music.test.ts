import { alone, answer, playDialogues } from '../testing/dialogues.ts';

playDialogues([
  [
    'while music plays, small talk is not heard, even alone',
    alone,
    ['0 music on', '1 ada: what is the weather like'],
    ['ignores ada (music_not_woken)'],
  ],
  [
    'by name the bot is woken',
    alone,
    ['0 music on', '1 ada: Parley what is the weather like'],
    answer('ada', 'only_human'),
  ],
  [
    'who woke it is heard for 30 s',
    alone,
    ['0 music on', '1 ada: Parley what is the weather like', '10 ada: and tomorrow in Paris'],
    [...answer('ada', 'only_human'), ...answer('ada', 'only_human')],
  ],
  [
    'and not after',
    alone,
    ['0 music on', '1 ada: Parley what is the weather like', '40 ada: and tomorrow in Paris'],
    [...answer('ada', 'only_human'), 'ignores ada (music_not_woken)'],
  ],
  [
    'when the music ends everything is as before',
    alone,
    ['0 music on', '1 music off', '2 ada: what is the weather like'],
    answer('ada', 'only_human'),
  ],
]);
