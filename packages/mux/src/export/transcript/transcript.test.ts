import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Transcript } from '../../formats/transcript.ts';
import { MuxError } from '../../mux-error.ts';
import { TempFolder } from '../../testing/temp-folder.ts';
import type { PersonTimeline } from '../../timeline/timeline.ts';
import { exportWindow } from '../window/export-window.ts';
import { transcriptRenderers } from './renderers.ts';
import { readTranscript, timedTexts } from './timed-text.ts';

const second = 48_000;
const person = (userId: string, displayName: string, excluded: PersonTimeline['excluded'] = []): PersonTimeline => ({
  ...{ userId, displayName, username: displayName, speechSamples: 0, placements: [], holes: [], excluded },
});
const ada = person('1', 'Ada <b>');
const bob = person('2', 'Bob --> x');
const said = (userId: string, from: number, to: number, text: string, words?: [number, number, string][]) => ({
  ...{ userId, startSample: from * second, endSample: to * second, text },
  ...(words && {
    words: words.map(([start, end, word]) => ({ startSample: start * second, endSample: end * second, text: word })),
  }),
});
const segments: Transcript['segments'] = [
  said('1', 1, 3, 'Hello\n& <i>welcome</i>'),
  said('1', 3.5, 4, '# not a heading'),
  said('2', 4, 6.25, 'one two three', [
    [4, 4.5, 'one'],
    [4.5, 5.5, 'two'],
    [5.5, 6.25, 'three'],
  ]),
  said('3', 5, 6, 'a stranger'),
];
const heading = { channelName: '*Table*', startTime: Date.UTC(2026, 10, 20, 12), recordingSessionId: 'r' };
const whole = exportWindow(0, 3700 * second);
const render = (format: keyof typeof transcriptRenderers, window = whole, people = [ada, bob]): string =>
  transcriptRenderers[format](timedTexts(segments, people, window), heading);

test('WebVTT names who speaks, and no word is markup or a time', () => {
  assert.equal(
    render('vtt'),
    [
      'WEBVTT\n',
      '1\n00:00:01.000 --> 00:00:03.000\n<v Ada &lt;b&gt;>Hello &amp; &lt;i&gt;welcome&lt;/i&gt;\n',
      '2\n00:00:03.500 --> 00:00:04.000\n<v Ada &lt;b&gt;># not a heading\n',
      '3\n00:00:04.000 --> 00:00:06.250\n<v Bob --&gt; x>one two three\n',
    ].join('\n'),
  );
});

test('SubRip has commas in its times and no arrow in its words', () => {
  assert.match(render('srt'), /^3\n00:00:04,000 --> 00:00:06,250\nBob -> x: one two three\n$/m);
});

test('what is to be read shows turns, and text stays text', () => {
  assert.equal(
    render('md'),
    '# \\*Table\\*, 2026-11-20 12:00 UTC\n\n' +
      '**Ada \\<b\\>** (00:00:01)  \nHello & \\<i\\>welcome\\</i\\> \\# not a heading\n\n' +
      '**Bob \\-\\-\\> x** (00:00:04)  \none two three\n',
  );
});

test('for programs there are samples of the export, words included', () => {
  const parsed = JSON.parse(render('json', exportWindow(5 * second, 10 * second)));
  assert.deepEqual(parsed, {
    ...{ schema: 1, recordingSessionId: 'r', sampleRate: 48_000 },
    segments: [
      {
        ...{ userId: '2', name: 'Bob --> x', startSample: 0, endSample: 1.25 * second, text: 'two three' },
        words: [
          { startSample: 0, endSample: 0.5 * second, text: 'two' },
          { startSample: 0.5 * second, endSample: 1.25 * second, text: 'three' },
        ],
      },
    ],
  });
});

test('nothing is kept of who is left out, or of where nothing of them may be kept', () => {
  assert.doesNotMatch(render('srt', whole, [bob]), /Ada|Hello/);
  const out = person('1', 'Ada', [{ from: 3.6 * second, to: Number.POSITIVE_INFINITY }]);
  const text = render('srt', whole, [out, bob]);
  assert.match(text, /Hello/);
  assert.doesNotMatch(text, /heading/);
});

test('times beyond an hour keep their hours', () => {
  const late = [said('1', 3661.5, 3662, 'late')];
  const texts = timedTexts(late, [ada], whole);
  assert.match(transcriptRenderers.vtt(texts, heading), /01:01:01\.500 --> 01:01:02\.000/);
});

const bad: [what: string, text: string | null, code: string][] = [
  ['missing', null, 'transcript_missing'],
  ['not JSON', '{', 'transcript_invalid'],
  ['newer', '{"schema":2,"segments":[]}', 'transcript_invalid'],
  ['of another shape', '{"schema":1,"segments":[{"userId":""}]}', 'transcript_invalid'],
];
for (const [what, text, code] of bad) {
  test(`a transcript that is ${what} is said, with its file`, () => {
    using folder = new TempFolder();
    const path = folder.file('transcript.json');
    if (text !== null) writeFileSync(path, text);
    assert.throws(
      () => readTranscript(path),
      (error) => error instanceof MuxError && error.code === code && error.message.includes(path),
    );
  });
}

test('a transcript is read in the order of time', () => {
  using folder = new TempFolder();
  const path = folder.file('transcript.json');
  writeFileSync(path, JSON.stringify({ schema: 1, segments: segments.toReversed() }));
  assert.deepEqual(
    readTranscript(path).map(({ startSample }) => startSample / second),
    [1, 3.5, 4, 5],
  );
});
