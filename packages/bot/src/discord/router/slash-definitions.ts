import { createHash } from 'node:crypto';
import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { Logger } from '../../log.ts';
import { topLevelCommands } from '../../notify/index.ts';
import type { Store } from '../../store/index.ts';
import type { Option } from '../arguments/option.ts';
import { commands } from '../commands/all.ts';
import type { Command } from '../commands/command.ts';
import { parentCommand } from './parent-command.ts';

/** The slash commands as Discord registers them: in guilds only, without any permission asked of the user there. */
export const slashDefinitions = (): RESTPostAPIChatInputApplicationCommandsJSONBody[] => {
  const own = commands.filter(({ name }) => topLevelCommands.has(name));
  const others = commands.filter(({ name }) => !topLevelCommands.has(name));
  return [
    ...own.map((command) => ({ ...topLevel(command.name, command.says), options: optionsOf(command) })),
    { ...topLevel(parentCommand, 'everything else Parley does'), options: others.map(subcommand) },
  ];
};

const topLevel = (name: string, description: string): RESTPostAPIChatInputApplicationCommandsJSONBody => ({
  type: ApplicationCommandType.ChatInput,
  name,
  description,
  contexts: [InteractionContextType.Guild],
});

const subcommand = (command: Command): APIApplicationCommandSubcommandOption => ({
  type: ApplicationCommandOptionType.Subcommand,
  name: command.name,
  description: command.says,
  options: optionsOf(command),
});

/** Discord wants the required ones first. */
const optionsOf = ({ options, suggest }: Command): APIApplicationCommandBasicOption[] =>
  Object.entries(options)
    .toSorted(([, a], [, b]) => Number(b.required ?? false) - Number(a.required ?? false))
    .map(([name, option]) => optionOf(name, option, suggest[name] !== undefined));

const optionOf = (name: string, option: Option, isCompleted: boolean): APIApplicationCommandBasicOption => {
  const base = { name, description: option.says, required: option.required ?? false };
  switch (option.kind) {
    case 'choice':
      return {
        ...base,
        type: ApplicationCommandOptionType.String,
        choices: option.choices.map((choice) => ({ name: choice, value: choice })),
      };
    case 'integer':
      return { ...base, type: ApplicationCommandOptionType.Integer, min_value: option.min, max_value: option.max };
    case 'flag':
      return { ...base, type: ApplicationCommandOptionType.Boolean };
    case 'user':
      return { ...base, type: ApplicationCommandOptionType.User };
    case 'word':
    case 'text':
      return {
        ...base,
        type: ApplicationCommandOptionType.String,
        max_length: option.maxLength,
        ...(isCompleted ? { autocomplete: true as const } : {}),
      } as APIApplicationCommandBasicOption;
  }
};

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
