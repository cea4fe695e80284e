import { answer, group, playDialogues } from '../testing/dialogues.ts';

playDialogues([
  [
    'who was answered goes on without the name',
    group,
    ['0 ada: Parley what is the weather like', '6 ada: and tomorrow in Paris'],
    [...answer('ada', 'wake_name'), ...answer('ada', 'reply_to_bot')],
  ],
  [
    'another person does not',
    group,
    ['0 ada: Parley what is the weather like', '6 ben: and tomorrow in Paris'],
    [...answer('ada', 'wake_name'), 'ignores ben (not_addressed)'],
  ],
  [
    'after 35 s nobody is engaged any more',
    group,
    ['0 ada: Parley what is the weather like', '41 ada: and tomorrow in Paris'],
    [...answer('ada', 'wake_name'), 'ignores ada (not_addressed)'],
  ],
  [
    'just within 35 s one still is',
    group,
    ['0 ada: Parley what is the weather like', '39 ada: and tomorrow in Paris'],
    [...answer('ada', 'wake_name'), ...answer('ada', 'reply_to_bot')],
  ],
  [
    'who turns to another by name does not go on',
    group,
    ['0 ada: Parley what is the weather like', '6 ada: Ben shall we go out'],
    [...answer('ada', 'wake_name'), 'ignores ada (other_person_named)'],
  ],
  [
    'the conversation that went elsewhere does not come back by itself',
    group,
    ['0 ada: Parley what is the weather like', '6 ben: I bought a new bike', '9 ada: which colour is it'],
    [...answer('ada', 'wake_name'), 'ignores ben (not_addressed)', 'ignores ada (not_addressed)'],
  ],
  [
    'without words, who was answered goes on',
    { ...group, config: { words: 'none' } },
    ['0 greets 500', '1 ada: what is the weather like'],
    ['ignores ada (not_addressed)'],
  ],
  [
    'somebody who is called like a word everybody uses does not take the conversation',
    { people: 'ada what cleo' },
    ['0 ada: Parley what is the weather like', '6 ada: what about tomorrow in Paris'],
    [...answer('ada', 'wake_name'), ...answer('ada', 'reply_to_bot')],
  ],
]);
