import type { Interaction, Message } from 'discord.js';
import type { Rephraser } from '../../notify/index.ts';
import type { CommandServices } from '../commands/command.ts';
import { CommandRunner } from './command-runner.ts';
import { InteractionHandler } from './interaction-handler.ts';
import { MessageHandler } from './message-handler.ts';
import { QuestionDesk } from './question-desk.ts';

export interface RouterOptions extends CommandServices {
  readonly botUserId: string;
  readonly rephraser: Rephraser;
}

/** From what arrives to the handler of the command, and its answer back: slash commands, text commands, buttons, forms. */
export class CommandRouter {
  #messages: MessageHandler;
  #interactions: InteractionHandler;

  constructor(options: RouterOptions) {
    const { botUserId, rephraser } = options;
    const runner = new CommandRunner(options);
    const desk = new QuestionDesk(options.clock);
    this.#messages = new MessageHandler({ services: options, botUserId, rephraser, runner, desk });
    this.#interactions = new InteractionHandler({ services: options, runner, desk });
  }

  /** A message in a channel. @throws what Discord answers. */
  async onMessage(message: Message): Promise<void> {
    await this.#messages.handle(message);
  }

  /** A slash command, a completion, a button or a form. @throws what Discord answers. */
  async onInteraction(interaction: Interaction): Promise<void> {
    await this.#interactions.handle(interaction);
  }
}
