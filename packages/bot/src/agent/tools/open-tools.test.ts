import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { parseSettings } from '../../config/index.ts';
import { alice, bob } from '../../testing/index.ts';
import { ToolsRig } from '../testing/tools-rig.ts';
import { referenceServer } from './mcp/testing/reference-server.ts';
import { defineTool } from './tool.ts';

const names = ({ tools }: ToolsRig): string[] => tools.definitions.map(({ name }) => name);

test('the tools of an MCP server of the settings are there when it has answered, for whom the settings say', async () => {
  await using reference = await referenceServer();
  const server = { name: 'every', url: reference.url, allowPrivate: true, right: 'manage' } as const;
  await using the = await ToolsRig.live({ services: { settings: parseSettings({ agent: { mcpServers: [server] } }) } });
  assert.equal(names(the).includes('every__echo'), false);
  await the.tools.ready;
  assert.ok(names(the).includes('every__echo'));
  assert.ok(names(the).includes('who_is_here'));
  const said = await the.rig.drive(the.call('every__echo', { message: 'hello there' }, [alice]));
  assert.match(said.result ?? '', /hello there/);
  assert.equal((await the.call('every__echo', { message: 'x' }, [alice, bob])).error, 'not_permitted');
});

test('a server that cannot be reached takes nothing away, and does not keep the agent waiting', async () => {
  const server = { name: 'gone', url: 'http://127.0.0.1:1/mcp', allowPrivate: true } as const;
  await using the = await ToolsRig.live({ services: { settings: parseSettings({ agent: { mcpServers: [server] } }) } });
  await the.tools.ready;
  assert.ok(names(the).includes('who_is_here'));
  assert.equal(
    names(the).some((name) => name.startsWith('gone')),
    false,
  );
});

test('a tool that cannot be undone is done when one who asked for it presses yes', async () => {
  let done = 0;
  const burn = defineTool({
    ...{ name: 'burn', says: 'burns it down', args: z.strictObject({}), right: 'heard' },
    question: () => 'Shall I burn it down?',
    run: async () => {
      done += 1;
      return 'burnt';
    },
  });
  await using the = await ToolsRig.live({ services: { more: () => [burn] } });
  const answered = async (index: number) => {
    const before = the.rig.discord.said('agent_question').length;
    const calling = the.call('burn', {}, [bob]);
    await the.rig.until('asked', () => the.rig.discord.said('agent_question').length > before);
    const question = the.rig.discord.said('agent_question').at(-1);
    assert.ok(question?.kind === 'agent_question');
    assert.deepEqual([question.details.text, question.details.userIds], ['Shall I burn it down?', [bob]]);
    const button = question.details.buttons[index] ?? assert.fail();
    assert.ok('customId' in button);
    assert.equal(the.questions.press(button.customId, alice).kind, 'not_yours');
    the.questions.press(button.customId, bob);
    return await calling;
  };
  assert.equal((await answered(1)).error, 'declined');
  assert.equal(done, 0);
  assert.equal((await answered(0)).result, 'burnt');
  assert.equal((await the.call('burn', {}, [])).error, 'declined', 'of its own accord nobody can say yes');
  assert.equal(done, 1);
});
