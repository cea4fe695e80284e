import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { commands } from '../commands/all.ts';
import { registerSlashCommands, slashDefinitions } from './slash-definitions.ts';

const logger = pino({ level: 'silent' });

const memory = () => {
  const kept = new Map<string, string>();
  return {
    kept,
    store: {
      meta: {
        get: async (key: string) => kept.get(key) ?? null,
        set: async (key: string, value: string) => void kept.set(key, value),
      },
    },
  };
};

test('commands are registered once, and again only when they or the application change', async () => {
  const { store } = memory();
  let puts = 0;
  const put = async () => {
    puts += 1;
  };
  assert.equal(await registerSlashCommands(put, 'app', store, logger), 'registered');
  assert.equal(await registerSlashCommands(put, 'app', store, logger), 'unchanged');
  assert.equal(await registerSlashCommands(put, 'other', store, logger), 'registered');
  assert.equal(puts, 2);
});

test('a registration that failed is tried again', async () => {
  const { store, kept } = memory();
  await assert.rejects(registerSlashCommands(() => Promise.reject(new Error('503')), 'app', store, logger));
  assert.equal(kept.size, 0);
});

test('join, leave and status stand by themselves, everything else under one command', () => {
  const definitions = slashDefinitions();
  assert.deepEqual(
    definitions.map(({ name }) => name),
    ['join', 'leave', 'status', 'parley'],
  );
  const below = definitions.at(-1)?.options?.map(({ name }) => name) ?? [];
  const others = commands.map(({ name }) => name).filter((name) => !['join', 'leave', 'status'].includes(name));
  assert.deepEqual(below, others);
});

test('every command fits what Discord takes', () => {
  type Described = { name: string; description?: string; required?: boolean; options?: readonly Described[] };
  const check = ({ name, description = '', options = [] }: Described): void => {
    assert.match(name, /^[a-z-]{1,32}$/);
    assert.ok(description.length >= 1 && description.length <= 100, name);
    assert.ok(options.length <= 25, name);
    const required = options.map((option) => option.required ?? false);
    assert.deepEqual(
      required,
      required.toSorted((a, b) => Number(b) - Number(a)),
      `${name}: required options first`,
    );
    for (const option of options) check(option);
  };
  for (const definition of slashDefinitions()) check(definition as Described);
});
