import type { Clock } from '@parley/protocol';
import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { Button } from '../../notify/index.ts';
import { settlesWithin } from '../../vox/settles-within.ts';
import type { Answer } from '../commands/command.ts';
import { toDiscordMessage } from '../messages.ts';

/** Discord wants to hear something within 3 s; what takes longer than this is deferred first, milliseconds. */
const deferAfterMs = 1200;

type Replyable = ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction;

export interface ReplyOptions {
  readonly clock: Clock;
  /** Buttons for the choices of an answer. */
  readonly buttons: (answer: Answer) => readonly Button[];
}

const bodyOf = (answer: Answer, { buttons }: ReplyOptions) =>
  toDiscordMessage(answer.message, answer.files, buttons(answer));

/** Answers with a message of its own; null: there is nothing to say. @throws what Discord answers. */
export const reply = async (
  interaction: Replyable,
  answering: Promise<Answer | null>,
  ephemeral: boolean,
  options: ReplyOptions,
): Promise<void> => {
  const flags = ephemeral ? ({ flags: MessageFlags.Ephemeral } as const) : {};
  if (await settlesWithin(options.clock, deferAfterMs, answering)) {
    const answer = await answering;
    if (answer) {
      await interaction.reply({ ...bodyOf(answer, options), ...flags });
      return;
    }
  }
  await interaction.deferReply(flags);
  const answer = await answering;
  if (answer) await interaction.editReply(bodyOf(answer, options));
  else await interaction.deleteReply();
};

/** Puts the answer in the place of the message that was clicked in; null takes that message away. @throws what Discord answers. */
export const replaceMessage = async (
  interaction: ButtonInteraction,
  answering: Promise<Answer | null>,
  options: ReplyOptions,
): Promise<void> => {
  if (await settlesWithin(options.clock, deferAfterMs, answering)) {
    const answer = await answering;
    if (answer) {
      await interaction.update(bodyOf(answer, options));
      return;
    }
  }
  await interaction.deferUpdate();
  const answer = await answering;
  if (answer) await interaction.editReply(bodyOf(answer, options));
  else await interaction.deleteReply();
};
