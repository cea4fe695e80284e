import { nearest } from '../../config/nearest.ts';
import type { ArgumentProblem } from './argument-problem.ts';
import type { Option, Options } from './option.ts';

/** Arguments as they came: the words after a text command, or values by name as Discord hands them over. */
export type GivenArguments =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, unknown>> };

export type ArgumentValue = string | number | boolean | null;

export type ReadArguments =
  | { readonly kind: 'read'; readonly values: Readonly<Record<string, ArgumentValue>> }
  | { readonly kind: 'wrong'; readonly problem: ArgumentProblem };

type ReadValue =
  | { readonly ok: true; readonly value: ArgumentValue }
  | { readonly ok: false; readonly problem: ArgumentProblem };

/**
 * Reads the arguments of a command. In text they stand in the order of the declaration; an optional one that does not fit is passed
 * over when a later one takes the word; `name=value` gives one by name; flags stand anywhere before a text to the end of the line.
 * Words too many are an error only where the command takes any but flags: "!join please" is a join. Pure.
 */
export const readArguments = (options: Options, given: GivenArguments): ReadArguments => {
  const values = new Map<string, ArgumentValue>();
  const problem = given.kind === 'text' ? readText(options, given.text, values) : readValues(options, given, values);
  if (problem) return { kind: 'wrong', problem };
  const all: Record<string, ArgumentValue> = {};
  for (const [name, option] of Object.entries(options)) {
    const value = values.get(name);
    if (value === undefined && option.required === true)
      return { kind: 'wrong', problem: { code: 'missing', option: name, says: option.says } };
    all[name] = value ?? (option.kind === 'flag' ? false : null);
  }
  return { kind: 'read', values: all };
};

const readValues = (
  options: Options,
  { values: given }: Extract<GivenArguments, { kind: 'values' }>,
  values: Map<string, ArgumentValue>,
): ArgumentProblem | null => {
  for (const [name, option] of Object.entries(options)) {
    const raw = Object.hasOwn(given, name) ? given[name] : null;
    if (raw === undefined || raw === null) continue;
    if (option.kind === 'flag') {
      values.set(name, raw === true || raw === 'true');
      continue;
    }
    const read = readValue(name, option, String(raw));
    if (!read.ok) return read.problem;
    values.set(name, read.value);
  }
  return null;
};

const readText = (options: Options, text: string, values: Map<string, ArgumentValue>): ArgumentProblem | null => {
  const isFree = Object.values(options).every(({ kind }) => kind === 'flag');
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    if (takeFlag(options, word, values) || isFree) continue;
    const named = /^([a-z-]+)=(.+)$/s.exec(word);
    const [, name = '', value = ''] = named ?? [];
    const byName = Object.hasOwn(options, name) && !values.has(name) ? options[name] : undefined;
    if (byName && byName.kind !== 'flag' && byName.kind !== 'text') {
      const read = readValue(name, byName, value);
      if (!read.ok) return read.problem;
      values.set(name, read.value);
      continue;
    }
    const open = Object.entries(options).filter(([one, { kind }]) => kind !== 'flag' && !values.has(one));
    const taken = takeInOrder(open, word, text.slice(index).trim());
    if (!taken.ok) return taken.problem;
    values.set(taken.name, taken.value);
    if (options[taken.name]?.kind === 'text') return null;
  }
  return null;
};

const takeFlag = (options: Options, word: string, values: Map<string, ArgumentValue>): boolean => {
  const name = word.toLowerCase().replace(/[.!?,]+$/, '');
  if (!Object.hasOwn(options, name) || options[name]?.kind !== 'flag') return false;
  values.set(name, true);
  return true;
};

/** The first open option the word fits; where none does, the problem of the first. */
const takeInOrder = (
  open: readonly (readonly [string, Option])[],
  word: string,
  rest: string,
): { readonly ok: true; readonly name: string; readonly value: ArgumentValue } | Extract<ReadValue, { ok: false }> => {
  let first: ArgumentProblem | null = null;
  for (const [name, option] of open) {
    const read = readValue(name, option, option.kind === 'text' ? rest : word);
    if (read.ok) return { ok: true, name, value: read.value };
    first ??= read.problem;
    if (option.required === true) break;
  }
  return { ok: false, problem: first ?? { code: 'left_over', value: word } };
};

const readValue = (name: string, option: Option, raw: string): ReadValue => {
  const wrong = (problem: ArgumentProblem): ReadValue => ({ ok: false, problem });
  switch (option.kind) {
    case 'choice': {
      const { choices } = option;
      const value = choices.find((choice) => choice.toLowerCase() === raw.toLowerCase());
      if (value !== undefined) return { ok: true, value };
      return wrong({ code: 'not_a_choice', option: name, value: raw, choices, nearest: nearest(raw, choices) });
    }
    case 'integer': {
      const { min, max } = option;
      const value = /^-?\d{1,15}$/.test(raw) ? Number(raw) : Number.NaN;
      if (value >= min && value <= max) return { ok: true, value };
      return wrong({ code: 'not_a_number', option: name, value: raw, min, max });
    }
    case 'word':
      if (raw.length > option.maxLength) {
        return wrong({ code: 'too_long', option: name, length: raw.length, max: option.maxLength });
      }
      if (option.form && !option.form.pattern.test(raw)) {
        return wrong({ code: 'wrong_form', option: name, value: raw, like: option.form.like });
      }
      return { ok: true, value: raw };
    case 'text': {
      const length = [...raw].length;
      if (length > option.maxLength) return wrong({ code: 'too_long', option: name, length, max: option.maxLength });
      return { ok: true, value: raw };
    }
    case 'user': {
      const id = /^(?:<@!?)?(\d{17,20})>?$/.exec(raw)?.[1];
      return id === undefined ? wrong({ code: 'not_a_person', option: name, value: raw }) : { ok: true, value: id };
    }
    case 'flag':
      return { ok: true, value: raw === 'true' };
  }
};
