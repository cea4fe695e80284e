import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bargeInOf, type Overlap } from './barge-in-rules.ts';

const overlap: Overlap = {
  config: { interruption: 'speaker', words: 'local', wakeNames: ['Parley'] },
  isPartner: true,
  loudMs: 300,
  echo: 0.1,
  text: '',
  final: false,
  ended: false,
  pausedMs: null,
  resumed: false,
};
const by = (interruption: 'anyone' | 'speaker' | 'nobody') => ({ config: { ...overlap.config, interruption } });
const lateWords = { config: { ...overlap.config, lateWords: true } } as const;
const noWords = { config: { ...overlap.config, words: 'none' } } as const;

const rows: readonly (readonly [string, Partial<Overlap>, string])[] = [
  ['249 ms are not enough', { loudMs: 249 }, 'wait'],
  ['250 ms are', { loudMs: 250 }, 'pause'],
  ['nobody may', by('nobody'), 'ignore nobody_may'],
  ['nobody may, not even by name', { ...by('nobody'), text: 'Parley stop' }, 'ignore nobody_may'],
  ['only the partner may', { isPartner: false }, 'ignore not_the_speaker'],
  ['anybody may tell it by name to stop', { isPartner: false, text: 'Parley stop' }, 'cut stopped'],
  ['anybody may, where anyone may', { ...by('anyone'), isPartner: false }, 'pause'],
  ['an echo from 0.6 on', { echo: 0.6 }, 'ignore echo'],
  ['no echo below', { echo: 0.59 }, 'pause'],
  ['an echo that the recognizer understands is still one', { echo: 0.8, text: 'stop' }, 'ignore echo'],
  ['“stop” before 250 ms', { loudMs: 120, text: 'stop' }, 'cut stopped'],
  ['“hold on” as well', { text: 'hold on a second' }, 'cut stopped'],
  ['its name', { text: 'Parley' }, 'cut wake_name'],
  ['words', { text: 'what about' }, 'cut words'],
  ['a sign of listening waits for what follows', { text: 'yeah', pausedMs: 100 }, 'wait'],
  ['and is one when nothing does', { text: 'yeah', pausedMs: 100, final: true }, 'resume backchannel'],
  ['five signs in a row are words', { text: 'yeah yeah yeah yeah yeah' }, 'cut words'],
  ['699 ms without words', { pausedMs: 699 }, 'wait'],
  ['700 ms without words', { pausedMs: 700 }, 'resume no_words'],
  ['words are final and there are none', { pausedMs: 100, final: true }, 'resume no_words'],
  ['it ended, and the words may still come', { pausedMs: 100, ended: true }, 'wait'],
  ['it ended, and nobody tells words', { ...noWords, pausedMs: 100, ended: true }, 'resume no_words'],
  ['words come late, and it goes on for 700 ms', { ...lateWords, loudMs: 700, pausedMs: 400 }, 'cut kept_speaking'],
  ['nobody tells words, and it goes on for 700 ms', { ...noWords, loudMs: 700, pausedMs: 400 }, 'cut kept_speaking'],
  ['it was too short', { loudMs: 200, ended: true }, 'ignore too_short'],
  ['after it went on once only words stop it', { resumed: true }, 'wait'],
  ['and they do', { resumed: true, text: 'what about me' }, 'cut words'],
];

for (const [name, change, expected] of rows) {
  test(`speaking over the bot: ${name}`, () => {
    const decision = bargeInOf({ ...overlap, ...change });
    assert.equal('why' in decision ? `${decision.do} ${decision.why}` : decision.do, expected);
  });
}
