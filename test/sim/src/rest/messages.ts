/** Turns what a client posts into a message's content, with the API's checks. */
import { asArray, asNumber, asString, isObject, type JsonObject } from '../core/json.ts';
import type { SimChannel } from '../world/channel.ts';
import type { MessageContent, SimAttachment } from '../world/message.ts';
import type { World } from '../world/world.ts';
import type { RequestBody, UploadedFile } from './body.ts';
import { emptyMessage, invalidForm, missingAccess, missingPermissions, tooLarge } from './errors.ts';

const CONTENT_LIMIT = 2_000;
/** Upload limit of a guild without boosts: 10 MiB a file. */
export const UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

export interface MessageMaker {
  readonly world: World;
  /** Keeps an upload and says where it can be fetched. */
  store(id: string, channelId: string, file: UploadedFile, filename: string): SimAttachment;
}

const filenameOf = (file: UploadedFile, json: JsonObject): string => {
  const index = /\d+/.exec(file.field)?.[0];
  const described = asArray(json.attachments)
    .filter(isObject)
    .find((attachment) => String(attachment.id) === index);
  return asString(described?.filename) ?? file.filename;
};

const uploads = (maker: MessageMaker, channel: SimChannel, body: RequestBody, json: JsonObject): SimAttachment[] => {
  if (body.files.some(({ bytes }) => bytes.length > UPLOAD_LIMIT_BYTES)) throw tooLarge();
  return body.files.map((file) => maker.store(maker.world.ids.event(), channel.id, file, filenameOf(file, json)));
};

const checkContent = (content: string): void => {
  if (content.length > CONTENT_LIMIT) throw invalidForm('content', `Must be ${CONTENT_LIMIT} or fewer in length.`);
};

/** `allowed_mentions: {parse: []}` names nobody, whatever the text says. */
const mentions = (maker: MessageMaker, content: string, json: JsonObject): MessageContent['mentions'] => {
  const allowed = json.allowed_mentions;
  const named = maker.world.mentionsIn(content);
  if (!isObject(allowed)) return named;
  const users = asArray(allowed.users);
  return asArray(allowed.parse).includes('users') ? named : named.filter(({ id }) => users.includes(id));
};

/** A new message's content. `json` is the part of the body that describes it. */
export const newContent = (
  maker: MessageMaker,
  channel: SimChannel,
  body: RequestBody,
  json: JsonObject = body.json,
): MessageContent => {
  const content = asString(json.content) ?? '';
  checkContent(content);
  const made: MessageContent = {
    content,
    embeds: asArray(json.embeds),
    components: asArray(json.components),
    attachments: uploads(maker, channel, body, json),
    flags: asNumber(json.flags) ?? 0,
    mentions: mentions(maker, content, json),
  };
  if (!content && made.embeds.length + made.components.length + made.attachments.length === 0) throw emptyMessage();
  return made;
};

/** What an edit changes; a field that is absent stays. */
export const editedContent = (
  maker: MessageMaker,
  channel: SimChannel,
  body: RequestBody,
  before: MessageContent,
  json: JsonObject = body.json,
): Partial<MessageContent> => {
  const content = json.content === null ? '' : asString(json.content);
  if (content !== undefined) checkContent(content);
  const added = uploads(maker, channel, body, json);
  const keptIds = asArray(json.attachments)
    .filter(isObject)
    .map((attachment) => String(attachment.id));
  const kept =
    json.attachments === undefined ? before.attachments : before.attachments.filter(({ id }) => keptIds.includes(id));
  return {
    ...(content !== undefined && { content, mentions: mentions(maker, content, json) }),
    ...(json.embeds !== undefined && { embeds: asArray(json.embeds) }),
    ...(json.components !== undefined && { components: asArray(json.components) }),
    ...((added.length > 0 || kept !== before.attachments) && { attachments: [...kept, ...added] }),
  };
};

/** Throws what Discord answers when the bot may not post such a message here. */
export const checkMayPost = (channel: SimChannel, content: Pick<MessageContent, 'attachments' | 'embeds'>): void => {
  const member = channel.guild?.botMember;
  if (!member) return;
  if (!member.can('ViewChannel', channel)) throw missingAccess();
  if (!member.can('SendMessages', channel)) throw missingPermissions();
  if (content.attachments.length > 0 && !member.can('AttachFiles', channel)) throw missingPermissions();
  if (content.embeds.length > 0 && !member.can('EmbedLinks', channel)) throw missingPermissions();
};
