import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  CommandInteractionOption,
  Interaction,
  ModalSubmitInteraction,
} from 'discord.js';
import { MessageFlags } from 'discord.js';
import { lineOfCustomId, type UserMessage } from '../../notify/index.ts';
import { commandNamed } from '../commands/all.ts';
import type { Command, CommandServices, Invocation } from '../commands/command.ts';
import { toDiscordMessage } from '../messages.ts';
import { complete } from './autocomplete.ts';
import type { CommandRunner } from './command-runner.ts';
import { formField, formFor, lineOfFormId } from './form.ts';
import { type ReplyOptions, replaceMessage, reply } from './interaction-reply.ts';
import { parentCommand } from './parent-command.ts';
import { parseLine } from './parse-text.ts';
import type { QuestionDesk } from './question-desk.ts';

export interface InteractionHandlerOptions {
  readonly services: CommandServices;
  readonly runner: CommandRunner;
  readonly desk: QuestionDesk;
}

/** Slash commands, completions, buttons and forms. */
export class InteractionHandler {
  #options: InteractionHandlerOptions;

  constructor(options: InteractionHandlerOptions) {
    this.#options = options;
  }

  /** A slash command, a completion, a button or a form. */
  async handle(interaction: Interaction): Promise<void> {
    if (interaction.isChatInputCommand()) await this.#onSlash(interaction);
    else if (interaction.isAutocomplete()) await this.#onAutocomplete(interaction);
    else if (interaction.isButton()) await this.#onButton(interaction);
    else if (interaction.isModalSubmit()) await this.#onForm(interaction);
  }

  async #onSlash(interaction: ChatInputCommandInteraction): Promise<void> {
    const command = slashCommandOf(interaction);
    if (!interaction.inCachedGuild() || !command) return;
    const refused = this.#options.runner.rateLimited(interaction.guildId, interaction.user.id, command);
    if (refused) return await this.#refuse(interaction, refused.message);
    const invocation = invocationOf(interaction, 'slash');
    const given = { kind: 'values', values: valuesOf(interaction.options.data) } as const;
    const prepared = this.#options.runner.prepare(command, given, invocation);
    if (prepared.kind === 'refused') return await this.#refuse(interaction, prepared.message);
    await reply(interaction, prepared.run(), command.personal, this.#replyOptions(invocation.userId));
  }

  async #onAutocomplete(interaction: AutocompleteInteraction): Promise<void> {
    const command = slashCommandOf(interaction);
    if (!interaction.inCachedGuild() || !command) return;
    await complete(interaction, command, this.#options.services);
  }

  async #onButton(interaction: ButtonInteraction): Promise<void> {
    if (!interaction.inCachedGuild()) return;
    const { customId, user } = interaction;
    const line = lineOfCustomId(customId);
    if (line !== null) await this.#onLine(interaction, line);
    else if (this.#options.desk.isChoice(customId)) await this.#onChoice(interaction);
    else if (this.#options.desk.isAnswer(customId)) {
      const opened = this.#options.desk.openAnswer(customId, user.id);
      if (opened.kind !== 'open') return await this.#refuse(interaction, closed(opened.kind));
      await reply(interaction, opened.value(), true, this.#replyOptions(user.id));
    } else if (this.#options.services.questions.owns(customId)) {
      const pressed = this.#options.services.questions.press(customId, user.id);
      if (pressed.kind !== 'taken') return await this.#refuse(interaction, closed(pressed.kind));
      await interaction.update(toDiscordMessage(pressed.message));
    }
  }

  async #onChoice(interaction: ButtonInteraction<'cached'>): Promise<void> {
    const { guildId, user, customId } = interaction;
    const opened = this.#options.desk.choose(customId, user.id);
    if (opened.kind !== 'open') return await this.#refuse(interaction, closed(opened.kind));
    const answering = this.#options.runner.runChoice({ guildId, userId: user.id, command: null }, opened.value);
    await replaceMessage(interaction, answering, this.#replyOptions(user.id));
  }

  /** A button that stands for a text command; a text it lacks is asked for in a form. */
  async #onLine(interaction: ButtonInteraction<'cached'>, line: string): Promise<void> {
    const parsed = parseLine(line);
    if (!parsed) return await this.#refuse(interaction, closed('expired'));
    const { command, rest } = parsed;
    const read = command.prepare({ kind: 'text', text: rest });
    const missing = read.kind === 'wrong' && read.problem.code === 'missing' ? read.problem.option : null;
    const form = missing === null ? null : formFor(command, missing, line);
    if (form) await interaction.showModal(form);
    else await this.#runLine(interaction, command, rest);
  }

  async #onForm(interaction: ModalSubmitInteraction): Promise<void> {
    const line = lineOfFormId(interaction.customId);
    if (!interaction.inCachedGuild() || line === null) return;
    const parsed = parseLine(line);
    if (!parsed) return await this.#refuse(interaction, closed('expired'));
    const value = interaction.fields.getTextInputValue(formField);
    await this.#runLine(interaction, parsed.command, `${parsed.rest} ${value}`);
  }

  async #runLine(
    interaction: ButtonInteraction<'cached'> | ModalSubmitInteraction<'cached'>,
    command: Command,
    text: string,
  ): Promise<void> {
    const refused = this.#options.runner.rateLimited(interaction.guildId, interaction.user.id, command);
    if (refused) return await this.#refuse(interaction, refused.message);
    const invocation = invocationOf(interaction, 'button');
    const prepared = this.#options.runner.prepare(command, { kind: 'text', text }, invocation);
    if (prepared.kind === 'refused') return await this.#refuse(interaction, prepared.message);
    await reply(interaction, prepared.run(), command.personal, this.#replyOptions(invocation.userId));
  }

  /** Refusals concern whoever asked, nobody else. */
  async #refuse(
    interaction: ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction,
    message: UserMessage,
  ): Promise<void> {
    await interaction.reply({ ...toDiscordMessage(message), flags: MessageFlags.Ephemeral });
  }

  #replyOptions(userId: string): ReplyOptions {
    return { clock: this.#options.services.clock, buttons: (answer) => this.#options.desk.buttons(userId, answer) };
  }
}

/** Somebody else's button, or one whose time is over. */
const closed = (why: 'not_yours' | 'expired'): UserMessage =>
  why === 'not_yours' ? { kind: 'not_your_button', details: {} } : { kind: 'button_expired', details: {} };

const invocationOf = (
  interaction: { readonly guildId: string; readonly channelId: string | null; readonly user: { readonly id: string } },
  via: 'slash' | 'button',
): Invocation => ({
  via,
  guildId: interaction.guildId,
  textChannelId: interaction.channelId ?? '',
  userId: interaction.user.id,
  intentConfidence: 1,
});

const slashCommandOf = (interaction: ChatInputCommandInteraction | AutocompleteInteraction): Command | null =>
  commandNamed(
    interaction.commandName === parentCommand
      ? (interaction.options.getSubcommand(false) ?? '')
      : interaction.commandName,
  );

/** The values of a slash command by name; those of a subcommand stand one level deeper. */
const valuesOf = (data: readonly CommandInteractionOption[]): Record<string, unknown> => {
  const [first] = data;
  const options = first?.options ?? data;
  return Object.fromEntries(options.map(({ name, value }) => [name, value]));
};
