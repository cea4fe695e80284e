import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { floorDueAt, stepFloor } from './floor.ts';
import { emptyFloor, type FloorState } from './floor-state.ts';
import type { FloorEffect, FloorEvent } from './floor-types.ts';
import { defaultFloor } from './testing/dialogue.ts';

const users = ['ada', 'ben', 'cleo'] as const;
const people = users.map((userId) => ({ userId, names: [userId], human: true, heard: true }));
const captureIds = ['c1', 'c2', 'c3', 'c4'] as const;
const captureId = fc.constantFrom(...captureIds);

const events: fc.Arbitrary<FloorEvent> = fc.oneof(
  fc.record({ type: fc.constant('capture_started' as const), captureId, userId: fc.constantFrom(...users) }),
  fc.record({
    type: fc.constant('capture_audio' as const),
    captureId,
    ms: fc.constant(100),
    loudMs: fc.constantFrom(0, 100),
    echo: fc.constantFrom(null, 0.1, 0.9),
  }),
  fc.record({ type: fc.constant('capture_paused' as const), captureId, cause: fc.constant('silence_frames' as const) }),
  fc.record({ type: fc.constant('capture_resumed' as const), captureId }),
  fc.record({
    type: fc.constant('capture_ended' as const),
    captureId,
    reason: fc.constantFrom('silence' as const, 'left' as const, 'excluded' as const, 'lost' as const),
  }),
  fc.record({
    type: fc.constant('words' as const),
    captureId,
    text: fc.constantFrom('', 'Parley what is that', 'stop', 'yeah', 'Ben come here', 'and what about me'),
    final: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('reply' as const),
    turnId: fc.integer({ min: 1, max: 8 }).map((n) => `turn-${n}`),
    phase: fc.constantFrom('started' as const, 'speaking' as const, 'generated' as const, 'failed' as const),
  }),
  fc.record({ type: fc.constant('speech_over' as const), turnId: fc.constant(null), heardMs: fc.constant(100) }),
  fc.record({ type: fc.constant('music' as const), on: fc.boolean() }),
  fc.constant({ type: 'tick' as const }),
);

const run = (script: readonly (readonly [FloorEvent, number])[]): { state: FloorState; effects: FloorEffect[] } => {
  let nowMs = 0;
  let { state } = stepFloor(emptyFloor(defaultFloor), { type: 'people', people }, nowMs);
  const effects: FloorEffect[] = [];
  for (const [event, waitMs] of script) {
    nowMs += waitMs;
    const step = stepFloor(state, event, nowMs);
    state = step.state;
    effects.push(...step.effects);
    check(state);
  }
  // Whatever was going on comes to rest by itself, but for what somebody else has to tell.
  for (let due = floorDueAt(state, nowMs); due !== null; due = floorDueAt(state, nowMs)) {
    assert.ok(due > nowMs, 'time goes on');
    nowMs = due;
    const step = stepFloor(state, { type: 'tick' }, nowMs);
    state = step.state;
    effects.push(...step.effects);
    check(state);
  }
  return { state, effects };
};

const check = (state: FloorState): void => {
  const { speech, heard } = state;
  if (speech.phase === 'paused') assert.ok(heard.has(speech.captureId), 'paused for somebody who is still heard');
};

const scripts = fc.array(fc.tuple(events, fc.integer({ min: 0, max: 900 })), { maxLength: 60 });

test('whatever happens, the floor comes to rest: nothing said is kept, no reply nobody hears is waited for', () => {
  fc.assert(
    fc.property(scripts, (script) => {
      const { state } = run(script);
      assert.notEqual(state.speech.phase, 'paused');
      assert.deepEqual([...state.heard], []);
      assert.notEqual(state.speech.phase, 'cut');
      assert.ok(state.reply === null || state.reply.phase === 'speaking');
    }),
    { numRuns: 400 },
  );
});

test('whatever happens, a capture is given, discarded and answered at most once for each time it began', () => {
  const count = <T>(list: readonly T[], is: (item: T) => boolean): number => list.filter(is).length;
  fc.assert(
    fc.property(scripts, (script) => {
      const { effects } = run(script);
      for (const id of captureIds) {
        const began = count(script, ([event]) => event.type === 'capture_started' && event.captureId === id);
        const given = count(effects, (effect) => effect.type === 'give_to_model' && effect.captureId === id);
        const discarded = count(effects, (effect) => effect.type === 'discard_capture' && effect.captureId === id);
        assert.ok(given <= began, `${id} began ${began} times and was given ${given} times`);
        assert.ok(discarded <= began, `${id} began ${began} times and was discarded ${discarded} times`);
      }
      const open = new Set<string>();
      for (const effect of effects) {
        if (effect.type === 'withdraw_reply') assert.ok(open.delete(effect.turnId), 'only what was asked is withdrawn');
        if (effect.type !== 'request_reply') continue;
        assert.ok(effect.captureIds.length > 0 && effect.speakers.length > 0);
        open.add(effect.turnId);
      }
    }),
    { numRuns: 400 },
  );
});

test('what is told late of a reply that was given up does not end the one that is heard', () => {
  const turnId = 'turn-2';
  const turn = { turnId, said: [{ captureId: 'c1', userId: 'ada' }], why: 'wake_name', readyAt: 0 } as const;
  const room = stepFloor(emptyFloor(defaultFloor), { type: 'people', people }, 0).state;
  const heard = {
    ...room,
    reply: { turn, phase: 'speaking', generated: true, newsAt: 0 },
    speech: { phase: 'speaking' },
  } as const;
  const late = stepFloor(heard, { type: 'speech_over', turnId: 'turn-0', heardMs: 1 }, 6000).state;
  assert.equal(late.speech.phase, 'speaking');
  assert.equal(stepFloor(late, { type: 'speech_over', turnId, heardMs: 1 }, 7000).state.speech.phase, 'silent');
});

test('one step leaves the state before it as it was', () => {
  const before = stepFloor(emptyFloor(defaultFloor), { type: 'people', people }, 0).state;
  const copy = structuredClone(before);
  stepFloor(before, { type: 'capture_started', captureId: 'c1', userId: 'ada' }, 10);
  assert.deepEqual(before, copy);
});
