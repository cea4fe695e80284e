/** A bot of the shipped libraries, unmodified, pointed at the simulator. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import tls from 'node:tls';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  entersState,
  getVoiceConnections,
  joinVoiceChannel,
  StreamType,
  type VoiceConnection,
  VoiceConnectionStatus,
} from '@discordjs/voice';
import { Decoder } from '@evan/opus';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { type DiscordSim, encodeFrames, loadAudio, type SimChannel } from '../index.ts';
import { joinPcm, type MeasuredTone, measureTone } from './tone.ts';

const READY_MS = 10_000;

/** Makes this process trust the simulator's voice servers. */
export const trust = (sim: DiscordSim): void => {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), sim.caPem]);
};

/** A logged-in bot that is torn down, its voice first, whatever a test threw. */
export interface LoggedIn extends AsyncDisposable {
  readonly client: Client<true>;
}

/** Logs a discord.js client in. */
export const logIn = async (
  sim: DiscordSim,
  intents: readonly GatewayIntentBits[] = ALL_INTENTS,
): Promise<LoggedIn> => {
  const client: Client = new Client({ intents: [...intents], rest: { api: sim.apiBase } });
  const [ready] = await Promise.all([once(client, Events.ClientReady), client.login(sim.botToken)]);
  return {
    client: ready[0] as Client<true>,
    [Symbol.asyncDispose]: async () => {
      for (const connection of getVoiceConnections().values()) connection.destroy();
      await client.destroy();
    },
  };
};

export const ALL_INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildVoiceStates,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.MessageContent,
] as const;

/** What the bot received from one person. */
export class Ear {
  readonly packets: Buffer[] = [];
  readonly errors: Error[] = [];

  /** Subscribes to a person; packets count from here on. */
  constructor(connection: VoiceConnection, userId: string) {
    const stream = connection.receiver.subscribe(userId);
    stream.on('data', (packet: Buffer) => this.packets.push(packet));
    stream.on('error', (error) => this.errors.push(error));
  }

  get tone(): MeasuredTone {
    const decoder = new Decoder({ channels: 1, sample_rate: 48_000 });
    const chunks = this.packets.map((packet) => {
      const bytes = decoder.decode(packet);
      return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    });
    return measureTone(joinPcm(chunks));
  }
}

export interface JoinedBot {
  readonly connection: VoiceConnection;
  /** Errors the library reported. */
  readonly errors: Error[];
  /** Statuses entered, in order. */
  readonly statuses: string[];
}

/** Joins a channel and waits until media and keys are there. */
export const joinVoice = async (sim: DiscordSim, client: Client<true>, channel: SimChannel): Promise<JoinedBot> => {
  const guild = client.guilds.cache.get(channel.guild?.id ?? '');
  if (!guild) throw new Error('The bot does not know the guild.');
  const connection = joinVoiceChannel({
    channelId: channel.id,
    guildId: guild.id,
    adapterCreator: guild.voiceAdapterCreator,
    selfDeaf: false,
  });
  const errors: Error[] = [];
  const statuses: string[] = [];
  connection.on('error', (error) => errors.push(error));
  connection.on('stateChange', (before, after) => {
    if (before.status !== after.status) statuses.push(after.status);
  });
  await entersState(connection, VoiceConnectionStatus.Ready, READY_MS);
  await encrypted(sim, connection, channel);
  return { connection, errors, statuses };
};

/** The bot's voice privacy code; null without end-to-end encryption. */
export const privacyCode = (connection: VoiceConnection): string | null => {
  const { state } = connection;
  if (!('networking' in state)) return null;
  const networking = state.networking.state;
  return 'dave' in networking ? (networking.dave?.voicePrivacyCode ?? null) : null;
};

/** Waits until the bot and everybody in the channel are in one encryption group, if the call is encrypted. */
export const encrypted = async (sim: DiscordSim, connection: VoiceConnection, channel: SimChannel): Promise<void> => {
  const call = sim.call(channel);
  await sim.until(
    () => {
      if (call.dave.version === 0 || call.members.size < 2) return true;
      const everybody = [...call.members.keys()].every((userId) => call.dave.groupUserIds.includes(userId));
      return everybody && privacyCode(connection) !== null;
    },
    { timeoutMs: READY_MS, what: 'one encryption group' },
  );
};

/** Plays a tone from the bot in real time. */
export const playTone = async (connection: VoiceConnection, hz: number, ms: number): Promise<void> => {
  const audio = await loadAudio({ tone: hz, ms });
  const packets = Readable.from(encodeFrames(audio, { frameMs: 20, channels: 2 }), { objectMode: true });
  const player = createAudioPlayer();
  const subscription = connection.subscribe(player);
  player.play(createAudioResource(packets, { inputType: StreamType.Opus }));
  await entersState(player, AudioPlayerStatus.Playing, READY_MS);
  await entersState(player, AudioPlayerStatus.Idle, ms + READY_MS);
  subscription?.unsubscribe();
};
