import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AgentRestEvent,
  type AgentRestLimits,
  agentRestDueAt,
  agentRestRanges,
  awake,
  stepAgentRest,
} from './agent-rest.ts';

const usual: AgentRestLimits = {
  awakeMs: agentRestRanges.awakeMs.default,
  inactivityMs: agentRestRanges.inactivityMs.default,
};
const speech: AgentRestEvent = { type: 'speech' };
const music = (on: boolean): AgentRestEvent => ({ type: 'music', on });

/** Plays events at their seconds until `untilS`, waking by `agentRestDueAt` as a timer would. @returns what was done, in seconds */
const play = (
  events: readonly (readonly [s: number, event: AgentRestEvent])[],
  untilS: number,
  limits = usual,
): string[] => {
  let state = awake(0);
  const done: string[] = [];
  const step = (atMs: number, event: AgentRestEvent): void => {
    const { state: next, effects } = stepAgentRest(state, event, atMs, limits);
    for (const effect of effects) {
      done.push(`${atMs / 1000} ${effect.type === 'warn' ? `warn ${effect.remainingMs / 1000}` : effect.cause}`);
    }
    state = next;
  };
  const elapse = (toMs: number): void => {
    for (let due = agentRestDueAt(state, limits); due !== null && due <= toMs; due = agentRestDueAt(state, limits)) {
      step(due, { type: 'tick' });
    }
  };
  for (const [s, event] of events) {
    elapse(s * 1000);
    step(s * 1000, event);
  }
  elapse(untilS * 1000);
  return done;
};

const everyMinute = Array.from({ length: 60 }, (_, index) => [(index + 1) * 60, speech] as const);

const cases: [
  what: string,
  events: [number, AgentRestEvent][],
  untilS: number,
  done: string[],
  limits?: AgentRestLimits,
][] = [
  ['nobody needs it for five minutes', [], 400, ['300 inactive']],
  [
    'speech is activity',
    [
      [299, speech],
      [598, speech],
    ],
    900,
    ['898 inactive'],
  ],
  [
    'music defers, its end counts as activity',
    [
      [100, music(true)],
      [1000, music(false)],
    ],
    1400,
    ['1300 inactive'],
  ],
  [
    'music that plays on does not defer the longest time',
    [[100, music(true)]],
    2000,
    ['1680 warn 120', '1755 warn 45', '1800 awake_too_long'],
  ],
  [
    'people talk all the time',
    [...everyMinute.map(([s, event]): [number, AgentRestEvent] => [s, event])],
    2000,
    ['1680 warn 120', '1755 warn 45', '1800 awake_too_long'],
  ],
  ['who is called by name wakes it', [[400, { type: 'woken' }]], 800, ['300 inactive', '700 inactive']],
  ['speech does not wake it', [[400, speech]], 900, ['300 inactive']],
  ['being called while awake begins anew', [[200, { type: 'woken' }]], 600, ['500 inactive']],
  ['the shortest times', [], 100, ['15 warn 45', '20 inactive'], { awakeMs: 60_000, inactivityMs: 20_000 }],
  [
    'a short time awake warns only where there is time',
    [
      [15, speech],
      [30, speech],
      [45, speech],
    ],
    100,
    ['15 warn 45', '60 awake_too_long'],
    { awakeMs: 60_000, inactivityMs: 20_000 },
  ],
  [
    'both at once are the longest time',
    [],
    400,
    ['180 warn 120', '255 warn 45', '300 awake_too_long'],
    { awakeMs: 300_000, inactivityMs: 300_000 },
  ],
];
for (const [what, events, untilS, done, limits] of cases) {
  test(`an agent goes to rest, or not: ${what}`, () => assert.deepEqual(play(events, untilS, limits), done));
}

test('an event that comes after a stall finds the agent resting, and late warnings are one', () => {
  const late = stepAgentRest(awake(0), speech, 301_000, usual);
  assert.deepEqual(late.effects, [{ type: 'rest', cause: 'inactive' }]);
  const limits = { awakeMs: 1_800_000, inactivityMs: 3_600_000 };
  const { effects, state } = stepAgentRest(awake(0), speech, 1_790_000, limits);
  assert.deepEqual(effects, [{ type: 'warn', remainingMs: 45_000 }]);
  assert.deepEqual(stepAgentRest(state, speech, 1_795_000, limits).effects, []);
});
