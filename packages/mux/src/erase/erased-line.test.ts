import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erasedLine } from './erased-line.ts';

const ada = '100000000000000001';
const bob = '100000000000000002';
const at = { v: 1, at: 1_800_000_000_000, sample: 96_000 };
const alive = JSON.stringify({ ...at, type: 'alive' });
const named = (userId: string) => ({ userId, username: 'ada', displayName: 'Ada', bot: false });
const everything = Number.POSITIVE_INFINITY;
const stem = (sample: number): string => `${String(sample).padStart(12, '0')}-1`;

const started = {
  ...{ ...at, type: 'recording_started', sessionId: 's', recordingSessionId: 'r', guildId: '1', channelId: '2' },
  ...{ channelName: 'Table', requestedByUserId: ada, originUs: 0, bootId: 'b' },
};

const table: [name: string, line: object | string, upTo: number, becomes: string | null][] = [
  ['their coming', { ...at, type: 'participant', event: 'joined', ...named(ada) }, everything, alive],
  ['that of somebody else', { ...at, type: 'participant', event: 'joined', ...named(bob) }, everything, null],
  ['their decision', { ...at, type: 'consent', userId: ada, state: 'opted_out', textVersion: 1 }, everything, null],
  ['their marker', { ...at, type: 'marker', userId: ada, text: 'my secret' }, everything, alive],
  [
    'their hole',
    { ...at, type: 'hole', fromSample: 0, toSample: 9, userId: ada, reason: 'undecryptable' },
    everything,
    alive,
  ],
  ['a hole of everybody', { ...at, type: 'hole', fromSample: 0, toSample: 9, reason: 'moved' }, everything, null],
  ['their segment', { ...at, type: 'segment_closed', segmentId: `${ada}/${stem(0)}`, samples: 5 }, everything, alive],
  ['a segment of another', { ...at, type: 'segment_opened', segmentId: `${bob}/${stem(0)}` }, everything, null],
  [
    'a segment before the bound that was closed after it',
    { ...at, type: 'segment_closed', segmentId: `${ada}/${stem(50_000)}`, samples: 5 },
    90_000,
    alive,
  ],
  ['a segment after the bound', { ...at, type: 'segment_opened', segmentId: `${ada}/${stem(95_000)}` }, 90_000, null],
  ['a coming after the bound', { ...at, type: 'participant', event: 'joined', ...named(ada) }, 90_000, null],
  ['that they asked for the recording', started, everything, JSON.stringify({ ...started, requestedByUserId: '0' })],
  ['a line of a later version about them', { ...at, v: 2, type: 'news', of: [ada] }, everything, ''],
  ['a line of a later version about nobody', { ...at, v: 2, type: 'news' }, everything, null],
  ['an id that only begins like theirs', { ...at, v: 2, type: 'news', of: `${ada}7` }, everything, null],
  ['a torn line', '{"v":1,"type":"participant","username":"ada"', everything, ''],
  ['an empty line', '   ', everything, null],
];

for (const [name, line, upTo, becomes] of table) {
  test(`of a journal, ${name} ${becomes === null ? 'stays' : becomes === '' ? 'is blanked' : 'is rewritten'} when a person is erased`, () => {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    const erased = erasedLine(text, ada, upTo);
    assert.equal(erased, becomes);
    assert.ok(Buffer.byteLength(erased ?? '') <= Buffer.byteLength(text));
  });
}
