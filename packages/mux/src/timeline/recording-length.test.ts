import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalLine } from '../formats/journal.ts';
import { viewJournal } from './journal-view.ts';
import { recordingLength } from './recording-length.ts';

const second = 48_000;
const startTime = 1_800_000_000_000;

const line = (sample: number, entry: object, at = startTime + sample / 48): JournalLine =>
  ({ v: 1, at, sample, ...entry }) as JournalLine;
const started = line(0, { type: 'recording_started' });
const alive = (seconds: number): JournalLine => line(seconds * second, { type: 'alive' });
const ended = (seconds: number, saidAt = seconds): JournalLine =>
  line(seconds * second, { type: 'recording_ended', reason: 'left' }, startTime + saidAt * 1000);
const hole = (seconds: number, toSeconds: number): JournalLine =>
  line(seconds * second, { type: 'hole', fromSample: 0, toSample: toSeconds * second, reason: 'reconnecting' });

const day = 86_400;
/** The recording was 100 s long, with audio until 90 s and a sign of life at 98 s, unless the case says otherwise. */
const cases: [name: string, journal: JournalLine[], session: number | null, audio: number, seconds: number][] = [
  ['everything agrees', [started, alive(98), ended(100)], 100, 90, 100],
  ['the end is a day late, session.json knows better', [started, alive(98), ended(day, 100)], 100, 90, 100],
  [
    'the end is a day late, its own line knows better and session.json is lost',
    [started, alive(98), ended(day, 100)],
    null,
    90,
    98,
  ],
  ['the end is beyond any recording', [started, alive(98), ended(400 * day, 100)], null, 90, 98],
  ['two accounts agree on what cannot be', [started, alive(98), ended(400 * day)], 400 * day, 90, 98],
  ['the end stands before all audio, session.json knows better', [started, alive(98), ended(5, 100)], 100, 90, 100],
  ['the end stands before all audio and session.json is lost', [started, alive(98), ended(5, 100)], null, 90, 98],
  ['session.json is damaged and the journal is not', [started, alive(98), ended(100)], 9 * day, 90, 100],
  ['session.json is damaged and the journal has no end', [started, alive(98)], 9 * day, 90, 98],
  ['both are damaged', [started, alive(98), ended(3 * day, 100)], 9 * day, 90, 98],
  ['signs of life were lost, end and session.json agree', [started, ended(7200)], 7200, 0, 7200],
  ['signs of life were lost, the end agrees with its time', [started, ended(7200)], null, 0, 7200],
  [
    'a sign of life is impossible and nobody wrote an end',
    [started, alive(98), line(9e11, { type: 'alive' }, startTime)],
    null,
    90,
    98,
  ],
  ['a hole goes on for ever', [started, alive(98), hole(50, 9 * day), ended(100)], 100, 90, 100],
  [
    'the clock was set back an hour',
    [started, alive(98), line(99 * second, { type: 'alive' }, startTime - 3_500_000), ended(100)],
    100,
    90,
    100,
  ],
  ['nobody wrote an end', [started, alive(98)], null, 90, 98],
  ['audio came after the end', [started, alive(98), ended(100)], 100, 103, 103],
];
for (const [name, journal, session, audio, seconds] of cases) {
  test(`the length of a recording is found although or because ${name}`, () => {
    const sessionSamples = session === null ? null : session * second;
    const length = recordingLength({ view: viewJournal(journal), sessionSamples, lastAudio: audio * second });
    assert.equal(length / second, seconds);
  });
}

test('a hole that goes on for ever ends soon after it was noted', () => {
  const view = viewJournal([started, hole(50, 9 * day), ended(100)]);
  assert.deepEqual(
    view.holes.map(({ toSample }) => toSample / second),
    [55],
  );
});
