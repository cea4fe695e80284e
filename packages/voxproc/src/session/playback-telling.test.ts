import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { playbackListeners } from './playback-telling.ts';
import { type Warning, Warnings } from './warnings.ts';

const build = () => {
  const clock = new FakeClock({ now: 5_000, monotonicUs: 2_000_000 });
  const told: unknown[] = [];
  const warned: Warning[] = [];
  const listeners = playbackListeners({
    clock,
    warnings: new Warnings(clock, (warning) => warned.push(warning)),
    positionAt: (us) => us / 1000,
    tell: (name, params) => told.push([name, params]),
    error: assert.fail,
  });
  return { told, warned, listeners };
};

test('what becomes of an utterance is told by its own name, its beginning with time and place', () => {
  const { told, listeners } = build();
  const utteranceId = 'u';
  listeners.speech({ type: 'started', utteranceId, trimmedMs: 30 });
  listeners.speech({ type: 'progress', utteranceId, playedMs: 100, bufferedMs: 50 });
  listeners.speech({ type: 'credit', utteranceId, ms: 2200 });
  listeners.speech({ type: 'finished', utteranceId, playedMs: 150, trimmedMs: 30, outcome: 'played' });
  listeners.music({ musicId: 'm', state: 'failed', positionMs: 0, code: 'too_slow', message: 'nothing came' });
  assert.deepEqual(told, [
    ['playback.started', { utteranceId, at: 5_000, position: 2_000, trimmedMs: 30 }],
    ['playback.progress', { utteranceId, playedMs: 100, bufferedMs: 50 }],
    ['playback.credit', { utteranceId, ms: 2200 }],
    ['playback.finished', { utteranceId, playedMs: 150, trimmedMs: 30, outcome: 'played' }],
    ['music.state', { musicId: 'm', state: 'failed', positionMs: 0, code: 'too_slow', message: 'nothing came' }],
  ]);
});

for (const [trouble, code] of [
  [{ type: 'late', frames: 3, latenessP99Ms: 61 }, 'playout_late'],
  [{ type: 'underrun', utteranceId: 'u', prebufferMs: 120 }, 'speech_underrun'],
  [{ type: 'starved', utteranceId: 'u' }, 'speech_underrun'],
  [{ type: 'dropped', utteranceId: 'u', why: 'unknown' }, 'speech_dropped'],
  [{ type: 'not_sendable', utterances: 2 }, 'sound_dropped'],
  [{ type: 'sound_dropped', frames: 4 }, 'sound_dropped'],
] as const) {
  test(`what goes wrong is a warning with its figures: ${trouble.type}`, () => {
    const { warned, listeners } = build();
    listeners.trouble(trouble);
    const { type: _, ...details } = trouble;
    assert.deepEqual(
      warned.map((warning) => [warning.code, warning.details]),
      [[code, details]],
    );
  });
}
