import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type JournalLine,
  journalLineSchema,
  readOpusPackets,
  recordingLayout,
  type SegmentSidecar,
  segmentSidecarSchema,
} from '@parley/mux';
import {
  type Connected,
  type RecordingSpec,
  type RecordingSummary,
  type RosterEntry,
  recordingSessionIdOf,
  systemClock,
} from '@parley/protocol';
import {
  DiscordSim,
  type PersonOptions,
  type SentPacket,
  type SimChannel,
  type SimGuild,
  type SimOptions,
  type SimPerson,
} from '@parley/sim';
import { VoxprocChild } from '@parley/voxproc/testing';
import { RawGateway } from './voxproc-gateway.ts';

/** A real voxproc, a scripted supervisor, and the simulated Discord they meet in. */
export class VoxprocRig implements AsyncDisposable {
  readonly sim: DiscordSim;
  readonly guild: SimGuild;
  readonly table: SimChannel;
  readonly hall: SimChannel;
  readonly child: VoxprocChild;
  readonly people: SimPerson[] = [];
  #folder = '';
  #recordings = 0;
  #spec: RecordingSpec | null = null;
  #scope = new AsyncDisposableStack();

  private constructor(sim: DiscordSim, child: VoxprocChild) {
    this.sim = sim;
    this.child = child;
    this.guild = sim.addGuild({ name: 'Guild' });
    this.table = this.guild.addVoiceChannel('Table');
    this.hall = this.guild.addVoiceChannel('Hall');
  }

  static async start(options: SimOptions = {}, execArgv: readonly string[] = []): Promise<VoxprocRig> {
    await using scope = new AsyncDisposableStack();
    const rig = await VoxprocRig.on(scope.use(await DiscordSim.start(options)), execArgv);
    scope.use(rig.#scope);
    rig.#scope = scope.move();
    return rig;
  }

  /** A rig in a guild of its own on a simulator that outlives it; `execArgv`: options of Node itself for the child. */
  static async on(sim: DiscordSim, execArgv: readonly string[] = []): Promise<VoxprocRig> {
    await using scope = new AsyncDisposableStack();
    const child = scope.use(new VoxprocChild({ execArgv }));
    await child.welcome({ caPem: sim.caPem, logLevel: 'debug' });
    const rig = new VoxprocRig(sim, child);
    rig.#folder = await mkdtemp(join(tmpdir(), 'parley-voxproc-'));
    scope.defer(async () => rm(rig.#folder, { recursive: true, force: true }));
    const { channel } = child;
    const gateway = await RawGateway.connect(sim, (type, data) => {
      if (data.guild_id !== rig.guild.id) return;
      if (type === 'VOICE_STATE_UPDATE' && data.user_id === sim.botUserId)
        channel.notify('gateway.voiceState', { data });
      if (type === 'VOICE_SERVER_UPDATE') channel.notify('gateway.voiceServer', { data });
    });
    scope.use(gateway);
    channel.onNotification('gateway.send', ({ payload }) => gateway.send(payload));
    rig.#scope = scope.move();
    return rig;
  }

  person(username: string, options: Omit<PersonOptions, 'username'> = {}): SimPerson {
    const person = this.guild.addPerson({ ...options, username });
    this.people.push(person);
    return person;
  }

  /** Joins `Table`, recording from the start unless told otherwise. */
  async join({ record = true, excluded = [] as string[], silenceMs = 1000, durable = false } = {}): Promise<Connected> {
    const recording = record ? await this.recording({ silenceMs, durable }) : undefined;
    return await this.child.channel.request('session.join', {
      sessionId: '0199a000-0000-7000-8000-000000000001',
      target: { kind: 'discord', guildId: this.guild.id, channelId: this.table.id, userId: this.sim.botUserId },
      originUs: systemClock.monotonicUs(),
      ...(recording ? { recording } : {}),
      excluded,
      roster: this.people.map((person) => this.entry(person)),
    });
  }

  entry(person: SimPerson, over: Partial<RosterEntry> = {}): RosterEntry {
    const { userId, username, displayName, member, voiceState } = person;
    return {
      userId,
      username,
      displayName,
      bot: member.user.bot,
      muted: voiceState?.selfMute ?? false,
      optedOut: false,
      present: voiceState !== null,
      ...over,
    };
  }

  /** A recording that starts now, in a folder of its own. */
  async recording({ silenceMs = 1000, durable = false } = {}): Promise<RecordingSpec> {
    this.#recordings += 1;
    await mkdir(this.folder(), { recursive: true });
    const startTime = Date.now();
    this.#spec = {
      recordingSessionId: recordingSessionIdOf(this.guild.id, this.table.id, startTime),
      folder: this.folder(),
      startTime,
      originUs: systemClock.monotonicUs(),
      voxprocNumber: 0,
      silenceMs,
      durable,
      minFreeBytes: 0,
    };
    return this.#spec;
  }

  /** What the last recording was asked for with. */
  get spec(): RecordingSpec {
    if (!this.#spec) throw new Error('nothing was recorded');
    return this.#spec;
  }

  /** The folder of the last recording. */
  folder(): string {
    return join(this.#folder, `recording-${this.#recordings}`);
  }

  async leave(): Promise<RecordingSummary> {
    const { summary } = await this.child.channel.request('session.leave', { reason: 'test' });
    if (!summary) throw new Error('nothing was recorded');
    return summary;
  }

  /** Resolves when the bot receives: the simulator has its session, and keys where the call has them. */
  async inCall(channel = this.table): Promise<void> {
    await this.sim.until(() => this.sim.inCall(channel), { what: 'the bot in the call' });
    const { child } = this;
    for (let tries = 0; tries < 600; tries += 1) {
      if ((await child.channel.request('stats.get', {})).dave.ready) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('end-to-end encryption was not ready within 30 s');
  }

  /** Resolves when so many more packets of a person, who is speaking, have left for the bot. */
  async hears(person: SimPerson, packets: number): Promise<void> {
    const wanted = toBot(person.truth) + packets;
    const what = `${packets} more packets of ${person.username}`;
    await this.sim.until(() => toBot(person.truth) >= wanted, { what });
  }

  /** All sidecars of a person, in order. */
  async sidecars({ userId }: SimPerson): Promise<SegmentSidecar[]> {
    const folder = recordingLayout(this.folder()).personSegments(userId);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
    return await Promise.all(
      names.map(async (name) => segmentSidecarSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
    );
  }

  /** All packets in a person's files, in order. */
  async packets(person: SimPerson): Promise<Buffer[]> {
    const packets: Buffer[] = [];
    for (const { file } of await this.sidecars(person)) {
      const path = join(recordingLayout(this.folder()).personSegments(person.userId), file);
      for await (const { data } of readOpusPackets(path)) packets.push(Buffer.from(data));
    }
    return packets;
  }

  async journal(): Promise<JournalLine[]> {
    const text = await readFile(recordingLayout(this.folder()).voxprocJournal(0), 'utf8');
    return text
      .split('\n')
      .filter((line) => line.length > 0)
      .map((line) => journalLineSchema.parse(JSON.parse(line)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.disposeAsync();
  }
}

/** Packets of a person that left the voice server for the bot, each copy once. */
export const toBot = (packets: readonly SentPacket[]): number =>
  packets.reduce((sum, packet) => sum + packet.toBot.length, 0);

/** Milliseconds of speech that a test ends when it has what it waits for. */
export const forAWhile = 60_000;

/** The audio a person's files must hold: every packet that reached the bot, once, in order. */
export const expectedAudio = (packets: readonly SentPacket[]): string[] =>
  packets.filter(({ toBot, silence }) => toBot.length > 0 && !silence).map(({ opus }) => opus.toString('hex'));

/** Those of `written` that people said; fills and silence frames left out. */
export const saidOf = (written: readonly Buffer[]): string[] =>
  written.filter((packet) => packet.length > 3).map((packet) => packet.toString('hex'));

/** `FA FA` at the end of something that was written as audio. */
export const endsEncrypted = (packet: Buffer): boolean => packet.at(-1) === 0xfa && packet.at(-2) === 0xfa;
