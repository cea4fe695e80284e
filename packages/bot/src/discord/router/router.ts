import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  CommandInteractionOption,
  Interaction,
  Message,
  ModalSubmitInteraction,
} from 'discord.js';
import { MessageFlags } from 'discord.js';
import { lineOfCustomId, type Rephraser, shouldSend, type UserMessage } from '../../notify/index.ts';
import { commandNamed } from '../commands/all.ts';
import type { Answer, Command, CommandServices, Invocation } from '../commands/command.ts';
import { toDiscordMessage } from '../messages.ts';
import { sureEnough } from '../summons/intent.ts';
import { complete } from './autocomplete.ts';
import { CommandRunner } from './command-runner.ts';
import { formField, formFor, lineOfFormId } from './form.ts';
import { type ReplyOptions, replaceMessage, reply } from './interaction-reply.ts';
import { parentCommand } from './parent-command.ts';
import { parseLine, parseText } from './parse-text.ts';
import { QuestionDesk } from './question-desk.ts';

export interface RouterOptions extends CommandServices {
  readonly botUserId: string;
  readonly rephraser: Rephraser;
}

/** From what arrives to the handler of the command, and its answer back: slash commands, text commands, buttons, forms. */
export class CommandRouter {
  #options: RouterOptions;
  #runner: CommandRunner;
  #desk: QuestionDesk;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#runner = new CommandRunner(options);
    this.#desk = new QuestionDesk(options.clock);
  }

  /** A message in a channel. Not handled: outside guilds, by bots or webhooks, without a member, or not meant for Parley. */
  async onMessage(message: Message): Promise<void> {
    if (!message.inGuild() || message.author.bot || message.webhookId !== null || !message.member) return;
    const { prefix } = this.#options.settings;
    const request = parseText(message.content, prefix, this.#options.botUserId);
    if (!request) return;
    const { guildId, channelId: textChannelId } = message;
    const userId = message.author.id;
    const refused = this.#runner.rateLimited(guildId, userId, request.kind === 'unknown' ? null : request.command);
    if (refused) {
      if (refused.tell) await this.#post(message, { message: refused.message });
      return;
    }
    if (request.kind === 'unknown') {
      const { typed, nearest } = request;
      const unknown: UserMessage = { kind: 'unknown_command', details: { typed, nearest, prefix } };
      this.#runner.note(unknown, { guildId, userId });
      await this.#post(message, { message: unknown });
      return;
    }
    const { command } = request;
    const asked = { guildId, textChannelId, userId };
    if (request.kind === 'intent' && request.confidence < sureEnough) {
      return await this.#askAbout(message, command, { ...asked, via: 'mention', intentConfidence: request.confidence });
    }
    const { via, rest, confidence } =
      request.kind === 'intent' ? ({ ...request, via: 'mention', rest: '' } as const) : { ...request, confidence: 1 };
    const invocation: Invocation = { ...asked, via, intentConfidence: confidence };
    const prepared = this.#runner.prepare(command, { kind: 'text', text: rest }, invocation);
    if (prepared.kind === 'refused') return await this.#post(message, { message: prepared.message });
    const answer = await prepared.run();
    if (!answer) return;
    if (!command.personal || answer.message.kind === 'command_failed') await this.#post(message, answer);
    else {
      const customId = this.#desk.keepAnswer(userId, answer);
      const details = { userId, customId, label: 'Show it to me' };
      await this.#post(message, { message: { kind: 'personal_button', details } });
    }
  }

  /** Plain words that may be a wish: whoever said them is asked. */
  async #askAbout(message: Message<true>, command: Command, invocation: Invocation): Promise<void> {
    const { guildId, userId, intentConfidence } = invocation;
    this.#options.logger.info({ guildId, userId, command: command.name, intentConfidence }, 'a wish is not sure');
    const yes = async () => {
      const prepared = this.#runner.prepare(command, { kind: 'text', text: '' }, { ...invocation, via: 'button' });
      return prepared.kind === 'refused' ? prepared.message : await prepared.run();
    };
    await this.#post(message, {
      message: { kind: 'intent_question', details: { command: command.name, says: command.says } },
      choices: [
        { label: 'Yes', style: 'green', run: yes },
        { label: 'No', run: async () => null },
      ],
    });
  }

  /** A slash command, a completion, a button or a form. */
  async onInteraction(interaction: Interaction): Promise<void> {
    if (interaction.isChatInputCommand()) await this.#onSlash(interaction);
    else if (interaction.isAutocomplete()) await this.#onAutocomplete(interaction);
    else if (interaction.isButton()) await this.#onButton(interaction);
    else if (interaction.isModalSubmit()) await this.#onForm(interaction);
  }

  async #onSlash(interaction: ChatInputCommandInteraction): Promise<void> {
    const command = slashCommandOf(interaction);
    if (!interaction.inCachedGuild() || !command) return;
    const refused = this.#runner.rateLimited(interaction.guildId, interaction.user.id, command);
    if (refused) return await this.#refuse(interaction, refused.message);
    const invocation = invocationOf(interaction, 'slash');
    const given = { kind: 'values', values: valuesOf(interaction.options.data) } as const;
    const prepared = this.#runner.prepare(command, given, invocation);
    if (prepared.kind === 'refused') return await this.#refuse(interaction, prepared.message);
    await reply(interaction, prepared.run(), command.personal, this.#replyOptions(invocation.userId));
  }

  async #onAutocomplete(interaction: AutocompleteInteraction): Promise<void> {
    const command = slashCommandOf(interaction);
    if (!interaction.inCachedGuild() || !command) return;
    await complete(interaction, command, this.#options);
  }

  async #onButton(interaction: ButtonInteraction): Promise<void> {
    if (!interaction.inCachedGuild()) return;
    const { customId, user } = interaction;
    const line = lineOfCustomId(customId);
    if (line !== null) await this.#onLine(interaction, line);
    else if (this.#desk.isChoice(customId)) await this.#onChoice(interaction);
    else if (this.#desk.isAnswer(customId)) {
      const opened = this.#desk.openAnswer(customId, user.id);
      if (opened.kind !== 'open') return await this.#refuse(interaction, closed(opened.kind));
      await reply(interaction, Promise.resolve(opened.value), true, this.#replyOptions(user.id));
    }
  }

  async #onChoice(interaction: ButtonInteraction<'cached'>): Promise<void> {
    const { guildId, user, customId } = interaction;
    const opened = this.#desk.choose(customId, user.id);
    if (opened.kind !== 'open') return await this.#refuse(interaction, closed(opened.kind));
    const answering = this.#runner.runChoice({ guildId, userId: user.id, command: null }, opened.value);
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
    const refused = this.#runner.rateLimited(interaction.guildId, interaction.user.id, command);
    if (refused) return await this.#refuse(interaction, refused.message);
    const invocation = invocationOf(interaction, 'button');
    const prepared = this.#runner.prepare(command, { kind: 'text', text }, invocation);
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
    return { clock: this.#options.clock, buttons: (answer) => this.#buttons(userId, answer) };
  }

  #buttons(userId: string, { buttons = [], choices = [] }: Answer) {
    return [...this.#desk.ask(userId, choices), ...buttons];
  }

  async #post(message: Message<true>, answer: Answer): Promise<void> {
    const { metrics, store, rephraser } = this.#options;
    const { kind } = answer.message;
    const verbosity = await store.guildSettings.get(message.guildId).then(
      (settings) => settings.verbosity,
      () => this.#options.settings.verbosity,
    );
    if (!shouldSend(answer.message, verbosity)) {
      metrics.messages.inc({ kind, fate: 'suppressed' });
      return;
    }
    const buttons = this.#buttons(message.author.id, answer);
    const text = await rephraser.text(answer.message);
    await message.channel.send(toDiscordMessage(answer.message, answer.files, buttons, text));
    metrics.messages.inc({ kind, fate: 'sent' });
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
