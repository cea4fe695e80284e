import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { AgentRig } from '../testing/agent-rig.ts';
import type { ToolHost } from './tool-host.ts';

/** Tools of which one is known only when its server has answered. */
const lateTools = () => {
  const answered = Promise.withResolvers<void>();
  const named = (name: string) => ({ name, description: name, parameters: {} });
  const known = [named('note')];
  const tools: ToolHost = {
    definitions: known,
    ready: answered.promise,
    call: async () => ({ output: '', continues: false }),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const answer = (): void => {
    known.push(named('notes__find'));
    answered.resolve();
  };
  return { tools, answer };
};

const namesOf = (rig: AgentRig): string[] => rig.provider.last.config.tools.map(({ name }) => name);

test('a server of tools that answers soon is known to the model from the beginning', async () => {
  const { tools, answer } = lateTools();
  await using rig = new AgentRig({ tools });
  const connecting = rig.agent.connect(new AbortController().signal);
  await settle();
  assert.equal(rig.provider.sessions.length, 0);
  answer();
  await connecting;
  assert.deepEqual(namesOf(rig), ['note', 'notes__find']);
});

test('one that does not keeps nobody waiting for long, and is told to the model when it has answered', async () => {
  const { tools, answer } = lateTools();
  await using rig = new AgentRig({ tools });
  const connecting = rig.agent.connect(new AbortController().signal);
  await settle();
  rig.clock.advance(1500);
  await connecting;
  assert.deepEqual(rig.asked, ['connected']);
  answer();
  await settle();
  assert.deepEqual(rig.asked, ['connected', 'tools note,notes__find']);
});
