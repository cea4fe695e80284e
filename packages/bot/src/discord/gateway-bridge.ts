import type { Clock } from '@parley/protocol';
import { type Client, Events, Status } from 'discord.js';
import type { Logger } from '../log.ts';
import type { GatewayLink, GatewayListener, GatewayPayload } from '../session/discord-port.ts';
import { Op4Budget } from './op4-budget.ts';

/**
 * The voice gateway of each guild: what Discord says of the bot's own voice goes to one listener, op 4 goes through the shard's
 * budget. discord.js keeps one adapter per guild; a second one would silence the first, so a guild has one link at a time.
 */
export class GatewayBridge implements Disposable {
  #client: Client<true>;
  #clock: Clock;
  #logger: Logger;
  #budgets = new Map<number, Op4Budget>();
  #listeners = new Map<string, GatewayListener>();
  #scope = new DisposableStack();

  constructor(client: Client<true>, clock: Clock, logger: Logger) {
    this.#client = client;
    this.#clock = clock;
    this.#logger = logger;
    const up = (shardId: number) => this.#announce(shardId, true);
    const down = (shardId: number) => this.#announce(shardId, false);
    const gone = (_: unknown, shardId: number) => this.#announce(shardId, false);
    client
      .on(Events.ShardReady, up)
      .on(Events.ShardResume, up)
      .on(Events.ShardReconnecting, down)
      .on(Events.ShardDisconnect, gone);
    this.#scope.defer(() =>
      client
        .off(Events.ShardReady, up)
        .off(Events.ShardResume, up)
        .off(Events.ShardReconnecting, down)
        .off(Events.ShardDisconnect, gone),
    );
  }

  link(guildId: string, listener: GatewayListener): GatewayLink {
    const guild = this.#client.guilds.cache.get(guildId);
    if (!guild) throw new Error('the guild is not known');
    if (this.#listeners.has(guildId)) throw new TypeError(`the guild ${guildId} has a gateway link already`);
    this.#listeners.set(guildId, listener);
    const adapter = guild.voiceAdapterCreator({
      onVoiceStateUpdate: (data) => listener.voiceState({ ...data }),
      onVoiceServerUpdate: (data) => listener.voiceServer({ ...data }),
      destroy: () => listener.available(false),
    });
    listener.available(guild.shard.status === Status.Ready);
    let wantsIn = false;
    return {
      send: (payload) => {
        wantsIn = payload.d.channel_id !== null;
        this.send(guildId, payload);
      },
      [Symbol.dispose]: () => {
        if (this.#listeners.get(guildId) !== listener) return;
        this.#listeners.delete(guildId);
        adapter.destroy();
        // A wish to join that still waits would bring in a bot whose session is over; one to leave must be sent.
        if (wantsIn) this.#budgets.get(guild.shardId)?.cancel(guildId);
      },
    };
  }

  /** Sends an op 4 of a guild when the budget allows; one that meets a shard that is away is dropped: voxproc asks again. */
  send(guildId: string, payload: GatewayPayload): void {
    const guild = this.#client.guilds.cache.get(guildId);
    if (!guild) return;
    const budget = this.#budgets.get(guild.shardId) ?? new Op4Budget(this.#clock);
    this.#budgets.set(guild.shardId, budget);
    budget.submit(guildId, () => {
      if (guild.shard.status === Status.Ready) guild.shard.send(payload);
      else {
        this.#logger.warn({ guildId }, 'a voice state update met a shard that is away');
        this.#listeners.get(guildId)?.available(false);
      }
    });
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
    for (const budget of this.#budgets.values()) budget[Symbol.dispose]();
  }

  #announce(shardId: number, available: boolean): void {
    for (const [guildId, listener] of this.#listeners) {
      if (this.#client.guilds.cache.get(guildId)?.shardId === shardId) listener.available(available);
    }
  }
}
