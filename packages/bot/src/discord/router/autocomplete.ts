import type { AutocompleteInteraction } from 'discord.js';
import type { Command, CommandServices } from '../commands/command.ts';

/** Discord's limits (documentation: "Application Command Option Choice"). */
const maxChoices = 25;
const maxLength = 100;

/** Completes what is being typed; a completion that fails completes nothing. @throws what Discord answers. */
export const complete = async (
  interaction: AutocompleteInteraction<'cached'>,
  command: Command,
  services: CommandServices,
): Promise<void> => {
  const { name, value } = interaction.options.getFocused(true);
  const { guildId, user } = interaction;
  let found: readonly string[] = [];
  try {
    found = (await command.suggest[name]?.({ typed: value, guildId, userId: user.id }, services)) ?? [];
  } catch (error) {
    services.logger.warn({ err: error, guildId, command: command.name, option: name }, 'nothing could be completed');
  }
  const fits = found.filter((choice) => choice.length > 0 && choice.length <= maxLength).slice(0, maxChoices);
  await interaction.respond(fits.map((choice) => ({ name: choice, value: choice })));
};
