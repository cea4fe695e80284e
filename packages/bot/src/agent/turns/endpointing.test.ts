import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointOf, learnPause, type Pause } from './endpointing.ts';

const pause: Pause = { cause: 'silence_frames', text: '', finished: null, usualMs: null, silenceMs: 700 };

const rows: readonly (readonly [string, Partial<Pause>, number, string])[] = [
  ['nothing is known', { cause: 'no_packets' }, 700, 'silence'],
  ['the client stopped sending', {}, 480, 'client_silence'],
  ['a question mark', { text: 'what is the weather like?' }, 240, 'complete_words'],
  ['a full stop', { text: 'Tell me a joke.' }, 240, 'complete_words'],
  ['a sentence without punctuation', { text: 'tell me a joke' }, 340, 'complete_words'],
  ['two words without punctuation may go on', { text: 'tell me' }, 700, 'silence'],
  ['a conjunction goes on', { text: 'I like tea and' }, 700, 'silence'],
  ['an article with a full stop a recognizer put there goes on', { text: 'Look at the.' }, 700, 'silence'],
  ['a comma goes on', { text: 'when I was young,' }, 700, 'silence'],
  ['dots go on', { text: 'well I do not know…' }, 700, 'silence'],
  ['a person who pauses long is waited for', { text: 'tell me a joke', usualMs: 500 }, 500, 'complete_words'],
  ['but never beyond the ceiling', { text: 'tell me a joke', usualMs: 2000 }, 700, 'silence'],
  ['the turn model is sure of an end', { text: 'tell me', finished: 0.9 }, 200, 'turn_model'],
  ['the turn model is sure of more', { text: 'tell me a joke.', finished: 0.1 }, 700, 'silence'],
  ['the turn model does not know', { text: 'tell me a joke.', finished: 0.5 }, 240, 'complete_words'],
  ['a ceiling below every sign', { text: 'tell me a joke.', silenceMs: 200 }, 200, 'silence'],
];

for (const [name, known, waitMs, why] of rows) {
  test(`a pause is waited out: ${name}`, () => {
    assert.deepEqual(endpointOf({ ...pause, ...known }), { waitMs, why });
  });
}

/**
 * Turns as people say them: words and the pauses (ms) between them, as conversation studies find them: most under 200 ms, some to
 * look for a word, a few long ones after “and”, “the”, “um”. The client sends silence frames in each pause.
 */
const corpus: readonly (readonly (string | number)[])[] = [
  ['what is the weather like today'],
  ['can you tell me', 180, 'a joke about cats'],
  ['so I was thinking about', 420, 'going to the sea this weekend'],
  ['play some jazz'],
  ['who won the game last night'],
  ['I would like to know', 150, 'how far it is to the moon'],
  ['remind me to', 520, 'call my mother tomorrow'],
  ['um', 450, 'what was the name of that actor'],
  ['no that is not what I meant'],
  ['how do you spell necessary'],
  ['tell us a story about a dragon and', 380, 'a princess who is bored'],
  ['what time is it in Tokyo right now'],
  ['the thing is that', 300, 'I do not have any money'],
  ['could you repeat that'],
  ['let us talk about the', 480, 'second world war'],
  ['why is the sky blue'],
  ['I think', 260, 'we should leave at seven'],
  ['do you know any good restaurants', 160, 'near the station'],
  ['that was very funny'],
  ['turn the music down a bit'],
  ['what did Ben say about the', 350, 'new server'],
  ['how old is the universe'],
  ['add milk and', 280, 'bread to my list'],
  ['thank you that is all'],
  ['explain it to me like I am five'],
  ['I was born in', 240, 'nineteen eighty four'],
  ['which one do you like better'],
  ['give me three ideas for', 460, 'a birthday present'],
  ['is it going to rain tomorrow'],
  ['well', 330, 'it depends on the price'],
  ['can we play a game'],
  ['what is seven times eight'],
  ['my favourite colour is', 200, 'green'],
  ['how long does it take to boil an egg'],
  ['please summarize what we talked about'],
  ['I wanted to ask you', 170, 'something about history'],
  ['who wrote that book'],
  ['write that down please'],
  ['are you still there'],
  ['if it rains then', 290, 'we stay at home'],
  ['sing us a song'],
  ['what happened after the', 410, 'war ended'],
  ['that makes sense'],
  ['how do I get to the airport from here'],
  ['tell me more about it'],
  ['was it Monday or', 320, 'Tuesday last week'],
  ['good night and sleep well'],
  ['what is the capital of', 190, 'Mongolia'],
];

test('over the corpus the wait is 350 ms at the median, and at most 3 % of the turns are cut off', () => {
  const waited: number[] = [];
  let cut = 0;
  for (const turn of corpus) {
    let text = '';
    let usualMs: number | null = null;
    let over = false;
    for (const part of turn) {
      if (over) continue;
      if (typeof part === 'string') text = text === '' ? part : `${text} ${part}`;
      else if (endpointOf({ ...pause, text, usualMs }).waitMs < part) {
        over = true;
        cut += 1;
      } else usualMs = learnPause(usualMs, part);
    }
    if (!over) waited.push(endpointOf({ ...pause, text, usualMs }).waitMs);
  }
  waited.sort((a, b) => a - b);
  const median = waited[Math.floor(waited.length / 2)] ?? Number.NaN;
  assert.ok(median <= 350, `the median wait is ${median} ms`);
  assert.ok(cut / corpus.length <= 0.03, `${cut} of ${corpus.length} turns were cut off`);
});

test('a usual pause follows the newest ones slowly', () => {
  assert.equal(learnPause(null, 300), 300);
  assert.equal(learnPause(300, 600), 390);
});
