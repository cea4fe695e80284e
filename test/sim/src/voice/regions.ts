import type { SimGuild } from '../world/guild.ts';
import type { RegionHost } from './director.ts';
import { VoiceServer, type VoiceServerHooks } from './server.ts';

/** The voice servers, and which guild's calls are on which. */
export class Regions implements RegionHost {
  readonly servers: VoiceServer[] = [];
  readonly #tls: { readonly key: string; readonly cert: string };
  readonly #hooks: VoiceServerHooks;
  readonly #byGuild = new Map<string, VoiceServer>();
  #main: VoiceServer | null = null;

  constructor(tls: { key: string; cert: string }, hooks: VoiceServerHooks) {
    this.#tls = tls;
    this.#hooks = hooks;
  }

  /** Opens the server that all guilds use until they are moved. */
  async open(): Promise<void> {
    this.#main = await this.#add();
  }

  serverOf(guild: SimGuild): VoiceServer {
    const server = this.#byGuild.get(guild.id) ?? this.#main;
    if (!server) throw new Error('open comes first.');
    return server;
  }

  /** Gives a guild a new server. */
  async move(guild: SimGuild): Promise<VoiceServer> {
    const server = await this.#add();
    this.#byGuild.set(guild.id, server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  async #add(): Promise<VoiceServer> {
    const server = new VoiceServer(this.#tls, this.#hooks);
    await server.open();
    this.servers.push(server);
    return server;
  }
}
