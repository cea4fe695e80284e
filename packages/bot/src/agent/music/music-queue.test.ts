import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSounding, type MusicEvent, mostQueued, noMusic, stepMusic } from './music-queue.ts';
import type { Track } from './track.ts';

const track = (title: string): Track => ({
  ...{ title, requestedByUserId: '1' },
  source: { kind: 'file', path: `/music/${title}` },
});
let ids = 0;
const id = (): string => {
  ids += 1;
  return `m${ids}`;
};

/**
 * Events in short: `+a` wants it last, `^a` next, `!a` now; `skip`, `stop`, `lost`; `playing`, `paused`, `loading`, `ended`, `failed` of the
 * piece of the moment; `late` the end of one before it. @returns what was done, then the state
 */
const play = (...events: readonly string[]): string[] => {
  ids = 0;
  let state = noMusic;
  const done: string[] = [];
  const eventOf = (event: string): MusicEvent => {
    const now = state.phase === 'idle' ? 'none' : state.musicId;
    const places = { '+': 'last', '^': 'next', '!': 'now' } as const;
    const where = places[event[0] as keyof typeof places];
    if (where) return { type: 'wanted', track: track(event.slice(1)), where, musicId: id() };
    if (event === 'skip') return { type: 'skipped', musicId: id() };
    if (event === 'stop') return { type: 'stopped' };
    if (event === 'lost') return { type: 'lost' };
    if (event === 'late') return { type: 'over', musicId: 'm0', next: id(), failure: null };
    if (event === 'ended') return { type: 'over', musicId: now, next: id(), failure: null };
    if (event === 'failed') return { type: 'over', musicId: now, next: id(), failure: 'fetch_failed' };
    return { type: 'told', musicId: now, state: event as 'playing' };
  };
  for (const event of events) {
    const step = stepMusic(state, eventOf(event));
    state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'play') done.push(`play ${effect.track.title}`);
      else if (effect.type === 'stop') done.push('stop');
      else done.push(`${effect.track.title} ${effect.trouble}, next ${effect.next?.title ?? 'nothing'}`);
    }
  }
  const now = state.phase === 'idle' ? '' : ` ${state.track.title}`;
  return [...done, `${state.phase}${now} [${state.queue.map(({ title }) => title).join(' ')}]`];
};

const cases: [what: string, events: string[], done: string[]][] = [
  ['what is wanted first begins', ['+a'], ['play a', 'loading a []']],
  ['what plays', ['+a', 'playing'], ['play a', 'playing a []']],
  ['what is wanted then waits', ['+a', 'playing', '+b', '+c'], ['play a', 'playing a [b c]']],
  ['next comes before what waits', ['+a', '+b', '^c'], ['play a', 'loading a [c b]']],
  ['now takes the place of what plays, not of what waits', ['+a', '+b', '!c'], ['play a', 'play c', 'loading c [b]']],
  ['the next begins at the end', ['+a', '+b', 'playing', 'ended'], ['play a', 'play b', 'loading b []']],
  ['after the last there is silence', ['+a', 'playing', 'ended'], ['play a', 'idle []']],
  ['skipping goes to the next', ['+a', '+b', 'playing', 'skip'], ['play a', 'play b', 'loading b []']],
  ['skipping the last stops', ['+a', 'playing', 'skip'], ['play a', 'stop', 'stopping a []']],
  [
    'the end of one that was replaced is no news',
    ['+a', '+b', 'skip', 'late', 'playing'],
    ['play a', 'play b', 'playing b []'],
  ],
  ['stopping forgets what waits', ['+a', '+b', 'playing', 'stop', 'ended'], ['play a', 'stop', 'idle []']],
  ['stopping twice stops once', ['+a', 'stop', 'stop', 'skip'], ['play a', 'stop', 'stopping a []']],
  [
    'what is wanted while it stops begins at once',
    ['+a', 'playing', 'stop', '+b'],
    ['play a', 'stop', 'play b', 'loading b []'],
  ],
  [
    'and is not touched by the end of what stopped',
    ['+a', 'stop', '+b', 'late'],
    ['play a', 'stop', 'play b', 'loading b []'],
  ],
  ['a pause holds it', ['+a', '+b', 'playing', 'paused'], ['play a', 'paused a [b]']],
  ['what is paused can be skipped', ['+a', '+b', 'paused', 'skip'], ['play a', 'play b', 'loading b []']],
  [
    'one that fails is told, and the next begins',
    ['+a', '+b', 'failed'],
    ['play a', 'a fetch_failed, next b', 'play b', 'loading b []'],
  ],
  ['the last that fails is told', ['+a', 'failed'], ['play a', 'a fetch_failed, next nothing', 'idle []']],
  [
    'three that fail in a row are the end',
    ['+a', '+b', '+c', '+d', 'failed', 'failed', 'failed'],
    [
      ...['play a', 'a fetch_failed, next b', 'play b', 'b fetch_failed, next c', 'play c'],
      ...['c fetch_failed, next nothing', 'idle []'],
    ],
  ],
  [
    'one that plays between them is a new beginning',
    ['+a', '+b', '+c', '+d', 'failed', 'failed', 'playing', 'failed'],
    [
      ...['play a', 'a fetch_failed, next b', 'play b', 'b fetch_failed, next c', 'play c'],
      ...['c fetch_failed, next d', 'play d', 'loading d []'],
    ],
  ],
  [
    'a lost audio process ends it cleanly',
    ['+a', '+b', 'playing', 'lost'],
    ['play a', 'a lost, next nothing', 'idle []'],
  ],
  ['and music can begin again', ['+a', 'lost', '+b'], ['play a', 'a lost, next nothing', 'play b', 'loading b []']],
  ['without music there is nothing to do', ['skip', 'stop', 'lost', 'ended', 'failed', 'playing'], ['idle []']],
  ['what stops is not brought back by late words', ['+a', 'stop', 'playing'], ['play a', 'stop', 'stopping a []']],
  [
    'one that fails while it stops is told, and nothing begins',
    ['+a', 'stop', 'failed'],
    ['play a', 'stop', 'a fetch_failed, next nothing', 'idle []'],
  ],
];
for (const [what, events, done] of cases)
  test(`music: ${what}`, () => {
    assert.deepEqual(play(...events), done);
  });

test('music: no more wait than there is room for, and now still works', () => {
  const many = Array.from({ length: mostQueued + 1 }, (_, n) => `+${n}`);
  assert.match(play(...many, '+x').at(-1) ?? '', / 50\]$/);
  assert.match(play(...many, '^x').at(-1) ?? '', /^loading 0 \[1 /);
  assert.match(play(...many, '!x').at(-1) ?? '', /^loading x \[1 /);
});

test('music sounds while it is loaded and played, not while it is paused or fades away', () => {
  const base = { musicId: 'm', track: track('a'), queue: [], failures: 0 };
  const sounding = (['loading', 'playing', 'paused', 'stopping'] as const).filter((phase) =>
    isSounding({ ...base, phase }),
  );
  assert.deepEqual(sounding, ['loading', 'playing']);
  assert.equal(isSounding(noMusic), false);
});
