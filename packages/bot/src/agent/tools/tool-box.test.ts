import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { z } from 'zod';
import type { ToolCall } from '../session/tool-host.ts';
import { defineTool, type Tool, ToolError, type ToolRight } from './tool.ts';
import { maxOutput, ToolBox } from './tool-box.ts';

const echo = defineTool({
  name: 'echo',
  says: 'says it back',
  args: z.strictObject({ text: z.string().max(20000), times: z.int().min(1).max(9).optional() }),
  right: 'heard',
  run: async ({ text, times = 1 }) => text.repeat(times),
});
const tool = (name: string, right: ToolRight, run: Tool['run'], question: string | null = null): Tool => ({
  ...defineTool({ name, says: name, args: z.object({}), right, run: async () => '' }),
  question: () => question,
  run,
});
const tools: readonly Tool[] = [
  echo,
  tool('control', 'control', async () => 'controlled'),
  tool('manage', 'manage', async () => 'managed'),
  tool('breaks', 'heard', async () => {
    throw new Error('a secret path');
  }),
  tool('refuses', 'heard', async () => {
    throw new ToolError('not_found', 'no such song');
  }),
  tool('hangs', 'heard', () => new Promise(() => undefined)),
  tool('destroys', 'heard', async () => 'destroyed', 'Really?'),
];
const rights: Readonly<Record<string, readonly ToolRight[]>> = {
  ada: ['control', 'manage'],
  ben: ['control'],
  cleo: [],
};

const boxWith = ({ yes = true } = {}) => {
  const clock = new FakeClock();
  const uses: string[] = [];
  const asked: string[] = [];
  const box = new ToolBox({
    ...{ clock, logger: pino({ level: 'silent' }), tools: () => tools },
    may: (userId, right) => rights[userId]?.includes(right) ?? false,
    ask: async (question, speakers) => {
      asked.push(`${question} ${speakers.join(',')}`);
      return yes;
    },
    onUse: (name, outcome) => uses.push(`${name} ${outcome}`),
  });
  const call = async (name: string, args: string, speakers: readonly string[] = ['ada'], signal?: AbortSignal) => {
    const request: ToolCall = { callId: 'c', name, arguments: args, speakers };
    const { output } = await box.call(request, signal ?? new AbortController().signal);
    return JSON.parse(output) as {
      ok: boolean;
      result?: string;
      error?: string;
      message?: string;
      cutCharacters?: number;
    };
  };
  return { asked, box, call, clock, uses };
};

type Row = readonly [name: string, tool: string, args: string, speakers: readonly string[], outcome: string];
const rows: readonly Row[] = [
  ['a call is done', 'echo', '{"text":"hi"}', ['cleo'], 'done hi'],
  ['no arguments are an empty object', 'control', '', ['ben'], 'done controlled'],
  ['a tool that does not exist', 'nothing', '{}', ['ada'], 'unknown_tool'],
  ['what is no JSON', 'echo', '{"text":', ['ada'], 'arguments_invalid'],
  ['what does not fit', 'echo', '{"text":7}', ['ada'], 'arguments_invalid'],
  ['what is not asked for', 'echo', '{"text":"a","more":1}', ['ada'], 'arguments_invalid'],
  ['what is out of range', 'echo', '{"text":"a","times":10}', ['ada'], 'arguments_invalid'],
  [
    'more than a model should write',
    'echo',
    JSON.stringify({ text: 'a'.repeat(24_001) }),
    ['ada'],
    'arguments_too_long',
  ],
  ['the weakest of those who asked decides', 'control', '{}', ['ada', 'cleo'], 'not_permitted'],
  ['all of them may', 'control', '{}', ['ada', 'ben'], 'done controlled'],
  ['a manager’s tool', 'manage', '{}', ['ben'], 'not_permitted'],
  ['nobody asked: the agent itself may not control', 'control', '{}', [], 'not_permitted'],
  ['nobody asked: what anybody may, it may', 'echo', '{"text":"hi"}', [], 'done hi'],
  ['a failure is told without its words', 'breaks', '{}', ['ada'], 'failed'],
  ['a refusal says why', 'refuses', '{}', ['ada'], 'not_found'],
];
for (const [name, called, args, speakers, outcome] of rows) {
  test(`a tool call: ${name}`, async () => {
    const { call, uses } = boxWith();
    const answer = await call(called, args, speakers);
    assert.equal(answer.ok ? `done ${answer.result}` : answer.error, outcome);
    assert.equal(uses.length, 1);
    assert.doesNotMatch(answer.message ?? '', /secret/);
  });
}

test('the definitions describe the arguments as JSON Schema', () => {
  const { box } = boxWith();
  assert.deepEqual(box.definitions[0], {
    name: 'echo',
    description: 'says it back',
    parameters: {
      type: 'object',
      properties: {
        text: { type: 'string', maxLength: 20000 },
        times: { type: 'integer', minimum: 1, maximum: 9 },
      },
      required: ['text'],
      additionalProperties: false,
    },
  });
});

test('an answer that is too long is cut, and says by how much', async () => {
  const { call } = boxWith();
  const answer = await call('echo', JSON.stringify({ text: 'x'.repeat(9000) }));
  assert.equal(answer.result?.length, maxOutput);
  assert.equal(answer.cutCharacters, 1000);
});

test('a tool that does not answer in time has timed out', async () => {
  const { call, clock } = boxWith();
  const answer = call('hangs', '{}');
  await clock.run(10_000);
  assert.equal((await answer).error, 'timed_out');
  assert.equal(clock.timers, 0);
});

test('a call that nobody wants any more is answered all the same, once', async () => {
  const { call, uses } = boxWith();
  const wish = new AbortController();
  const answer = call('hangs', '{}', ['ada'], wish.signal);
  wish.abort();
  assert.equal((await answer).error, 'no_longer_wanted');
  assert.deepEqual(uses, ['hangs no_longer_wanted']);
});

test('what cannot be undone is done after a yes, and not after a no', async () => {
  const willing = boxWith();
  assert.equal((await willing.call('destroys', '{}', ['ada', 'ben'])).result, 'destroyed');
  assert.deepEqual(willing.asked, ['Really? ada,ben']);
  assert.equal((await boxWith({ yes: false }).call('destroys', '{}')).error, 'declined');
});

test('thirty calls a minute are answered, the next is too often', async () => {
  const { call, clock } = boxWith();
  for (let n = 0; n < 30; n += 1) assert.ok((await call('echo', '{"text":"a"}')).ok);
  assert.equal((await call('echo', '{"text":"a"}')).error, 'too_often');
  clock.advance(60_000);
  assert.ok((await call('echo', '{"text":"a"}')).ok);
});

test('what a tool failed with is logged by its names, not by its words, and so is a tool that does not exist', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const clock = new FakeClock();
  const box = new ToolBox({ clock, logger, tools: () => tools, may: () => true, ask: async () => true });
  for (const name of ['breaks', 'ada said this']) {
    await box.call(
      { callId: 'c', name, arguments: '{"text":"ada said that"}', speakers: [] },
      new AbortController().signal,
    );
  }
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /"cause":\{"name":"Error"/);
  assert.doesNotMatch(lines.join(''), /secret|ada said/);
});
