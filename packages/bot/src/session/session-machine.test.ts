import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SessionEvent, type SessionState, transition } from './session-machine.ts';

const states = {
  reserving: { phase: 'reserving' },
  starting: { phase: 'starting' },
  active: { phase: 'live', mode: 'active' },
  paused: { phase: 'live', mode: 'paused' },
  ending: { phase: 'ending', reason: 'alone', wasLive: true },
  unwinding: { phase: 'ending', reason: 'shutdown', wasLive: false },
  ended: { phase: 'ended', reason: 'alone' },
} as const satisfies Record<string, SessionState>;

const events = {
  leased: { type: 'leased' },
  started: { type: 'started' },
  paused: { type: 'paused' },
  resumed: { type: 'resumed' },
  end: { type: 'end', reason: 'kicked' },
  closed: { type: 'closed' },
} as const satisfies Record<string, SessionEvent>;

const same = 'same';
const kicked = (wasLive: boolean) => ({ phase: 'ending', reason: 'kicked', wasLive }) as const;

/** For each state what each event makes of it, and the effects. */
const table: Record<
  keyof typeof states,
  Partial<Record<keyof typeof events, [SessionState, string[]] | typeof same>>
> = {
  reserving: { leased: [states.starting, []], end: [kicked(false), ['unwind']] },
  starting: { started: [states.active, ['announce_start']], end: [kicked(false), ['unwind']] },
  active: { paused: [states.paused, []], end: [kicked(true), ['close']] },
  paused: { resumed: [states.active, []], end: [kicked(true), ['close']] },
  ending: { closed: [states.ended, ['announce_end']] },
  unwinding: { closed: [{ phase: 'ended', reason: 'shutdown' }, []] },
  ended: {},
};

for (const [stateName, row] of Object.entries(table)) {
  for (const [eventName, event] of Object.entries(events)) {
    const expected = row[eventName as keyof typeof events] ?? same;
    const state = states[stateName as keyof typeof states];
    test(`${eventName} while ${stateName}: ${expected === same ? 'nothing' : JSON.stringify(expected[0])}`, () => {
      const next = transition(state, event);
      if (expected === same) assert.deepEqual(next, { state, effects: [] });
      else assert.deepEqual(next, { state: expected[0], effects: expected[1] });
    });
  }
}
