import { type Certificate, makeCertificate } from './core/certificate.ts';
import { Changes, type UntilOptions } from './core/changes.ts';
import { Ids } from './core/ids.ts';
import { Prng } from './core/prng.ts';
import { Scheduler } from './core/scheduler.ts';
import { Turns } from './core/turns.ts';
import { DaveCall } from './dave/dave-call.ts';
import { Faults } from './faults/faults.ts';
import { Gateway, type Op4Entry } from './gateway/gateway.ts';
import { DEFAULT_OPTIONS, type SimOptions } from './options.ts';
import { Hands } from './people/hands.ts';
import type { NetworkModel } from './people/network-model.ts';
import { SimPerson } from './people/person.ts';
import { SimVoiceClient } from './people/voice-client.ts';
import { AttachmentStore } from './rest/attachments.ts';
import { applicationRoutes } from './rest/routes-application.ts';
import { channelRoutes } from './rest/routes-channels.ts';
import { guildRoutes } from './rest/routes-guilds.ts';
import { interactionRoutes } from './rest/routes-interactions.ts';
import { signInRoutes } from './rest/routes-sign-in.ts';
import { soundboardRoutes } from './rest/routes-soundboard.ts';
import { type RequestRecord, RestServer } from './rest/server.ts';
import { Call } from './voice/call.ts';
import { VoiceDirector } from './voice/director.ts';
import { Regions } from './voice/regions.ts';
import { VoiceSessions } from './voice/sessions.ts';
import { defaultSwitches } from './voice/switches.ts';
import type { SimChannel } from './world/channel.ts';
import { CommandRegistry } from './world/commands.ts';
import type { GuildOptions, SimGuild } from './world/guild.ts';
import { Interactions } from './world/interactions.ts';
import { SignIn } from './world/sign-in.ts';
import { World } from './world/world.ts';

/**
 * A Discord of its own in this process: REST, gateway, voice gateway, media, encryption, and people.
 * Real client libraries talk to it over loopback; nothing of theirs is replaced.
 */
export class DiscordSim implements AsyncDisposable {
  readonly faults: Faults;
  readonly botToken: string;
  /** Every op 4 of the bot, oldest first. */
  readonly op4Log: readonly Op4Entry[];
  /** Slash commands as registered now. */
  readonly commands: CommandRegistry;
  /** People signing in to the application by Discord. */
  readonly signIn: SignIn;
  /** The network of everybody who has none of his own; may be replaced at any time. */
  network: NetworkModel;
  /** Whether the privileged intents are switched on; counts from the next identify on. */
  privilegedIntents: boolean;
  readonly #world: World;
  readonly #changes: Changes;
  readonly #voice: VoiceDirector;
  readonly #sessions: VoiceSessions;
  readonly #rest: RestServer;
  readonly #gateway: Gateway;
  readonly #interactions: Interactions;
  readonly #certificate: Certificate;
  readonly #open: () => Promise<void>;
  /** Everything to be torn down; null before the start and after the end. */
  #owned: AsyncDisposableStack | null = null;
  #port = 0;

  private constructor(options: Required<SimOptions>, certificate: Certificate, stack: AsyncDisposableStack) {
    const random = new Prng(options.seed);
    const changes = new Changes();
    const scheduler = new Scheduler();
    const turns = new Turns();
    const world = new World(new Ids(options.seed), changes);
    const switches = defaultSwitches();
    switches.daveRequired = options.dave === 'required';
    this.network = options.network;
    this.privilegedIntents = options.privilegedIntents;
    this.botToken = options.botToken;
    this.#certificate = certificate;
    this.#world = world;
    this.#changes = changes;

    const makeCall = (channel: SimChannel): Call =>
      new Call(
        { channelId: channel.id, speakingReplay: options.speakingReplay, notify: () => changes.notify() },
        () =>
          new DaveCall({
            channelId: channel.id,
            enabled: options.dave !== false && channel.kind !== 'stage',
            commitDelayMs: () => switches.commitDelayMs,
            later: (ms, run) => scheduler.after(ms, run),
            notify: () => changes.notify(),
          }),
      );
    const sessions = new VoiceSessions({
      world,
      random,
      modes: options.modes,
      switches,
      callOf: (channel) => voice.callOf(channel),
    });
    const regions = new Regions(
      { key: certificate.key, cert: certificate.pem },
      {
        onConnection: (socket, server) => sessions.accept(socket, server),
        udp: (server) => sessions.udpHooks(server),
      },
    );
    const voice = new VoiceDirector(world, sessions, regions, makeCall);
    const interactions = new Interactions(world, options.interactionWindowMs);
    this.#interactions = interactions;
    const commands = new CommandRegistry(world.ids, changes, world.applicationId);
    const signIn = new SignIn(world.applicationId);
    const attachments = new AttachmentStore(world, () => `http://127.0.0.1:${this.#port}`);
    const gatewayUrl = (): string => `ws://127.0.0.1:${this.#port}`;
    const privilegedIntents = (): boolean => this.privilegedIntents;
    const deps = { world, commands, interactions, voice, attachments, signIn, gatewayUrl, privilegedIntents };
    const rest = new RestServer(
      [
        ...applicationRoutes(deps),
        ...channelRoutes(deps),
        ...guildRoutes(deps),
        ...soundboardRoutes(deps),
        ...interactionRoutes(deps),
        ...signInRoutes(signIn),
        ...attachments.routes(),
      ],
      options.botToken,
      changes,
    );
    const gateway = new Gateway(world, {
      botToken: options.botToken,
      privilegedIntents,
      url: gatewayUrl,
      onVoiceState: (entry, session) => voice.request(entry, session),
      onSessionEnd: (session) => voice.endSession(session.id),
    });
    gateway.attach(rest.http);

    const hands = new Hands(world, commands, interactions);
    const services = {
      world,
      voice,
      hands,
      scheduler,
      turns,
      random,
      hearing: options.hearing,
      hearingLimitMs: options.hearingLimitMs,
      truthLimit: options.truthLimit,
      network: () => this.network,
      assignSsrc: () => sessions.assignSsrc(),
    };
    world.bindPeople((member, personOptions) => new SimPerson(member, personOptions, services));
    voice.bindPeople((userId, call) => world.people.get(userId)?.place(call));

    this.commands = commands;
    this.signIn = signIn;
    this.op4Log = gateway.op4Log;
    this.faults = new Faults({ world, voice, sessions, regions, gateway, rest, switches, random });
    this.#voice = voice;
    this.#sessions = sessions;
    this.#rest = rest;
    this.#gateway = gateway;

    // Torn down in reverse: nobody waits any more, nothing is sent any more, then the servers close.
    stack.defer(() => regions.close());
    stack.defer(() => rest.close());
    stack.defer(() => gateway.close());
    stack.defer(() => sessions.dispose());
    stack.defer(() => interactions.close());
    stack.defer(() => turns.close());
    stack.defer(() => scheduler.close());
    stack.defer(() => changes.close());
    this.#open = async (): Promise<void> => {
      await regions.open();
      this.#port = await rest.listen();
    };
  }

  /** Starts all servers on free ports of 127.0.0.1. */
  static async start(options: SimOptions = {}): Promise<DiscordSim> {
    await using stack = new AsyncDisposableStack();
    const certificate = await makeCertificate();
    stack.defer(() => certificate.remove());
    const sim = new DiscordSim({ ...DEFAULT_OPTIONS, ...options }, certificate, stack);
    await sim.#open();
    sim.#owned = stack.move();
    return sim;
  }

  /** `http://127.0.0.1:PORT/api`: what the client library takes as its REST base. */
  get apiBase(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** PEM file of the voice servers' authority. */
  get caFile(): string {
    return this.#certificate.file;
  }

  get caPem(): string {
    return this.#certificate.pem;
  }

  get botUserId(): string {
    return this.#world.bot.id;
  }

  get applicationId(): string {
    return this.#world.applicationId;
  }

  get guilds(): readonly SimGuild[] {
    return [...this.#world.guilds.values()];
  }

  /** Every token the bot was given so far: its own, those of interactions, those of the voice servers. None belongs into a log. */
  get secrets(): readonly string[] {
    return [
      this.botToken,
      this.signIn.clientSecret,
      ...this.signIn.issuedTokens,
      ...this.#interactions.issuedTokens,
      ...this.#sessions.issuedTokens,
    ];
  }

  /** Every REST request so far, oldest first. */
  get requests(): readonly RequestRecord[] {
    return this.#rest.requests;
  }

  /** Whether the bot is connected to the gateway and identified. */
  get botOnline(): boolean {
    return this.#gateway.connected;
  }

  /** The environment that points the product here. */
  env(): { DISCORD_TOKEN: string; DISCORD_API_BASE: string; DISCORD_EXTRA_CA_FILE: string } {
    return { DISCORD_TOKEN: this.botToken, DISCORD_API_BASE: this.apiBase, DISCORD_EXTRA_CA_FILE: this.caFile };
  }

  addGuild(options: GuildOptions): SimGuild {
    return this.#world.addGuild(options);
  }

  /** A member of `guild` that a real voice library plays over the network. */
  addVoiceClient(guild: SimGuild, options: { readonly username: string; readonly bot?: boolean }): SimVoiceClient {
    return new SimVoiceClient(guild.addMember(options), this.#voice);
  }

  /** The call of a channel: who is connected, and its encryption. */
  call(channel: SimChannel): Call {
    return this.#voice.callOf(channel);
  }

  /** Whether a client over the network (the bot by default) has a voice session that can send and receive. */
  inCall(channel: SimChannel, userId: string = this.botUserId): boolean {
    return this.#sessions.isReady(userId, channel.id);
  }

  /** Resolves when `check` holds; looks again after everything that happens here and every 50 ms. Rejects with `timeout`, saying `what`. */
  async until<T>(check: () => T, options: UntilOptions = {}): Promise<NonNullable<T>> {
    return this.#changes.until(check, options);
  }

  /** Ends everything: waiting calls reject with `closed`, connections are cut, the PEM file is removed. */
  async close(): Promise<void> {
    const owned = this.#owned;
    this.#owned = null;
    await owned?.disposeAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
