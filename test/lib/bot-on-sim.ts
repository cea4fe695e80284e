import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type JournalLine,
  recordingFolder,
  recordingLayout,
  type SegmentSidecar,
  type SessionFile,
  segmentSidecarSchema,
  sessionFileSchema,
} from '@parley/mux';
import { DiscordSim } from '@parley/sim';
import { BotProcess } from '../../scripts/demo/bot-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

type SimOptions = Parameters<typeof DiscordSim.start>[0];

/**
 * The real bot as a process of its own against a simulated Discord, with one guild, one text channel, one voice channel, and its own
 * folders. Everything is gone when it is disposed.
 */
export class BotOnSim implements AsyncDisposable {
  readonly sim: DiscordSim;
  readonly guild: ReturnType<DiscordSim['addGuild']>;
  readonly text: ReturnType<ReturnType<DiscordSim['addGuild']>['addTextChannel']>;
  readonly voice: ReturnType<ReturnType<DiscordSim['addGuild']>['addVoiceChannel']>;
  readonly recordingsDir: string;
  readonly dataDir: string;
  #bot: BotProcess | null = null;
  #environment: Record<string, string>;
  #scope: AsyncDisposableStack;

  private constructor(
    sim: DiscordSim,
    folder: string,
    environment: Record<string, string>,
    scope: AsyncDisposableStack,
  ) {
    this.sim = sim;
    this.guild = sim.addGuild({ name: 'Test' });
    this.text = this.guild.addTextChannel('general');
    this.voice = this.guild.addVoiceChannel('Table');
    this.recordingsDir = join(folder, 'recordings');
    this.dataDir = join(folder, 'data');
    this.#environment = environment;
    this.#scope = scope;
  }

  /** Starts simulator and bot; `env` are settings of the bot. Resolves when the bot is ready. */
  static async start(options: SimOptions = {}, env: Record<string, string> = {}): Promise<BotOnSim> {
    await using scope = new AsyncDisposableStack();
    const folder = scope.use(await temporaryFolder('call'));
    const sim = scope.use(await DiscordSim.start({ dave: true, hearing: false, ...options }));
    const call = new BotOnSim(sim, folder.path, env, scope.move());
    await call.startBot();
    return call;
  }

  get bot(): BotProcess {
    if (!this.#bot) throw new Error('the bot is not running');
    return this.#bot;
  }

  /** Starts the bot (again), with more settings if given, and waits until it is ready. */
  async startBot(env: Record<string, string> = {}): Promise<BotProcess> {
    const bot = new BotProcess({
      ...process.env,
      ...this.sim.env(),
      PARLEY_RECORDINGS_DIR: this.recordingsDir,
      PARLEY_DATA_DIR: this.dataDir,
      PARLEY_HTTP_PORT: '0',
      PARLEY_LOG_LEVEL: 'debug',
      PARLEY_WHO_MAY_RECORD: 'everyone',
      ...this.#environment,
      ...env,
    });
    this.#bot = bot;
    await bot.waitForLine('ready', ({ msg }) => msg === 'ready', 30_000);
    return bot;
  }

  /** Ends the bot as a crash would, and waits until it is gone. */
  async killBot(): Promise<void> {
    this.bot.kill('SIGKILL');
    await this.bot.exited;
    this.#bot = null;
  }

  /** Resolves with the folder of the next recording that starts; call it before what starts it. */
  async nextRecording(): Promise<string> {
    const line = await this.bot.waitForLine('recording started', ({ msg }) => msg === 'recording started', 30_000);
    return recordingFolder(this.recordingsDir, String(line.recordingSessionId));
  }

  /** Types `!join` as `person` and resolves with the folder of the recording. */
  async join(person: { type(channel: BotOnSim['text'], content: string): Promise<unknown> }): Promise<string> {
    const started = this.nextRecording();
    await person.type(this.text, '!join');
    return await started;
  }

  /** Resolves when the bot says that a mux has ended. */
  async muxed(timeoutMs = 60_000): Promise<void> {
    await this.bot.waitForLine('mux finished', ({ msg }) => msg === 'mux finished', timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bot?.[Symbol.asyncDispose]();
    await this.#scope.disposeAsync();
  }
}

/** A recording's `session.json`. */
export const readSession = async (folder: string): Promise<SessionFile> =>
  sessionFileSchema.parse(JSON.parse(await readFile(recordingLayout(folder).sessionFile, 'utf8')));

/** The lines of one journal of a recording; a torn last line is left out. */
export const readJournal = async (folder: string, name: string): Promise<JournalLine[]> => {
  const text = await readFile(join(recordingLayout(folder).journal, name), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalLine);
};

/** What every sidecar must hold: the two accounting equations. Returns a sentence for each that does not. */
export const unbalanced = (sidecars: readonly SegmentSidecar[]): string[] =>
  sidecars.flatMap((entry) => {
    const sidecar = segmentSidecarSchema.parse(entry);
    const { received, written, dropped } = sidecar.packets;
    const droppedInAll = Object.values(dropped).reduce((sum, count) => sum + (count ?? 0), 0);
    const wrong: string[] = [];
    if (received !== written + droppedInAll) {
      wrong.push(`${sidecar.segmentId}: received ${received}, written ${written}, dropped ${droppedInAll}`);
    }
    const { lossConcealed, lossSilence } = sidecar.fill;
    if (sidecar.lostSamples !== lossConcealed + lossSilence) {
      wrong.push(`${sidecar.segmentId}: lost ${sidecar.lostSamples}, filled ${lossConcealed} + ${lossSilence}`);
    }
    return wrong;
  });
