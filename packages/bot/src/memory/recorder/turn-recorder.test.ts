import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { MemoryError } from '../memory-error.ts';
import { ada, ben, sampleTurn } from '../testing/sample-turn.ts';
import { bodyHash } from './body-hash.ts';
import { keywordCheck, modelCheck, noSafetyCheck, type SafetyCheck } from './safety-check.ts';
import { turnPolicy } from './turn-policy.ts';
import { TurnRecorder } from './turn-recorder.ts';

const opened = async (safety: SafetyCheck = noSafetyCheck) => {
  const folder = await tempFolder();
  const store = await openTestStore(folder.path, { driver: 'node' });
  const clock = new FakeClock();
  await store.memory.opened({
    ...{
      threadId: 'thread',
      surface: 'discord',
      ownerId: null,
      guildId: null,
      sessionId: null,
      createdAt: clock.now(),
    },
  });
  const logger = pino({ level: 'silent' });
  return {
    ...{ store, clock, recorder: new TurnRecorder({ store, clock, logger, safety, defaultRoute: 'therapeutic' }) },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};
const code = (expected: string) => (error: unknown) => error instanceof MemoryError && error.code === expected;

test('a turn is kept with who spoke, what it ran on and what was used for it', async () => {
  await using memory = await opened();
  const { recorder, store, clock } = memory;
  const receipt = await recorder.record(
    sampleTurn({
      ...{ userText: '  where was it? ', assistantText: '', outcome: 'interrupted', speakers: [ada, ben, ada] },
      tools: [
        { name: 'note', status: 'failed' },
        { name: 'recall', status: 'completed' },
      ],
    }),
  );
  assert.deepEqual(receipt, { recorded: true, turnCount: 1, at: clock.now(), finding: null });
  const [turn] = await store.memory.turns('thread');
  assert.deepEqual(
    { ...turn, id: 0 },
    {
      ...{
        id: 0,
        at: clock.now(),
        channel: 'voice',
        userText: 'where was it?',
        assistantText: '',
        outcome: 'interrupted',
      },
      ...{ route: 'therapeutic', style: 'grounded_lookup', speakers: [ada, ben] },
      diagnostics: {
        voiceRuntime: { vendor: 'OpenAI' },
        voiceToolCalls: [
          { name: 'note', status: 'failed' },
          { name: 'recall', status: 'completed' },
        ],
        groundedLookup: 'recall',
      },
    },
  );
});

test('the same turn told twice at once, later, and in another order of its keys is one turn with one receipt', async () => {
  await using memory = await opened();
  const { recorder, clock } = memory;
  const both = await Promise.all([recorder.record(sampleTurn()), recorder.record(sampleTurn())]);
  assert.deepEqual(both[0], both[1]);
  clock.advance(5000);
  await recorder.record(sampleTurn({ clientTurnId: 'two' }));
  const turned = Object.fromEntries(Object.entries(sampleTurn()).toReversed()) as unknown as ReturnType<
    typeof sampleTurn
  >;
  assert.deepEqual(await recorder.record(turned), both[0]);
  assert.equal((await memory.store.memory.turns('thread')).length, 2);
});

test('another turn under the same id is a conflict, and neither side an error', async () => {
  await using memory = await opened();
  const { recorder } = memory;
  await recorder.record(sampleTurn());
  await assert.rejects(recorder.record(sampleTurn({ userText: 'another' })), code('turn_conflict'));
  await assert.rejects(recorder.record(sampleTurn({ userText: ' ', assistantText: '' })), code('turn_empty'));
  await assert.rejects(recorder.record(sampleTurn({ threadId: 'none' })), code('thread_ended'));
});

test('what the safety check finds decides the route, and is told once', async () => {
  const help = { route: 'crisis', resources: 'Call 112.' };
  await using memory = await opened(keywordCheck(['hurt myself'], help));
  const { recorder, store } = memory;
  const turn = sampleTurn({ userText: 'I want to HURT, myself!' });
  assert.equal((await recorder.record(turn)).finding?.resources, 'Call 112.');
  assert.equal((await recorder.record(turn)).finding, null, 'a repeated turn posts nothing again');
  assert.equal((await recorder.record(sampleTurn({ clientTurnId: 'b', userText: 'unhurt myself' }))).finding, null);
  const [first, second] = await store.memory.turns('thread');
  assert.deepEqual([first?.route, first?.diagnostics.safety], ['crisis', { check: 'keywords', found: true }]);
  assert.deepEqual([second?.route, second?.diagnostics.safety], ['therapeutic', { check: 'keywords', found: false }]);
});

test('a safety check that fails, or does not answer, costs its finding and not the turn', async () => {
  const failing: SafetyCheck = { name: 'model', check: () => Promise.reject(new Error('no model')) };
  await using first = await opened(failing);
  assert.ok((await first.recorder.record(sampleTurn())).recorded);
  const hanging: SafetyCheck = { name: 'model', check: () => new Promise(() => undefined) };
  await using second = await opened(hanging);
  const receipt = second.recorder.record(sampleTurn());
  await second.clock.run(20_000);
  assert.ok((await receipt).recorded);
  assert.equal(second.clock.timers, 0);
});

for (const [answer, found] of [
  ['YES', true],
  ['yes.', true],
  ['No', false],
  ['I cannot say yes or no', false],
  ['', false],
] as const) {
  test(`a model that answers “${answer}” ${found ? 'has' : 'has not'} found something`, async () => {
    const check = modelCheck({ ask: async () => answer }, { route: 'crisis', resources: '' });
    assert.equal((await check.check('a sentence', new AbortController().signal)) !== null, found);
  });
}

const finding = { by: 'keywords', route: 'crisis', style: null, resources: '' };
const answered = [{ name: 'recall', status: 'completed' }] as const;
const rows = [
  ['nothing special', [], null, ['voice', 'voice', null]],
  ['a lookup that answered', answered, null, ['voice', 'grounded_lookup', 'recall']],
  ['a lookup that failed', [{ name: 'recall', status: 'failed' }], null, ['voice', 'voice', null]],
  ['another tool', [{ name: 'note', status: 'completed' }], null, ['voice', 'voice', null]],
  ['a finding', [], finding, ['crisis', 'voice', null]],
  ['a finding and a lookup', answered, { ...finding, style: 'calm' }, ['crisis', 'calm', 'recall']],
  ['a finding without a route', [], { ...finding, route: null }, ['voice', 'voice', null]],
] as const;
for (const [name, tools, found, expected] of rows) {
  test(`the policy of a turn: ${name}`, () => {
    const { route, style, groundedLookup } = turnPolicy({ defaultRoute: 'voice', tools, finding: found });
    assert.deepEqual([route, style, groundedLookup], expected);
  });
}

test('a body’s hash is of its content: neither the order of keys nor absent values change it', () => {
  assert.equal(bodyHash({ a: 1, b: { c: [1, 2], d: undefined } }), bodyHash({ b: { c: [1, 2] }, a: 1 }));
  assert.notEqual(bodyHash({ a: [1, 2] }), bodyHash({ a: [2, 1] }));
});
