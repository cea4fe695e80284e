import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiLiveEvent, ApiRecordingBrief } from '@parley/protocol/api';
import { placeOf } from '../app/router.ts';
import { byDay } from '../library/by-day.ts';
import { nextRate, shortcutOf } from '../player/shortcuts.ts';
import { initialsOf } from '../ui/initials.ts';
import { gapInWords } from './gap-words.ts';
import { afterLiveEvent, liveBeginning } from './live-state.ts';
import { rangeProblem } from './range-problem.ts';
import { sizeInWords } from './size-words.ts';

for (const [path, search, place] of [
  ['/', '', { page: 'library', query: '' }],
  ['/', '?q=two%20words', { page: 'library', query: 'two words' }],
  ['/s/1-2-20261121T050000000Z', '', { page: 'session', id: '1-2-20261121T050000000Z', atMs: null }],
  ['/s/a', '?t=90', { page: 'session', id: 'a', atMs: 90_000 }],
  ['/s/a', '?t=x', { page: 'session', id: 'a', atMs: null }],
  ['/s/a', '?t=-3', { page: 'session', id: 'a', atMs: null }],
  ['/s/', '', { page: 'unknown' }],
  ['/s/a/b', '', { page: 'unknown' }],
  ['/else', '', { page: 'unknown' }],
] as const)
  test(`the address ${path}${search} leads to ${place.page}`, () => {
    assert.deepEqual(placeOf(path, search), place);
  });

const press = (key: string, change: object = {}) => ({ key, altKey: false, ctrlKey: false, metaKey: false, ...change });
for (const [what, key, target, shortcut] of [
  ['space on the page', press(' '), null, 'toggle'],
  ['K', press('K'), null, 'toggle'],
  ['space on a button', press(' '), { tagName: 'BUTTON', isEditable: false }, null],
  ['J on a button', press('j'), { tagName: 'BUTTON', isEditable: false }, 'back10'],
  ['K where somebody types', press('k'), { tagName: 'INPUT', isEditable: true }, null],
  ['Ctrl and L', press('l', { ctrlKey: true }), null, null],
  ['an arrow', press('ArrowLeft'), null, 'back5'],
  ['a question mark', press('?'), null, 'help'],
  ['a key without a meaning', press('z'), null, null],
] as const)
  test(`${what} stands for ${shortcut}`, () => {
    assert.equal(shortcutOf(key, target), shortcut);
  });

test('rates go up and down by steps and stay at the ends', () => {
  assert.deepEqual([nextRate(1, 1), nextRate(2, 1), nextRate(1, -1), nextRate(0.75, -1)], [1.25, 2, 0.75, 0.75]);
});

for (const [name, initials] of [
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['  ', '?'],
  ['👩‍👩‍👧 family', '👩‍👩‍👧F'],
  ['Åse B. Öst', 'ÅÖ'],
] as const)
  test(`“${name}” is shown as ${initials}`, () => {
    assert.equal(initialsOf(name), initials);
  });

for (const [bytes, words] of [
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_400, '12 kB'],
  [3_440_000, '3.4 MB'],
  [2_500_000_000, '2.5 GB'],
] as const)
  test(`${bytes} bytes are ${words}`, () => {
    assert.equal(sizeInWords(bytes), words);
  });

for (const [from, to, problem] of [
  [['', null], ['', null], null],
  [['0:30', 30_000], ['1:00', 60_000], null],
  [['x', null], ['', null], '“x” is no time. Write it like 1:30 or 1:02:03.'],
  [['', null], ['y', null], '“y” is no time. Write it like 1:30 or 1:02:03.'],
  [['2:00', 120_000], ['', null], 'The part begins after the recording has ended.'],
  [['1:00', 60_000], ['0:30', 30_000], 'The part ends before it begins.'],
] as const)
  test(`a part from “${from[0]}” to “${to[0]}” of 100 s: ${problem ?? 'fine'}`, () => {
    assert.equal(rangeProblem({ text: from[0], ms: from[1] }, { text: to[0], ms: to[1] }, 100_000), problem);
  });

test('a reason of a newer server is shown as it is', () => {
  assert.equal(gapInWords('paused'), 'the recording was paused');
  assert.equal(gapInWords('eaten_by_dog'), 'eaten by dog');
});

const brief = (startTime: number, status: ApiRecordingBrief['status'] = 'completed'): ApiRecordingBrief => ({
  ...{ id: String(startTime), guildId: '1', guildName: null, channelName: 'Table', startTime, durationMs: 1, status },
  people: [],
  transcript: 'none',
});

test('recordings stand by day, what runs now before all', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  const days = byDay(
    [brief(now - 1, 'recording'), brief(now - 3_600_000), brief(now - 86_400_000), brief(now - 9e8)],
    now,
  );
  assert.deepEqual(days.map(({ label, items }) => [label, items.length]).slice(0, 3), [
    ['Running now', 1],
    ['Today', 1],
    ['Yesterday', 1],
  ]);
  assert.equal(days.length, 4);
});

test('a live page forgets speech that has left its strip, and learns of the end', () => {
  const state = (elapsedMs: number): ApiLiveEvent => ({
    ...{ type: 'state', elapsedMs, paused: false, people: [], notRecorded: 0, lost: 0, received: 1, freeBytes: null },
  });
  const events: ApiLiveEvent[] = [
    { type: 'spoke', userId: '1', fromMs: 0, toMs: 1000 },
    state(60_000),
    { type: 'spoke', userId: '1', fromMs: 55_000, toMs: 59_000 },
    { type: 'gap', gap: { fromMs: 1, toMs: 2, userId: null, reason: 'paused' } },
    { type: 'note', note: { atMs: 5, userId: '1', displayName: 'Ada', text: 'here' } },
    state(130_000),
    { type: 'ended', durationMs: 131_000 },
  ];
  const { spoke, gaps, notes, ended, now } = events.reduce(afterLiveEvent, liveBeginning);
  assert.deepEqual(spoke, [{ userId: '1', fromMs: 55_000, toMs: 59_000 }]);
  assert.deepEqual([gaps.length, notes.length, ended, now?.elapsedMs], [1, 1, true, 130_000]);
});
