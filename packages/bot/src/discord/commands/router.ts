import type { Clock } from '@parley/protocol';
import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type Message,
  MessageFlags,
} from 'discord.js';
import type { Metrics } from '../../http/metrics.ts';
import type { Logger } from '../../log.ts';
import { shouldSend, type UserMessage, UserRateLimiter } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import type { Store } from '../../store/index.ts';
import { settlesWithin } from '../../vox/settles-within.ts';
import { toDiscordMessage } from '../messages.ts';
import { commandNamed } from './all.ts';
import type { Command, CommandServices, Invocation } from './command.ts';
import { parseText } from './parse-text.ts';
import { PersonalAnswers } from './personal-answers.ts';

/** Discord wants to hear something within 3 s; a command that takes longer than this is deferred first, milliseconds. */
const deferAfterMs = 1200;

export interface RouterOptions extends CommandServices {
  readonly botUserId: string;
  readonly store: Pick<Store, 'guildSettings'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** From what arrives to the handler of the command, and its answer back: slash commands, text commands, buttons. */
export class CommandRouter {
  #options: RouterOptions;
  #limiter: UserRateLimiter;
  #answers: PersonalAnswers;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#limiter = new UserRateLimiter(options.clock);
    this.#answers = new PersonalAnswers(options.clock);
  }

  /** A message in a channel. Not handled: outside guilds, by bots or webhooks, without a member, or not meant for Parley. */
  async onMessage(message: Message): Promise<void> {
    if (!message.inGuild() || message.author.bot || message.webhookId !== null || !message.member) return;
    const request = parseText(message.content, this.#options.settings.prefix, this.#options.botUserId);
    if (!request) return;
    const { guildId, channelId: textChannelId } = message;
    const userId = message.author.id;
    const say = (answer: UserMessage) => this.#post(message, answer);
    const refused = this.#rateLimited(userId, request.kind === 'command' ? request.command : null);
    if (refused) {
      if (refused.tell) await say(refused.message);
      return;
    }
    if (request.kind === 'unknown') {
      const { typed, nearest } = request;
      await say({ kind: 'unknown_command', details: { typed, nearest, prefix: this.#options.settings.prefix } });
      return;
    }
    const { via, command, everywhere } = request;
    const answer = await this.#run(command, { via, guildId, textChannelId, userId, everywhere });
    if (!answer) return;
    if (!command.personal || answer.kind === 'command_failed') await say(answer);
    else {
      const customId = this.#answers.keep(userId, answer);
      await say({ kind: 'personal_button', details: { userId, customId, label: 'Show it to me' } });
    }
  }

  /** A slash command or a button. */
  async onInteraction(interaction: Interaction): Promise<void> {
    if (interaction.isChatInputCommand()) await this.#onSlash(interaction);
    else if (interaction.isButton() && PersonalAnswers.owns(interaction.customId)) await this.#onButton(interaction);
  }

  async #onSlash(interaction: ChatInputCommandInteraction): Promise<void> {
    const command = commandNamed(interaction.commandName);
    if (!interaction.inCachedGuild() || !command) return;
    const { guildId, channelId: textChannelId, user } = interaction;
    const refused = this.#rateLimited(user.id, command);
    if (refused) {
      await interaction.reply({ ...toDiscordMessage(refused.message), flags: MessageFlags.Ephemeral });
      return;
    }
    const everywhere = command.scoped && (interaction.options.getBoolean('everywhere') ?? false);
    const answering = this.#run(command, { via: 'slash', guildId, textChannelId, userId: user.id, everywhere });
    const flags = command.personal ? ({ flags: MessageFlags.Ephemeral } as const) : {};
    if (await settlesWithin(this.#options.clock, deferAfterMs, answering)) {
      const answer = await answering;
      if (answer) await interaction.reply({ ...toDiscordMessage(answer), ...flags });
      return;
    }
    await interaction.deferReply(flags);
    const answer = await answering;
    if (answer) await interaction.editReply(toDiscordMessage(answer));
    else await interaction.deleteReply();
  }

  async #onButton(interaction: ButtonInteraction): Promise<void> {
    const answer = this.#answers.open(interaction.customId, interaction.user.id);
    const message: UserMessage =
      answer.kind === 'open'
        ? answer.message
        : answer.kind === 'not_yours'
          ? { kind: 'not_your_button', details: {} }
          : { kind: 'command_failed', details: { error: 'this answer is no longer kept; give the command again' } };
    await interaction.reply({ ...toDiscordMessage(message), flags: MessageFlags.Ephemeral });
  }

  async #run(command: Command, invocation: Invocation): Promise<UserMessage | null> {
    const { logger } = this.#options;
    const { guildId, userId, via } = invocation;
    logger.info({ guildId, userId, via, command: command.name }, 'command');
    try {
      return await command.run(invocation, this.#options);
    } catch (error) {
      logger.error({ guildId, userId, command: command.name, err: error }, 'a command failed');
      return { kind: 'command_failed', details: { error: shortError(error) } };
    }
  }

  async #post(message: Message<true>, answer: UserMessage): Promise<void> {
    const { metrics, store } = this.#options;
    const verbosity = await store.guildSettings.get(message.guildId).then(
      (settings) => settings.verbosity,
      () => this.#options.settings.verbosity,
    );
    if (!shouldSend(answer, verbosity)) {
      metrics.messages.inc({ kind: answer.kind, fate: 'suppressed' });
      return;
    }
    await message.channel.send(toDiscordMessage(answer));
    metrics.messages.inc({ kind: answer.kind, fate: 'sent' });
  }

  /** Consent has a measure of its own: whoever asked too much of the rest can still opt out at once. */
  #rateLimited(userId: string, command: Command | null): { tell: boolean; message: UserMessage } | null {
    const decision = this.#limiter.take(command?.scoped ? `${userId} consent` : userId);
    if (decision.allowed) return null;
    this.#options.metrics.rateLimited.inc();
    const { retryAfterMs, tell } = decision;
    return { tell, message: { kind: 'rate_limited', details: { retryAfterMs } } };
  }
}
