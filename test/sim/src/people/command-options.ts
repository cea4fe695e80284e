import { asArray, asString, isObject, type Json, type JsonObject } from '../core/json.ts';
import { SimError } from '../errors.ts';
import { SimChannel } from '../world/channel.ts';
import type { SimGuild } from '../world/guild.ts';
import { channelPayload, memberPayload, rolePayload, userPayload } from '../world/payloads.ts';
import { SimRole } from '../world/role.ts';

/** A value given to a command's option. */
export type OptionValue = string | number | boolean | SimChannel | SimRole | { readonly userId: string };

const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

const find = (options: Json | undefined, name: string): JsonObject | undefined =>
  asArray(options)
    .filter(isObject)
    .find((option) => option.name === name);

/** The id under which a value is sent; primitives are sent as they are. */
const toWire = (value: OptionValue): string | number | boolean => {
  if (typeof value !== 'object') return value;
  return 'userId' in value ? value.userId : value.id;
};

const fill = (definition: JsonObject, values: Readonly<Record<string, OptionValue>>, focused?: string): JsonObject[] =>
  Object.entries(values).map(([name, value]) => {
    const option = find(definition.options, name);
    if (!option) {
      throw new SimError('unknown_command', `Command ${asString(definition.name)} has no option "${name}".`);
    }
    return { name, type: option.type, value: toWire(value), ...(name === focused && { focused: true }) };
  });

/** Builds the nested options of an interaction from `name sub` and values. */
export const buildOptions = (
  command: JsonObject,
  path: readonly string[],
  values: Readonly<Record<string, OptionValue>>,
  focused?: string,
): JsonObject[] => {
  const [head, ...rest] = path;
  if (head === undefined) return fill(command, values, focused);
  const sub = find(command.options, head);
  if (!sub || (sub.type !== SUBCOMMAND && sub.type !== SUBCOMMAND_GROUP)) {
    throw new SimError('unknown_command', `Command ${asString(command.name)} has no subcommand "${head}".`);
  }
  return [{ name: head, type: sub.type, options: buildOptions(sub, rest, values, focused) }];
};

/** What Discord sends along so that the bot need not look the named things up. */
export const resolveValues = (guild: SimGuild, values: readonly OptionValue[]): JsonObject => {
  const users: Record<string, JsonObject> = {};
  const members: Record<string, JsonObject> = {};
  const channels: Record<string, JsonObject> = {};
  const roles: Record<string, JsonObject> = {};
  for (const value of values) {
    if (value instanceof SimChannel) channels[value.id] = { ...channelPayload(value), permissions: '0' };
    else if (value instanceof SimRole) roles[value.id] = rolePayload(value);
    else if (typeof value === 'object') {
      const member = guild.members.get(value.userId);
      if (!member) continue;
      users[value.userId] = userPayload(member.user);
      const { user: _, ...partial } = memberPayload(member);
      members[value.userId] = { ...partial, permissions: String(member.permissionsIn()) };
    }
  }
  return { users, members, channels, roles };
};
