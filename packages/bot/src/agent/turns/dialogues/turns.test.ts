import { alone, answer, group, long, playDialogues } from '../testing/dialogues.ts';

playDialogues([
  [
    'a pause in the middle of a sentence does not end it',
    alone,
    ['0 ada: tell me about the (0.5) history of Rome'],
    answer('ada', 'only_human'),
  ],
  ['a question mark ends it sooner', alone, ['0 ada: what is the weather like?'], answer('ada', 'only_human')],
  [
    'who goes on before the answer is heard is answered once, for both pieces',
    { ...alone, replyAfterMs: 2500 },
    ['0 ada: what is the weather like', '3 ada: I mean in Paris'],
    ['answers ada (only_human)', 'withdraws (superseded)', ...answer('ada', 'only_human')],
  ],
  [
    'a cough before the answer does not withdraw it',
    { ...alone, replyAfterMs: 2500 },
    ['0 ada: what is the weather like', '3 ada: [noise 200]'],
    ['answers ada (only_human)', 'ignores ada (no_words)', 'speaks'],
  ],
  [
    'two who ask one after the other before the answer are answered together',
    { ...group, replyAfterMs: 2500 },
    ['0 ada: Parley what is the weather like', '1 ben: Parley and what about tomorrow'],
    ['answers ada+ben (wake_name)', 'speaks'],
  ],
  [
    'two who ask at once are answered together, who finished first first',
    { ...group, wordsLagMs: 100 },
    ['0 ada: Parley what is the weather like', '0.2 ben: Parley and what about tomorrow'],
    ['answers ben+ada (wake_name)', 'speaks'],
  ],
  [
    'who asks while the bot answers another waits for the end',
    { ...group, ...long },
    ['0 ada: Parley what is the weather like', '5 ben: Parley and what about tomorrow'],
    [...answer('ada', 'wake_name'), ...answer('ben', 'wake_name')],
  ],
  [
    'two who ask meanwhile are answered together',
    { ...group, ...long },
    [
      '0 ada: Parley what is the weather like',
      '4 ben: Parley and what about tomorrow',
      '6 cleo: Parley tell us a joke',
    ],
    [...answer('ada', 'wake_name'), ...answer('ben+cleo', 'wake_name')],
  ],
  [
    'what waited too long is not answered any more',
    { ...group, replyMs: 30_000 },
    ['0 ada: Parley tell us a story', '4 ben: Parley and what about tomorrow'],
    [...answer('ada', 'wake_name'), 'ignores ben (stale)'],
  ],
  [
    'others who talk among themselves do not hold up an answer',
    { ...group, ...long },
    ['0 ada: Parley what is the weather like', '1 ben: I bought a new bike and it is red'],
    [...answer('ada', 'wake_name'), 'ignores ben (not_addressed)'],
  ],
  [
    'what is lost with the audio process is not answered',
    alone,
    ['0 ada: what is the weather like', '0.9 lost ada'],
    ['ignores ada (lost)'],
  ],
  [
    'who leaves after the question is answered',
    { people: 'ada' },
    ['0 ada: what is the weather like', '1.5 leaves ada'],
    answer('ada', 'only_human'),
  ],
  [
    'of two who asked together one withdraws: the other is answered',
    { ...group, replyAfterMs: 3000 },
    ['0 ada: Parley what is the weather like', '0.2 ben: Parley and what about tomorrow', '4 people ada! ben cleo'],
    ['answers ben+ada (wake_name)', 'withdraws (speaker_excluded)', ...answer('ben', 'wake_name')],
  ],
  [
    'a capture whose end is never told holds nobody up for ever',
    group,
    ['0 ada: Parley what is the weather like [endless]', '1 ben: Parley and what about tomorrow'],
    [...answer('ben', 'wake_name'), ...answer('ada', 'wake_name')],
  ],
  [
    'a reply of which nothing ever comes is given up, and the next is asked for',
    { ...group, silentReplies: 1 },
    ['0 ada: Parley what is the weather like', '200 ada: Parley are you there'],
    ['answers ada (wake_name)', 'withdraws (unanswered)', ...answer('ada', 'wake_name')],
  ],
  [
    'who goes on after the name alone is heard, though somebody else holds up the answer',
    group,
    ['0 ada: Parley', '0.3 ben: Parley I would like to know what the weather will be like', '1.4 ada: tell us a joke'],
    [...answer('ada', 'wake_name'), ...answer('ben', 'wake_name')],
  ],
  [
    'in a group too, who goes on before the answer is heard is answered once, for both pieces',
    { ...group, replyAfterMs: 2500 },
    ['0 ada: Parley what is the weather like', '3 ada: I mean in Paris'],
    ['answers ada (wake_name)', 'withdraws (superseded)', ...answer('ada', 'wake_name')],
  ],
]);
