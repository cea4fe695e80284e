import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalLine } from '../formats/journal.ts';
import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import { planTimeline, type WalkedSegment } from './timeline.ts';

const second = 48_000;

const segment = (userId: string, startSample: number, more: Partial<SegmentSidecar> = {}): WalkedSegment => ({
  sidecar: {
    ...{
      segmentId: `${userId}/${startSample}`,
      userId,
      username: `user${userId}`,
      displayName: `User ${userId}`,
      bot: false,
    },
    ...{ startSample, samples: second, ssrc: [Number(userId)] },
    clock: { rtpStart: startSample, offsetSamples: 0, driftPpm: 0, reanchors: [], points: [] },
    ...more,
  } as unknown as SegmentSidecar,
  file: `segments/${userId}/${startSample}.ogg`,
  walk: { samples: second, speech: { packets: 50, samples: second }, spurts: [{ from: 0, samples: second }] },
});

const line = (sample: number, entry: Record<string, unknown>): JournalLine =>
  ({ v: 1, at: 1_000 + sample / 48, sample, ...entry }) as JournalLine;
const present = (userId: string, bot: boolean | null): JournalLine =>
  line(0, { type: 'participant', event: 'present', userId, username: `u${userId}`, displayName: `D${userId}`, bot });
const consent = (sample: number, userId: string, state: string): JournalLine =>
  line(sample, { type: 'consent', userId, state, textVersion: 1 });
const ended = (sample: number): JournalLine => line(sample, { type: 'recording_ended', reason: 'left' });

test('people keep their segments apart, in order, with their speaking time', () => {
  const plan = planTimeline({
    segments: [segment('2', 3 * second), segment('1', 5 * second), segment('1', second)],
    journal: [present('1', false), present('3', false), ended(10 * second)],
    sessionSamples: null,
  });
  assert.equal(plan.durationSamples, 10 * second);
  assert.deepEqual(
    plan.people.map(({ userId, placements }) => [userId, placements.map(({ at }) => at / second)]),
    [
      ['1', [1, 5]],
      ['2', [3]],
    ],
  );
  assert.deepEqual(plan.participants.map(({ userId, speechMs }) => [userId, speechMs]).toSorted(), [
    ['1', 2000],
    ['2', 1000],
    ['3', 0],
  ]);
  assert.deepEqual(
    plan.segments.map(({ startSample }) => startSample / second),
    [1, 3, 5],
  );
});

const lengths: [string, JournalLine[], number | null, number][] = [
  ['the journal’s end, before session.json', [ended(10 * second)], 9 * second, 10],
  ['session.json, when no journal says', [], 9 * second, 9],
  [
    'the last thing known, when nobody wrote an end',
    [present('1', false), line(7 * second, { type: 'marker', userId: '1', text: 'x' })],
    null,
    7,
  ],
  ['the last audio, when it is later', [], null, 3],
  ['audio that came a little after the end', [ended(2 * second)], null, 3],
];
for (const [name, journal, sessionSamples, seconds] of lengths) {
  test(`the recording is as long as ${name}`, () => {
    const plan = planTimeline({ segments: [segment('1', 2 * second)], journal, sessionSamples });
    assert.equal(plan.durationSamples, seconds * second);
  });
}

test('a segment far behind the end has a damaged sidecar', () => {
  const plan = planTimeline({
    segments: [segment('1', 500 * second)],
    journal: [ended(10 * second)],
    sessionSamples: null,
  });
  assert.equal(plan.durationSamples, 10 * second);
  assert.deepEqual(plan.skipped, [{ file: `segments/1/${500 * second}.ogg`, reason: 'damaged' }]);
  assert.deepEqual(plan.segments, []);
});

test('bots are left out: by sidecar, by journal, and when it proved so later', () => {
  const plan = planTimeline({
    segments: [
      segment('1', 0, { bot: true }),
      segment('2', 0, { bot: null }),
      segment('3', 0, { bot: null }),
      segment('4', 0),
    ],
    journal: [
      present('2', null),
      line(9, { type: 'participant', event: 'joined', userId: '2', username: 'b', displayName: 'b', bot: true }),
      ended(second),
    ],
    sessionSamples: null,
  });
  assert.deepEqual(
    plan.people.map(({ userId }) => userId),
    ['3', '4'],
  );
  assert.deepEqual(
    plan.skipped.map(({ reason }) => reason),
    ['bot', 'bot'],
  );
  assert.deepEqual(plan.participants.map(({ userId }) => userId).toSorted(), ['3', '4']);
});

test('nothing is kept between opting out and opting in', () => {
  const plan = planTimeline({
    segments: [0, 5, 20].map((at) => segment('1', at * second)),
    journal: [consent(4 * second, '1', 'opted_out'), consent(19 * second, '1', 'opted_in'), ended(30 * second)],
    sessionSamples: null,
  });
  assert.deepEqual(
    plan.people[0]?.placements.map(({ at }) => at / second),
    [0, 20],
  );
  assert.deepEqual(plan.people[0]?.excluded, [{ from: 4 * second, to: 17 * second }]);
  assert.deepEqual(
    plan.skipped.map(({ reason }) => reason),
    ['opted_out'],
  );
});

for (const not of ['unreadable', 'opted_out']) {
  test(`who is recorded after ${not} is kept from then on`, () => {
    const plan = planTimeline({
      segments: [1, 7, 20].map((at) => segment('1', at * second)),
      journal: [
        ...[consent(0, '1', not), consent(6 * second, '1', 'noticed'), consent(6 * second, '2', 'opted_out')],
        ...[consent(15 * second, '1', 'opted_out'), ended(30 * second)],
      ],
      sessionSamples: null,
    });
    assert.deepEqual(plan.people[0]?.excluded, [
      { from: 0, to: 4 * second },
      { from: 15 * second, to: Number.POSITIVE_INFINITY },
    ]);
    assert.deepEqual(
      plan.people[0]?.placements.map(({ at }) => at / second),
      [7],
    );
  });
}

test('a consent that cannot be read counts as opted out', () => {
  const plan = planTimeline({
    segments: [segment('1', second)],
    journal: [consent(0, '1', 'unreadable'), ended(9 * second)],
    sessionSamples: null,
  });
  assert.deepEqual(plan.people, []);
});

test('pauses and holes are merged; a person’s own hole is theirs alone', () => {
  const hole = (fromSample: number, toSample: number, more: object = {}): JournalLine =>
    line(fromSample, { type: 'hole', fromSample, toSample, reason: 'reconnecting', ...more });
  const plan = planTimeline({
    segments: [segment('1', 0), segment('2', 0)],
    journal: [
      ...[hole(100, 300), hole(200, 400), hole(500, 600, { userId: '2', reason: 'undecryptable' })],
      ...[
        line(700, { type: 'pause', on: true }),
        line(800, { type: 'pause', on: false }),
        line(900, { type: 'pause', on: true }),
      ],
      ended(second),
    ],
    sessionSamples: null,
  });
  assert.deepEqual(
    plan.holes.map(({ fromSample, toSample, reason }) => [fromSample, toSample, reason]),
    [
      [100, 400, 'reconnecting'],
      [500, 600, 'undecryptable'],
      [700, 800, 'paused'],
      [900, second, 'paused'],
    ],
  );
  assert.deepEqual(
    plan.people.map((person) => person.holes.length),
    [3, 4],
  );
});
