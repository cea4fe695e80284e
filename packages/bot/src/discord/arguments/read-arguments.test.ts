import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineCommand } from '../commands/command.ts';
import { type Options, usageOf } from './option.ts';
import { readArguments } from './read-arguments.ts';

const time = { pattern: /^(\d+:)?\d{1,2}:\d{2}$/, like: '1:30' };
const exporting = {
  format: { kind: 'choice', says: 'the format', choices: ['flac', 'wav', 'mp3', 'labels', 'reaper'] },
  from: { kind: 'word', says: 'from where', maxLength: 10, form: time },
  to: { kind: 'word', says: 'to where', maxLength: 10, form: time },
  quick: { kind: 'flag', says: 'in a hurry' },
} as const satisfies Options;
const noting = { text: { kind: 'text', says: 'the words', maxLength: 20, required: true } } as const satisfies Options;
const clipping = { seconds: { kind: 'integer', says: 'how long', min: 1, max: 300 } } as const satisfies Options;
const switching = {
  state: { kind: 'choice', says: 'on or off', choices: ['on', 'off'], required: true },
} as const satisfies Options;
const person = { who: { kind: 'user', says: 'whom', required: true } } as const satisfies Options;
const free = { everywhere: { kind: 'flag', says: 'on every server' } } as const satisfies Options;

const read = (options: Options, text: string): string => {
  const result = readArguments(options, { kind: 'text', text });
  if (result.kind === 'wrong') {
    const { code } = result.problem;
    return `wrong ${code}${'option' in result.problem ? ` ${result.problem.option}` : ''}`;
  }
  return Object.values(result.values).join(' | ');
};

for (const [options, text, expected] of [
  [exporting, '', ' |  |  | false'],
  [exporting, 'FLAC', 'flac |  |  | false'],
  [exporting, '1:00 2:00', ' | 1:00 | 2:00 | false'],
  [exporting, 'wav 1:00', 'wav | 1:00 |  | false'],
  [exporting, 'to=1:05:00', ' |  | 1:05:00 | false'],
  [exporting, 'quick mp3 to=9:00 1:00', 'mp3 | 1:00 | 9:00 | true'],
  [exporting, 'falc', 'wrong not_a_choice format'],
  [exporting, 'wav soon', 'wrong wrong_form from'],
  [exporting, 'from=soon', 'wrong wrong_form from'],
  [exporting, 'wav 1:00 2:00 3:00', 'wrong left_over'],
  [exporting, 'format=wav format=wav', 'wrong wrong_form from'],
  [noting, 'the dice  fall', 'the dice  fall'],
  [noting, 'a=b text=c', 'a=b text=c'],
  [noting, '😀'.repeat(20), '😀'.repeat(20)],
  [noting, '😀'.repeat(21), 'wrong too_long text'],
  [noting, '   ', 'wrong missing text'],
  [clipping, '', ''],
  [clipping, '60', '60'],
  [clipping, 'seconds=1', '1'],
  [clipping, '0', 'wrong not_a_number seconds'],
  [clipping, '301', 'wrong not_a_number seconds'],
  [clipping, '1e2', 'wrong not_a_number seconds'],
  [clipping, '60 s', 'wrong left_over'],
  [switching, 'ON', 'on'],
  [switching, '', 'wrong missing state'],
  [switching, 'onn', 'wrong not_a_choice state'],
  [person, '<@!123456789012345678>', '123456789012345678'],
  [person, '123456789012345678', '123456789012345678'],
  [person, 'ada', 'wrong not_a_person who'],
  [free, 'please, Everywhere!', 'true'],
  [free, 'please', 'false'],
  [{}, 'now please', ''],
] as const) {
  test(`"${text}" after ${usageOf(options) || 'a command without arguments'} is ${expected}`, () => {
    assert.equal(read(options, text), expected);
  });
}

test('values of a slash command are read by the same rules', () => {
  const values = (given: Record<string, unknown>, options: Options = exporting) =>
    readArguments(options, { kind: 'values', values: given });
  assert.deepEqual(values({ format: 'wav', quick: true, other: 1 }), {
    kind: 'read',
    values: { format: 'wav', from: null, to: null, quick: true },
  });
  assert.equal(values({ format: 'exe' }).kind, 'wrong');
  assert.equal(values({ seconds: 500 }, clipping).kind, 'wrong');
  assert.deepEqual(values({ seconds: 30 }, clipping), { kind: 'read', values: { seconds: 30 } });
  assert.equal(values({}, noting).kind, 'wrong');
  assert.equal(values({ constructor: 'x', __proto__: { format: 'x' } }).kind, 'read');
});

test('a handler gets its arguments typed', () => {
  const clip = defineCommand({
    name: 'clip',
    says: 'the last seconds',
    options: { ...clipping, ...switching, ...free },
    run: async ({ args }) => {
      const seconds: number | null = args.seconds;
      const state: 'on' | 'off' = args.state;
      const everywhere: boolean = args.everywhere;
      return { kind: 'status_offline', details: { prefix: `${seconds}${state}${everywhere}` } };
    },
  });
  assert.equal(clip.may, 'anyone');
  assert.equal(clip.prepare({ kind: 'text', text: '5 on' }).kind, 'ready');
  assert.equal(clip.prepare({ kind: 'text', text: '5' }).kind, 'wrong');
});

test('usage is shown as it is typed', () => {
  assert.equal(usageOf({ ...exporting, ...noting }), '[format] [from] [to] [quick] <text>');
  assert.equal(usageOf(switching), '<on|off>');
});
