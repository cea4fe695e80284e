import type { UntilOptions } from '../core/changes.ts';
import { asString, isObject, type JsonObject } from '../core/json.ts';
import { SimError } from '../errors.ts';
import { UPLOAD_LIMIT_BYTES } from '../rest/messages.ts';
import type { SimChannel } from '../world/channel.ts';
import type { CommandRegistry } from '../world/commands.ts';
import { INTERACTION_TYPES, type InteractionKind, type SimInteraction } from '../world/interaction.ts';
import type { Interactions } from '../world/interactions.ts';
import type { SimMessage } from '../world/message.ts';
import { channelPayload, memberPayload, messagePayload, userPayload } from '../world/payloads.ts';
import type { World } from '../world/world.ts';
import { buildOptions, type OptionValue, resolveValues } from './command-options.ts';
import type { SimPerson } from './person.ts';
import { SimReply } from './reply.ts';

export interface SlashOptions {
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Where it is run; the guild's first text channel by default. */
  readonly channel?: SimChannel;
  /** Milliseconds to wait for the command to be registered, and for the first answer; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** What people do with keyboard and mouse. */
export class Hands {
  readonly #world: World;
  readonly #commands: CommandRegistry;
  readonly #interactions: Interactions;

  constructor(world: World, commands: CommandRegistry, interactions: Interactions) {
    this.#world = world;
    this.#commands = commands;
    this.#interactions = interactions;
  }

  type(person: SimPerson, channel: SimChannel, content: string): SimMessage {
    const { member } = person;
    if (channel.guild && !(member.can('ViewChannel', channel) && member.can('SendMessages', channel))) {
      throw new SimError('missing_permission', `${person.username} may not write in #${channel.name}.`);
    }
    return this.#world.post({
      channel,
      author: member.user,
      content,
      embeds: [],
      components: [],
      attachments: [],
      flags: 0,
      mentions: this.#world.mentionsIn(content),
    });
  }

  edit(message: SimMessage, content: string): void {
    message.edit({ content, mentions: this.#world.mentionsIn(content) }, Date.now());
    this.#world.emit({ type: 'message_updated', message });
  }

  delete(message: SimMessage): void {
    message.deleted = true;
    this.#world.emit({ type: 'message_deleted', message });
  }

  async slash(person: SimPerson, line: string, options: SlashOptions = {}): Promise<SimReply> {
    const interaction = await this.#run('command', person, line, options);
    return this.#answer(interaction, options);
  }

  async autocomplete(
    person: SimPerson,
    line: string,
    option: string,
    typed: string,
    options: SlashOptions = {},
  ): Promise<readonly unknown[]> {
    const values = { ...options.options, [option]: typed };
    const interaction = await this.#run('autocomplete', person, line, { ...options, options: values }, option);
    await this.#answer(interaction, options);
    return interaction.state.status === 'choices' ? interaction.state.choices : [];
  }

  async use(
    person: SimPerson,
    message: SimMessage,
    customId: string,
    values: readonly string[] | undefined,
    options: UntilOptions = {},
  ): Promise<SimReply> {
    const control = message.controls.find((one) => one.customId === customId || one.label === customId);
    if (!control || control.disabled || message.deleted) {
      const there = message.controls.map(
        (one) => `${one.customId} ("${one.label}"${one.disabled ? ', disabled' : ''})`,
      );
      throw new SimError('component_not_found', `No such control "${customId}"; there: ${there.join(', ') || 'none'}.`);
    }
    const interaction = this.#interactions.create('component', person.member, message.channel, message);
    this.#send(interaction, {
      message: messagePayload(message),
      data: { custom_id: control.customId, component_type: control.type, ...(values && { values }) },
    });
    return this.#answer(interaction, options);
  }

  /** Fills in the modal that a command or click opened, by the custom ids of its fields, and sends it off. */
  async submit(
    person: SimPerson,
    { interaction: opener, modal }: SimReply,
    values: Readonly<Record<string, string>>,
    options: UntilOptions = {},
  ): Promise<SimReply> {
    if (!isObject(modal)) throw new SimError('component_not_found', 'No modal is open.');
    const interaction = this.#interactions.create('modal', person.member, opener.channel, opener.source);
    const components = Object.entries(values).map(([custom_id, value]) => ({
      type: 1,
      components: [{ type: 4, custom_id, value }],
    }));
    this.#send(interaction, {
      ...(opener.source && { message: messagePayload(opener.source) }),
      data: { custom_id: modal.custom_id, components },
    });
    return this.#answer(interaction, options);
  }

  async #run(
    kind: InteractionKind,
    person: SimPerson,
    line: string,
    options: SlashOptions,
    focused?: string,
  ): Promise<SimInteraction> {
    const [name = '', ...path] = line.replace(/^\//, '').split(' ').filter(Boolean);
    const { guild } = person.member;
    const channel = options.channel ?? [...guild.channels.values()].find((one) => one.kind === 'text');
    if (!channel) throw new SimError('invalid_argument', `${guild.name} has no text channel to run /${name} in.`);
    const command = await this.#command(guild.id, name, options.timeoutMs);
    const values = options.options ?? {};
    const nested = buildOptions(command, path, values, focused);
    const interaction = this.#interactions.create(kind, person.member, channel, null);
    this.#send(interaction, {
      data: {
        id: command.id,
        name: command.name,
        type: 1,
        options: nested,
        resolved: resolveValues(guild, Object.values(values)),
      },
    });
    return interaction;
  }

  /** Commands show up in the picker when they are registered; a person waits for that. */
  async #command(guildId: string, name: string, timeoutMs?: number): Promise<JsonObject> {
    const find = (): JsonObject | undefined => this.#commands.find(guildId, name);
    return this.#world.changes
      .until(find, { ...(timeoutMs !== undefined && { timeoutMs }) })
      .catch((cause: unknown) => {
        const names = this.#commands.names(guildId).join(', ') || 'none';
        throw new SimError('unknown_command', `/${name} is not registered; registered: ${names}.`, { cause });
      });
  }

  #send(interaction: SimInteraction, specific: object): void {
    const { member, channel } = interaction;
    const { guild } = member;
    const where = {
      guild_id: guild.id,
      guild: { id: guild.id, locale: 'en-US', features: [] },
      member: { ...memberPayload(member), permissions: String(member.permissionsIn(channel)) },
    };
    const payload = {
      id: interaction.id,
      application_id: this.#world.applicationId,
      type: INTERACTION_TYPES[interaction.kind],
      token: interaction.token,
      version: 1,
      channel_id: channel.id,
      channel: channelPayload(channel),
      ...(channel.guild ? where : { user: userPayload(member.user) }),
      app_permissions: String(guild.botMember.permissionsIn(channel)),
      locale: 'en-US',
      guild_locale: 'en-US',
      entitlements: [],
      authorizing_integration_owners: { '0': guild.id },
      context: channel.guild ? 0 : 1,
      attachment_size_limit: UPLOAD_LIMIT_BYTES,
      ...specific,
    };
    this.#world.emit({ type: 'interaction', payload });
  }

  async #answer(interaction: SimInteraction, options: UntilOptions): Promise<SimReply> {
    const { timeoutMs } = options;
    const first = await this.#world.changes.until(() => interaction.first, {
      ...(timeoutMs !== undefined && { timeoutMs }),
      what: 'the answer to an interaction',
    });
    if (first.status === 'failed') {
      const seconds = (Date.now() - interaction.createdAt) / 1_000;
      const what = asString(interaction.source?.id) ? 'click' : interaction.kind;
      throw new SimError('interaction_failed', `The bot did not answer a ${what} within ${seconds.toFixed(1)} s.`);
    }
    return new SimReply(interaction, this.#world);
  }
}
