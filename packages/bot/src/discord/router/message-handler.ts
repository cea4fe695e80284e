import type { Message } from 'discord.js';
import { type Rephraser, shouldSend, type UserMessage } from '../../notify/index.ts';
import type { Answer, Command, CommandServices, Invocation } from '../commands/command.ts';
import { toDiscordMessage } from '../messages.ts';
import { sureEnough } from '../summons/intent.ts';
import type { CommandRunner } from './command-runner.ts';
import { parseText } from './parse-text.ts';
import type { QuestionDesk } from './question-desk.ts';

export interface MessageHandlerOptions {
  readonly services: CommandServices;
  readonly botUserId: string;
  readonly rephraser: Rephraser;
  readonly runner: CommandRunner;
  readonly desk: QuestionDesk;
}

/** Text commands, mentions, and plain words after one. */
export class MessageHandler {
  #options: MessageHandlerOptions;

  constructor(options: MessageHandlerOptions) {
    this.#options = options;
  }

  /** A message in a channel. Not handled: outside guilds, by bots or webhooks, without a member, or not meant for Parley. */
  async handle(message: Message): Promise<void> {
    if (!message.inGuild() || message.author.bot || message.webhookId !== null || !message.member) return;
    const { prefix } = this.#options.services.settings;
    const request = parseText(message.content, prefix, this.#options.botUserId);
    if (!request) return;
    const { guildId, channelId: textChannelId } = message;
    const userId = message.author.id;
    const refused = this.#options.runner.rateLimited(
      guildId,
      userId,
      request.kind === 'unknown' ? null : request.command,
    );
    if (refused) {
      if (refused.tell) await this.#post(message, { message: refused.message });
      return;
    }
    if (request.kind === 'unknown') {
      const { typed, nearest } = request;
      const unknown: UserMessage = { kind: 'unknown_command', details: { typed, nearest, prefix } };
      this.#options.runner.note(unknown, { guildId, userId });
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
    const prepared = this.#options.runner.prepare(command, { kind: 'text', text: rest }, invocation);
    if (prepared.kind === 'refused') return await this.#post(message, { message: prepared.message });
    if (command.personal && command.isFresh) return await this.#offer(message, () => prepared.run());
    const answer = await prepared.run();
    if (!answer) return;
    if (!command.personal || answer.message.kind === 'command_failed') await this.#post(message, answer);
    else await this.#offer(message, async () => answer);
  }

  /** A button that shows an answer to whoever asked, and to nobody else. */
  async #offer(message: Message<true>, answer: () => Promise<Answer | null>): Promise<void> {
    const userId = message.author.id;
    const customId = this.#options.desk.keepAnswer(userId, answer);
    const details = { userId, customId, label: 'Show it to me' };
    await this.#post(message, { message: { kind: 'personal_button', details } });
  }

  /** Plain words that may be a wish: whoever said them is asked. */
  async #askAbout(message: Message<true>, command: Command, invocation: Invocation): Promise<void> {
    const { guildId, userId, intentConfidence } = invocation;
    this.#options.services.logger.info(
      { guildId, userId, command: command.name, intentConfidence },
      'a wish is not sure',
    );
    const yes = async () => {
      const prepared = this.#options.runner.prepare(
        command,
        { kind: 'text', text: '' },
        { ...invocation, via: 'button' },
      );
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

  async #post(message: Message<true>, answer: Answer): Promise<void> {
    const { services, rephraser, desk } = this.#options;
    const { metrics, store } = services;
    const { kind } = answer.message;
    const verbosity = await store.guildSettings.get(message.guildId).then(
      (settings) => settings.verbosity,
      () => services.settings.verbosity,
    );
    if (!shouldSend(answer.message, verbosity)) {
      metrics.messages.inc({ kind, fate: 'suppressed' });
      return;
    }
    const buttons = desk.buttons(message.author.id, answer);
    const text = await rephraser.text(answer.message);
    await message.channel.send(toDiscordMessage(answer.message, answer.files, buttons, text));
    metrics.messages.inc({ kind, fate: 'sent' });
  }
}
