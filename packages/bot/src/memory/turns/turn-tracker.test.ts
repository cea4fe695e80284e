import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecordableTurn, TurnEvent } from './turn-event.ts';
import { emptyTracker, stepTracker, type TurnTracker } from './turn-tracker.ts';

/** A line of a script: `open t1 p1,p2 ada,ben`, `user p1 hello`, `userFailed p1`, `start t1 r1`, `says r1 i1 hi`, `end r1`, … */
const eventOf = (line: string): TurnEvent => {
  const [verb = '', a = '', b = '', ...rest] = line.split(' ');
  const tail = rest.join(' ');
  switch (verb) {
    case 'open':
      return { type: 'opened', turnId: a, pieces: b.split(','), speakers: (tail || 'ada').split(',') };
    case 'user':
      return { type: 'user_final', piece: a, text: [b, tail].join(' ') };
    case 'userFailed':
      return { type: 'user_failed', piece: a };
    case 'start':
      return { type: 'response_started', turnId: a, responseId: b };
    case 'says':
      return { type: 'assistant_final', responseId: a, itemId: b, text: tail };
    case 'end':
      return { type: 'response_finished', responseId: a, status: 'completed' };
    case 'more':
      return { type: 'follow_up_expected', turnId: a };
    case 'noMore':
      return { type: 'follow_up_failed', turnId: a };
    case 'tool':
      return { type: 'tool_called', turnId: a, callId: b, name: tail };
    case 'settled':
      return { type: 'tool_settled', callId: a, status: b === 'failed' ? 'failed' : 'completed' };
    case 'heard':
      return { type: 'heard', turnId: a, interrupted: false, text: null };
    case 'cut':
      return { type: 'heard', turnId: a, interrupted: true, text: b === '' ? null : [b, tail].join(' ').trim() };
    case 'lost':
      return { type: 'connection_lost', turnId: a };
    case 'withdrawn':
      return { type: 'withdrawn', turnId: a };
    case 'forget':
      return { type: 'forgotten', userId: a };
    case 'recorded':
      return { type: 'recorded', turnId: a };
    case 'failed':
      return { type: 'recording_failed', turnId: a };
    case 'close':
      return { type: 'closed' };
    default:
      throw new Error(`no such line: ${line}`);
  }
};

const wordsOf = ({ turnId, userText, assistantText, outcome, tools }: RecordableTurn): string =>
  [
    turnId,
    `“${userText}”`,
    `“${assistantText}”`,
    outcome === 'completed' ? '' : outcome,
    ...tools.map(({ name, status }) => `${name} ${status}`),
  ]
    .filter((part) => part !== '')
    .join(' ');

const run = (lines: readonly string[]): { tracker: TurnTracker; records: string[] } => {
  let tracker = emptyTracker;
  const records: string[] = [];
  for (const line of lines) {
    const step = stepTracker(tracker, eventOf(line));
    tracker = step.tracker;
    if (step.record) records.push(wordsOf(step.record));
  }
  return { tracker, records };
};

const turn = ['open t1 p1', 'user p1 hello', 'start t1 r1', 'says r1 i1 hi there', 'end r1', 'heard t1'];
const one = 't1 “hello” “hi there”';
const second = ['open t2 p2', 'user p2 and now', 'start t2 r2', 'says r2 i2 this', 'end r2', 'heard t2'];
const two = 't2 “and now” “this”';

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['a turn is recorded when everything of it has settled', turn, [one]],
  ['not before it was heard', turn.slice(0, -1), []],
  ['not before its response has ended', turn.filter((line) => line !== 'end r1'), []],
  ['not before its words are final', turn.filter((line) => line !== 'user p1 hello'), []],
  ['words that come last complete it', [...turn.filter((line) => line !== 'user p1 hello'), 'user p1 hello'], [one]],
  [
    'the answer’s words may come after its end',
    ['open t1 p1', 'user p1 hello', 'start t1 r1', 'end r1', 'says r1 i1 hi there', 'heard t1'],
    [one],
  ],
  [
    'words before their turn are its words',
    ['user p1 hello', ...turn.filter((line) => !line.startsWith('user'))],
    [one],
  ],
  ['words that come twice count once', [...turn.slice(0, 2), 'user p1 hello again', ...turn.slice(2)], [one]],
  [
    'an answer’s item that comes twice counts once',
    [...turn.slice(0, 4), 'says r1 i1 hi there again', ...turn.slice(4)],
    [one],
  ],
  [
    'several items of an answer are joined',
    [...turn.slice(0, 4), 'says r1 i2 Ada', ...turn.slice(4)],
    ['t1 “hello” “hi there Ada”'],
  ],
  [
    'several pieces are joined in their order',
    ['open t1 p1,p2', 'user p2 you', 'user p1 hello', ...turn.slice(2)],
    ['t1 “hello you” “hi there”'],
  ],
  ['one of two pieces without words', ['open t1 p1,p2', 'userFailed p2', 'user p1 hello', ...turn.slice(2)], [one]],
  ['a failure after the words changes nothing', [...turn.slice(0, 2), 'userFailed p1', ...turn.slice(2)], [one]],
  ['no words of a person, but an answer', ['open t1 p1', 'userFailed p1', ...turn.slice(2)], ['t1 “” “hi there”']],
  [
    'neither side has words: nothing is recorded',
    ['open t1 p1', 'userFailed p1', 'start t1 r1', 'end r1', 'heard t1', ...second],
    [two],
  ],
  [
    'words that nobody answered are no turn',
    ['open t1 p1', 'user p1 hello', 'start t1 r1', 'end r1', 'heard t1', ...second],
    [two],
  ],
  [
    'a tool that was used makes it one',
    ['open t1 p1', 'user p1 hello', 'start t1 r1', 'tool t1 c1 note', 'settled c1', 'end r1', 'heard t1'],
    ['t1 “hello” “” note completed'],
  ],
  ['not before its tools have settled', [...turn.slice(0, 3), 'tool t1 c1 note', ...turn.slice(3)], []],
  [
    'a tool that failed is told',
    [...turn.slice(0, 3), 'tool t1 c1 note', ...turn.slice(3), 'settled c1 failed'],
    [`${one} note failed`],
  ],
  [
    'a tool settles once',
    [...turn.slice(0, 3), 'tool t1 c1 note', 'settled c1', 'settled c1 failed', ...turn.slice(3)],
    [`${one} note completed`],
  ],
  ['not before an expected follow-up', [...turn.slice(0, 5), 'more t1', 'heard t1'], []],
  [
    'a follow-up belongs to the turn',
    [...turn.slice(0, 5), 'more t1', 'start t1 r2', 'says r2 i2 done', 'end r2', 'heard t1'],
    ['t1 “hello” “hi there done”'],
  ],
  [
    'a follow-up that does not come is not waited for',
    [...turn.slice(0, 5), 'more t1', 'noMore t1', 'heard t1'],
    [one],
  ],
  [
    'a follow-up that comes after it was given up is of no turn',
    [...turn.slice(0, 5), 'more t1', 'noMore t1', 'start t1 r9', 'says r9 i9 late', 'heard t1'],
    [one],
  ],
  [
    'a second response nobody expects is of no turn',
    [...turn.slice(0, 5), 'start t1 r9', 'says r9 i9 odd', 'heard t1'],
    [one],
  ],
  ['a response that starts twice is one', [...turn.slice(0, 3), 'start t1 r1', ...turn.slice(3)], [one]],
  [
    'an answer that was cut is what was heard of it',
    [...turn.slice(0, 5), 'cut t1 hi'],
    ['t1 “hello” “hi” interrupted'],
  ],
  ['cut before a word was heard', [...turn.slice(0, 5), 'cut t1'], ['t1 “hello” “” interrupted']],
  ['what is heard is settled once', [...turn.slice(0, 5), 'cut t1 hi', 'heard t1'], ['t1 “hello” “hi” interrupted']],
  [
    'a lost connection ends the answer, and nothing of it counts',
    [...turn.slice(0, 4), 'lost t1'],
    ['t1 “hello” “” connection_interrupted'],
  ],
  ['lost before it began', ['open t1 p1', 'user p1 hello', 'lost t1'], ['t1 “hello” “” connection_interrupted']],
  [
    'lost while a tool was at work',
    [...turn.slice(0, 3), 'tool t1 c1 note', 'lost t1'],
    ['t1 “hello” “” connection_interrupted note failed'],
  ],
  ['turns are recorded in their order', ['open t1 p1', ...second, ...turn.slice(1), 'recorded t1'], [one, two]],
  ['one at a time', [...turn, ...second], [one]],
  ['the next when the one before is on disk', [...turn, ...second, 'recorded t1'], [one, two]],
  ['a write that failed is repeated', [...turn, 'failed t1'], [one, one]],
  ['and holds up the next', [...turn, ...second, 'failed t1', 'recorded t1'], [one, one, two]],
  ['a turn that is done is not opened again', [...turn, 'recorded t1', ...turn], [one]],
  [
    'a withdrawn turn’s words go into the next that answers them',
    ['open t1 p1', 'user p1 hello', 'withdrawn t1', 'open t2 p1,p2', 'user p2 and now', ...second.slice(2)],
    ['t2 “hello and now” “this”'],
  ],
  ['a withdrawn turn that nobody answers is none', ['open t1 p1', 'user p1 hello', 'withdrawn t1', ...second], [two]],
  [
    'who must be forgotten is in no turn',
    ['open t1 p1 ada,ben', ...turn.slice(1, -1), 'forget ben', 'heard t1', ...second],
    [two],
  ],
  ['forgotten while it is being written', [...turn, 'forget ada', ...second], [one, two]],
  [
    'at the end what was not answered is given up',
    ['open t1 p1', 'user p1 hello', 'close'],
    ['t1 “hello” “” connection_interrupted'],
  ],
  [
    'at the end words that never came are none',
    ['open t1 p1', 'start t1 r1', 'says r1 i1 hi there', 'end r1', 'heard t1', 'close'],
    ['t1 “” “hi there”'],
  ],
  ['after the end nothing is opened', ['close', ...turn], []],
  [
    'events of nothing known change nothing',
    ['user p9 hm', 'end r9', 'says r9 i9 hm', 'settled c9', 'heard t9', 'recorded t9', ...turn],
    [one],
  ],
];

for (const [name, lines, records] of cases) {
  test(`turns: ${name}`, () => {
    assert.deepEqual(run(lines).records, records);
  });
}

test('whatever the order of what belongs to a turn, it is recorded once and whole', () => {
  const rest = ['user p1 hello', 'says r1 i1 hi there', 'end r1', 'heard t1', 'tool t1 c1 note', 'settled c1'];
  fc.assert(
    fc.property(fc.shuffledSubarray(rest, { minLength: rest.length }), (order) => {
      // A response's own parts come before its end, as every provider sends them.
      const at = (line: string): number => order.indexOf(line);
      fc.pre(at('says r1 i1 hi there') < at('end r1') && at('tool t1 c1 note') < at('end r1'));
      fc.pre(at('tool t1 c1 note') < at('settled c1'));
      const { records, tracker } = run(['open t1 p1', 'start t1 r1', ...order, 'recorded t1']);
      assert.deepEqual(records, ['t1 “hello” “hi there” note completed']);
      assert.deepEqual(tracker.turns, []);
    }),
  );
});

test('what is remembered of turns that are done is bounded', () => {
  let tracker = emptyTracker;
  for (let n = 0; n < 1000; n += 1) {
    for (const line of [
      `open t${n} p${n}`,
      `user p${n} x`,
      `start t${n} r${n}`,
      `says r${n} i y`,
      `end r${n}`,
      `heard t${n}`,
    ]) {
      tracker = stepTracker(tracker, eventOf(line)).tracker;
    }
    tracker = stepTracker(tracker, eventOf(`recorded t${n}`)).tracker;
    tracker = stepTracker(tracker, eventOf(`user early${n} x`)).tracker;
  }
  assert.deepEqual(
    [tracker.turns.length, tracker.done.length, tracker.doneResponses.length, tracker.early.size],
    [0, 256, 256, 64],
  );
});
