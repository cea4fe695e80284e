import { createHash } from 'node:crypto';
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/index.ts';
import { commands } from './all.ts';

/** The slash commands as Discord registers them: in guilds only, without any permission asked of the user there. */
export const slashDefinitions = (): RESTPostAPIChatInputApplicationCommandsJSONBody[] =>
  commands.map(({ name, says, scoped }) => ({
    type: ApplicationCommandType.ChatInput,
    name,
    description: says,
    contexts: [InteractionContextType.Guild],
    ...(scoped
      ? {
          options: [
            {
              type: ApplicationCommandOptionType.Boolean,
              name: 'everywhere',
              description: 'on every server, not only here',
              required: false,
            },
          ],
        }
      : {}),
  }));

/**
 * Registers the commands globally, only when they differ from what was registered last: Discord allows 200 registrations a day.
 * @throws what Discord answers; the next start tries again.
 */
export const registerSlashCommands = async (
  put: (definitions: RESTPostAPIChatInputApplicationCommandsJSONBody[]) => Promise<unknown>,
  applicationId: string,
  store: Pick<Store, 'meta'>,
  logger: Logger,
): Promise<'registered' | 'unchanged'> => {
  const definitions = slashDefinitions();
  const hash = createHash('sha256').update(JSON.stringify(definitions)).digest('hex');
  const key = `slash_commands:${applicationId}`;
  const known = await store.meta.get(key).catch(() => null);
  if (known === hash) return 'unchanged';
  await put(definitions);
  await store.meta.set(key, hash).catch((error: unknown) => logger.warn({ err: error }, 'command hash not kept'));
  logger.info({ commands: definitions.length }, 'slash commands registered');
  return 'registered';
};
