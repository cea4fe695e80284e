import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingStatus } from '@parley/mux';
import { planRetention, type RetentionCandidate } from './plan-retention.ts';

const day = 24 * 3_600_000;
const now = 1_800_000_000_000;
const guild = '100000000000000001';

type Row = [
  name: string,
  status: RecordingStatus | null,
  endedDaysAgo: number | null,
  gigabytes?: number,
  guildId?: string,
  writtenDaysAgo?: number,
];

const candidate = ([
  name,
  status,
  endedDaysAgo,
  gigabytes = 0,
  guildId = guild,
  writtenDaysAgo = 0,
]: Row): RetentionCandidate => ({
  recordingSessionId: name,
  folder: `/r/${name}`,
  guildId,
  session:
    status === null
      ? null
      : { status, startTime: now - 500 * day, endTime: endedDaysAgo === null ? null : now - endedDaysAgo * day },
  isInUse: name.endsWith(' in use'),
  writtenAt: status === 'recording' ? now - writtenDaysAgo * day : null,
  bytes: gigabytes * 1e9,
});

interface Case {
  readonly rows: readonly Row[];
  readonly days?: number;
  readonly gigabytes?: number;
  /** Days since the guild removed the bot. */
  readonly goneFor?: number;
  readonly deleted: readonly string[];
}

const cases: Record<string, Case> = {
  'one younger than its retention stays': { rows: [['a', 'completed', 29.9]], deleted: [] },
  'one that is exactly as old stays': { rows: [['a', 'completed', 30]], deleted: [] },
  'older ones go, oldest first': {
    rows: [
      ['a', 'completed', 31],
      ['b', 'failed', 40],
      ['c', 'empty', 32],
    ],
    deleted: ['b expired', 'c expired', 'a expired'],
  },
  'one still recording stays, however long': { rows: [['a', 'recording', null]], days: 1, deleted: [] },
  'one that nobody could end goes when its time is over, from its last line on': {
    rows: [
      ['a', 'recording', null, 0, guild, 31],
      ['b', 'recording', null, 0, guild, 29],
      ['c in use', 'recording', null, 0, guild, 31],
    ],
    deleted: ['a expired'],
  },
  'one that nobody could end does not go for room': {
    rows: [['a', 'recording', null, 9, guild, 2]],
    gigabytes: 5,
    deleted: [],
  },
  'one whose last line is not a day old is at work': {
    rows: [['a', 'recording', null, 0, guild, 0.9]],
    goneFor: 8,
    deleted: [],
  },
  'one still to be mixed stays': { rows: [['a in use', 'muxing', 400]], deleted: [] },
  'one whose mix was given up goes when its time is over': {
    rows: [
      ['a', 'muxing', 31],
      ['b', 'muxing', 29],
    ],
    deleted: ['a expired'],
  },
  'one without an end counts from its start': { rows: [['a', 'completed', null]], deleted: ['a expired'] },
  'without a limit of days none goes by age': { rows: [['a', 'completed', 4000]], days: 0, deleted: [] },
  'one that ends in the future stays: a clock was set back': { rows: [['a', 'completed', -1]], deleted: [] },
  'one that cannot be read counts from the start in its name': {
    rows: [
      ['room-1-20261215T080000000Z', null, null],
      ['room-1-20261217T080000000Z', null, null],
      ['room-1-20261215T080000000Z in use', null, null],
      ['room-1-20261399T080000000Z', null, null],
      ['a', null, null],
    ],
    deleted: ['room-1-20261215T080000000Z expired'],
  },
  'beyond the gigabytes the oldest go': {
    rows: [
      ['a', 'completed', 1, 4],
      ['b', 'completed', 3, 4],
      ['c', 'completed', 2, 4],
    ],
    gigabytes: 5,
    deleted: ['b over_size', 'c over_size'],
  },
  'exactly as many gigabytes are kept': {
    rows: [
      ['a', 'completed', 1, 2],
      ['b', 'completed', 2, 3],
    ],
    gigabytes: 5,
    deleted: [],
  },
  'what expires makes room first': {
    rows: [
      ['a', 'completed', 1, 3],
      ['b', 'completed', 31, 3],
    ],
    gigabytes: 5,
    deleted: ['b expired'],
  },
  'what is at work counts and stays': {
    rows: [
      ['a', 'recording', null, 9],
      ['b in use', 'muxing', 2, 9],
      ['d', 'muxing', 2, 9],
      ['c', 'completed', 1, 1],
    ],
    gigabytes: 5,
    deleted: ['c over_size'],
  },
  'what cannot be read counts and stays': {
    rows: [
      ['a', null, null, 9],
      ['b', 'completed', 1, 1],
    ],
    gigabytes: 5,
    deleted: ['b over_size'],
  },
  'each guild has its own room': {
    rows: [
      ['a', 'completed', 1, 4],
      ['b', 'completed', 2, 4, '100000000000000002'],
    ],
    gigabytes: 5,
    deleted: [],
  },
  'a guild that removed the bot keeps everything for 7 days': {
    rows: [
      ['a', 'completed', 1],
      ['b', null, null],
    ],
    goneFor: 7,
    deleted: [],
  },
  'then everything finished goes, what cannot be read too': {
    rows: [
      ['a', 'completed', 1],
      ['b', null, null],
      ['c in use', 'muxing', 1],
      ['d', 'completed', 1, 0, '100000000000000002'],
    ],
    days: 0,
    goneFor: 7.1,
    deleted: ['a guild_gone', 'b guild_gone'],
  },
};

for (const [name, { rows, days = 30, gigabytes = 0, goneFor, deleted }] of Object.entries(cases)) {
  test(`of the recordings, ${name}`, () => {
    const planned = planRetention({
      candidates: rows.map(candidate),
      rulesOf: () => ({ retentionDays: days, retentionGigabytes: gigabytes }),
      departed: new Map(goneFor === undefined ? [] : [[guild, now - goneFor * day]]),
      now,
    });
    assert.deepEqual(
      planned.map(({ recordingSessionId, reason }) => `${recordingSessionId} ${reason}`),
      deleted,
    );
  });
}
