import { basename } from 'node:path';
import {
  AttachmentBuilder,
  type Client,
  DiscordAPIError,
  type Message,
  type MessageCreateOptions,
  RESTJSONErrorCodes,
  Routes,
  type SendableChannels,
} from 'discord.js';
import { type Button, compose, textOf, type UserMessage } from '../notify/index.ts';
import type { OutgoingFile, SentMessage } from '../session/discord-port.ts';
import type { TextFile } from './commands/command.ts';

/** Bytes an attachment may have in a guild, by its boosts (Discord: "Server Boosting"; 10 MiB without). */
const uploadLimits: Readonly<Record<number, number>> = { 0: 10, 1: 10, 2: 50, 3: 100 };
const mebibyte = 1024 * 1024;

export const uploadLimitOf = (premiumTier: number): number => (uploadLimits[premiumTier] ?? 10) * mebibyte;

/** A message as discord.js takes it. A text longer than Discord takes comes as a file as well; an edit takes old buttons away. */
export const toDiscordMessage = (
  message: UserMessage,
  files: readonly (OutgoingFile | TextFile)[] = [],
  buttons: readonly Button[] = [],
  text: string = textOf(message),
) => {
  const { content, allowedMentions, components, wholeText } = compose(message, buttons, text);
  const attached = wholeText === null ? files : [...files, { name: `${message.kind}.txt`, text: wholeText }];
  return {
    content,
    allowedMentions: { ...allowedMentions },
    components,
    ...(attached.length === 0 ? {} : { files: attached.map(attachmentOf) }),
  } satisfies MessageCreateOptions;
};

const attachmentOf = (file: OutgoingFile | TextFile): AttachmentBuilder =>
  'text' in file
    ? new AttachmentBuilder(Buffer.from(file.text, 'utf8'), { name: file.name })
    : new AttachmentBuilder(file.path, { name: file.name || basename(file.path) });

/** Posts into a text channel, in the words of `text` where they are not the template's. @throws what Discord answers, or that the channel is gone. */
export const postMessage = async (
  client: Client<true>,
  channelId: string,
  message: UserMessage,
  files?: readonly OutgoingFile[],
  text?: string,
): Promise<SentMessage> => {
  const channel = client.channels.cache.get(channelId) ?? (await client.channels.fetch(channelId));
  if (!channel?.isSendable()) throw new Error('the text channel is gone, or Parley may not write there');
  return await send(channel, message, files, text);
};

/** Posts into somebody's direct messages. @throws when they do not take any from this bot. */
export const postDirectMessage = async (
  client: Client<true>,
  userId: string,
  message: UserMessage,
  files?: readonly OutgoingFile[],
): Promise<SentMessage> => {
  const channel = await client.users.createDM(userId);
  return await send(channel, message, files);
};

const send = async (channel: SendableChannels, message: UserMessage, files?: readonly OutgoingFile[], text?: string) =>
  sentMessageOf(await channel.send(toDiscordMessage(message, files, [], text)));

/** A message posted earlier, to be edited. */
export const messageById = (client: Client<true>, channelId: string, messageId: string): SentMessage => ({
  id: messageId,
  channelId,
  edit: async (message, files) => {
    const channel = client.channels.cache.get(channelId) ?? (await client.channels.fetch(channelId));
    if (!channel?.isSendable()) throw new Error('the text channel is gone, or Parley may not write there');
    await channel.messages.edit(messageId, toDiscordMessage(message, files));
  },
});

const sentMessageOf = (sent: Message): SentMessage => ({
  id: sent.id,
  channelId: sent.channelId,
  edit: async (message, files) => {
    await sent.edit(toDiscordMessage(message, files));
  },
});

/** There is no message any more, nor the channel it stood in. */
const goneCodes: ReadonlySet<unknown> = new Set([RESTJSONErrorCodes.UnknownChannel, RESTJSONErrorCodes.UnknownMessage]);

const outOfReach = 'I have no access to their channel any more; give it back to me, or delete them by hand';

/**
 * Deletes a message of the bot's own; one that is gone already counts as deleted.
 * @throws what else Discord answers; a message the bot may not reach still stands there for others, and says so
 */
export const deleteMessage = async (client: Client<true>, channelId: string, messageId: string): Promise<void> => {
  try {
    await client.rest.delete(Routes.channelMessage(channelId, messageId));
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (error.code === RESTJSONErrorCodes.MissingAccess) throw new Error(outOfReach, { cause: error });
    if (!goneCodes.has(error.code)) throw error;
  }
};
