import { answer, group, playDialogues } from '../testing/dialogues.ts';

playDialogues([
  [
    'in a group, small talk is not for the bot',
    group,
    ['0 ada: did you see the game', '2 ben: yes it was great'],
    ['ignores ada (not_addressed)', 'ignores ben (not_addressed)'],
  ],
  ['the name at the start', group, ['0 ada: Parley what is the weather like'], answer('ada', 'wake_name')],
  ['the name after a greeting', group, ['0 ada: hey Parley what is the weather like'], answer('ada', 'wake_name')],
  ['the name after two words of calling', group, ['0 ada: okay hey Parley tell us a joke'], answer('ada', 'wake_name')],
  ['the name at the end', group, ['0 ada: what is the weather like Parley'], answer('ada', 'wake_name')],
  [
    'the name at the end, with courtesy after it',
    group,
    ['0 ada: tell us a joke Parley please'],
    answer('ada', 'wake_name'),
  ],
  [
    'the name in the middle is talk about the bot',
    group,
    ['0 ada: I think Parley is quite nice really'],
    ['ignores ada (not_addressed)'],
  ],
  ['the name alone', group, ['0 ada: Parley?'], answer('ada', 'wake_name')],
  [
    'a name the recognizer misheard by a letter',
    group,
    ['0 ada: Barley what is the weather like'],
    answer('ada', 'wake_name'),
  ],
  ['a name the recognizer cut in two', group, ['0 ada: par lee what is the weather like'], answer('ada', 'wake_name')],
  [
    'a word that merely rhymes is not the name',
    group,
    ['0 ada: hardly what is the weather like'],
    ['ignores ada (not_addressed)'],
  ],
  [
    'one of several wake names',
    { ...group, config: { wakeNames: ['Parley', 'hey computer'] } },
    ['0 ben: hey computer tell us a joke'],
    answer('ben', 'wake_name'),
  ],
  [
    'a name with an accent and capitals',
    { ...group, config: { wakeNames: ['Émile'] } },
    ['0 ada: emile tell us a joke'],
    answer('ada', 'wake_name'),
  ],
  ['another person’s name first', group, ['0 ada: Ben can you hear me'], ['ignores ada (other_person_named)']],
  ['another person’s name last', group, ['0 ada: can you hear me Cleo'], ['ignores ada (other_person_named)']],
  ['the bot’s name counts before another’s', group, ['0 ada: Parley is that right Ben'], answer('ada', 'wake_name')],
]);
