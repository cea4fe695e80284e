import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import type { Interaction } from 'discord.js';
import { alice, bob, guildA, textA } from '../../testing/fake-discord.ts';
import type { CommandServices } from '../commands/command.ts';
import type { CommandRunner } from './command-runner.ts';
import { InteractionHandler } from './interaction-handler.ts';
import { QuestionDesk } from './question-desk.ts';

test('a button of a question of the agent is taken from who may answer it, in its place', async () => {
  const said: string[] = [];
  const handler = new InteractionHandler({
    // Of all that a handler may use, a question uses what is here.
    services: {
      questions: {
        owns: (id: string) => id.startsWith('parley:question:'),
        press: (_: string, userId: string) =>
          userId === alice
            ? {
                kind: 'taken',
                message: {
                  kind: 'agent_question_over',
                  details: { text: 'May I?', outcome: 'chosen', choice: 'Yes', userId },
                },
              }
            : { kind: 'not_yours' },
      },
    } as unknown as CommandServices,
    runner: {} as CommandRunner,
    desk: new QuestionDesk(new FakeClock()),
  });
  const press = (userId: string) =>
    handler.handle({
      ...{ isChatInputCommand: () => false, isAutocomplete: () => false, isModalSubmit: () => false },
      ...{ isButton: () => true, inCachedGuild: () => true, guildId: guildA, channelId: textA, user: { id: userId } },
      customId: 'parley:question:1:0',
      update: async ({ content }: { content: string }) => void said.push(`instead: ${content}`),
      reply: async ({ content }: { content: string }) => void said.push(content),
    } as unknown as Interaction);
  await press(bob);
  await press(alice);
  assert.deepEqual(said, [
    'This button is for somebody else. Type the command yourself.',
    `instead: ❔ \`May I?\` \`Yes\` (<@${alice}>)`,
  ]);
});
