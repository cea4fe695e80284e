import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dialogue, type DialogueRoom } from './testing/dialogue.ts';

/** What people say, and what the bot does: who is answered and why, or why not; when it falls silent. */
type Case = readonly [title: string, room: DialogueRoom, lines: readonly string[], does: readonly string[]];

const alone: DialogueRoom = { people: 'ada' };
const group: DialogueRoom = { people: 'ada ben cleo' };
const long = { replyMs: 6000 };
const answer = (who: string, why: string) => [`answers ${who} (${why})`, 'speaks'];

const cases: readonly Case[] = [
  // One human: everything is for the bot.
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

  // The name.
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

  // Going on with the bot.
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

  // Pieces, pauses, and who comes first.
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

  // Speaking over the bot.
  [
    'an “mm-hm” does not stop it',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: mhm'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'resumes (backchannel)', 'ignores ada (backchannel)'],
  ],
  [
    'nor “yeah okay”',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: yeah okay'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'resumes (backchannel)', 'ignores ada (backchannel)'],
  ],
  [
    'nor a cough',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: [noise 400]'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'resumes (no_words)', 'ignores ada (no_words)'],
  ],
  [
    'a short click does not even pause it',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: [noise 100]'],
    [...answer('ada', 'only_human'), 'ignores ada (no_words)'],
  ],
  [
    'its own voice does not',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: [echo 900]'],
    [...answer('ada', 'only_human'), 'ignores ada (echo)'],
  ],
  [
    '“stop” does, and is not answered',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: stop'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'stops for ada (stopped)', 'ignores ada (stop_only)'],
  ],
  [
    '“no wait” with something more is answered',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: wait I wanted one about cats'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'stops for ada (stopped)', ...answer('ada', 'only_human')],
  ],
  [
    'a new question does, and is answered',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: how long will it take'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'stops for ada (words)', ...answer('ada', 'only_human')],
  ],
  [
    '“yeah but” does once the but comes',
    { ...alone, ...long },
    ['0 ada: tell me a story', '4 ada: yeah but make it short'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'stops for ada (words)', ...answer('ada', 'only_human')],
  ],
  [
    'words that come after it went on stop it again, without a pause',
    { ...alone, ...long, wordsLagMs: 1200 },
    ['0 ada: tell me a story', '5 ada: how long will it take'],
    [
      ...answer('ada', 'only_human'),
      'pauses for ada',
      'resumes (no_words)',
      'stops for ada (words)',
      ...answer('ada', 'only_human'),
    ],
  ],
  [
    'without words, who keeps speaking stops it',
    { ...alone, ...long, config: { words: 'none' } },
    ['0 ada: tell me a story', '4 ada: how long will it take'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'stops for ada (kept_speaking)', ...answer('ada', 'only_human')],
  ],
  [
    'without words, a short sound does not',
    { ...alone, ...long, config: { words: 'none' } },
    ['0 ada: tell me a story', '4 ada: [noise 400]'],
    [...answer('ada', 'only_human'), 'pauses for ada', 'resumes (no_words)', 'ignores ada (no_words)'],
  ],
  [
    'another person’s talk does not stop an answer to Ada',
    { ...group, ...long },
    ['0 ada: Parley tell us a story', '4 ben: I bought a new bike'],
    [...answer('ada', 'wake_name'), 'ignores ben (not_addressed)'],
  ],
  [
    'but anybody may tell it by name to stop',
    { ...group, ...long },
    ['0 ada: Parley tell us a story', '4 ben: Parley stop'],
    [...answer('ada', 'wake_name'), 'stops for ben (stopped)', 'ignores ben (stop_only)'],
  ],
  [
    'where anyone may interrupt, another person’s words do, and are not answered',
    { ...group, ...long, config: { interruption: 'anyone' } },
    ['0 ada: Parley tell us a story', '4 ben: I bought a new bike'],
    [...answer('ada', 'wake_name'), 'pauses for ben', 'stops for ben (words)', 'ignores ben (not_addressed)'],
  ],
  [
    'where nobody may, not even the partner',
    { ...group, ...long, config: { interruption: 'nobody' } },
    ['0 ada: Parley tell us a story', '4 ada: how long will it take'],
    [...answer('ada', 'wake_name'), ...answer('ada', 'reply_to_bot')],
  ],
  [
    'the talk that was going on when it began to speak does not stop it',
    { ...group, ...long, config: { interruption: 'anyone' } },
    ['0 ada: Parley tell us a story', '1.6 ben: I bought a new bike and it is red'],
    [...answer('ada', 'wake_name'), 'ignores ben (not_addressed)'],
  ],
  [
    'a greeting can be spoken over by anybody it greets',
    { ...group, config: { interruption: 'speaker' } },
    ['0 greets 5000', '1 ada: what are you doing here'],
    ['pauses for ada', 'stops for ada (words)', 'ignores ada (not_addressed)'],
  ],
  [
    'two speak over it: the second’s words count when the first’s were none',
    { ...group, ...long, config: { interruption: 'anyone' } },
    ['0 ada: Parley tell us a story', '4 ben: [noise 500]', '4.2 ada: how long will it take'],
    [
      ...answer('ada', 'wake_name'),
      'pauses for ben',
      'stops for ada (words)',
      'ignores ben (no_words)',
      ...answer('ada', 'reply_to_bot'),
    ],
  ],

  // Music.
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
];

for (const [title, room, lines, does] of cases) {
  test(`dialogue: ${title}`, () => {
    assert.deepEqual(new Dialogue(room).play(lines), does);
  });
}
