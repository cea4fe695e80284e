import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
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
import { BotProcess, type LogLine } from '../../scripts/demo/bot-process.ts';
import { sharedCompileCache } from './shared-compile-cache.ts';
import { temporaryFolder } from './temporary-folder.ts';

type SimOptions = Parameters<typeof DiscordSim.start>[0];

/** Settings of the bot; a function may name ids of the simulated Discord. */
type BotEnvironment = Record<string, string> | ((call: BotOnSim) => Record<string, string>);

export interface LoggedOptions {
  /** How many lines. */
  readonly count?: number;
  /** Index in {@link BotOnSim.lines} of the first line that counts. */
  readonly from?: number;
  readonly fits?: (line: LogLine) => boolean;
  readonly timeoutMs?: number;
}

/**
 * The real bot as a process of its own against a simulated Discord, with one guild, one text channel, one voice channel, and its own
 * folders. Everything is gone when it is disposed.
 */
export class BotOnSim implements AsyncDisposable {
  readonly sim: DiscordSim;
  readonly guild: ReturnType<DiscordSim['addGuild']>;
  readonly text: ReturnType<ReturnType<DiscordSim['addGuild']>['addTextChannel']>;
  readonly voice: ReturnType<ReturnType<DiscordSim['addGuild']>['addVoiceChannel']>;
  /** Everything of this call lies below it; it is in the environment of every process the bot starts (`TMPDIR`). */
  readonly folder: string;
  readonly recordingsDir: string;
  readonly dataDir: string;
  /** What the bot has logged so far, oldest first; a bot started again goes on with it. */
  readonly lines: LogLine[] = [];
  /** Everything it has printed. */
  readonly #printed: string[] = [];
  #bot: BotProcess | null = null;
  #environment: Record<string, string>;
  #scope: AsyncDisposableStack | null = null;

  private constructor(sim: DiscordSim, folder: string, environment: BotEnvironment) {
    this.sim = sim;
    this.guild = sim.addGuild({ name: 'Test' });
    this.text = this.guild.addTextChannel('general');
    this.voice = this.guild.addVoiceChannel('Table');
    this.folder = folder;
    this.recordingsDir = join(folder, 'recordings');
    this.dataDir = join(folder, 'data');
    this.#environment = typeof environment === 'function' ? environment(this) : environment;
  }

  /**
   * Starts simulator and bot; `env` are settings of the bot. Resolves when the bot is ready. It finds its code compiled, as every start
   * of a bot but the first does, unless it is `untouched`: then its folders are not there.
   */
  static async start(
    options: SimOptions = {},
    env: BotEnvironment = {},
    { untouched = false } = {},
  ): Promise<BotOnSim> {
    await using scope = new AsyncDisposableStack();
    const folder = scope.use(await temporaryFolder('call'));
    const sim = scope.use(await DiscordSim.start({ dave: true, hearing: false, ...options }));
    await mkdir(join(folder.path, 'tmp'));
    const call = scope.use(new BotOnSim(sim, folder.path, env));
    if (!untouched) {
      call.#environment = { NODE_COMPILE_CACHE: await sharedCompileCache(call.dataDir), ...call.#environment };
    }
    await call.startBot();
    call.#scope = scope.move();
    return call;
  }

  get bot(): BotProcess {
    if (!this.#bot) throw new Error('the bot is not running');
    return this.#bot;
  }

  /** Starts the bot (again), with more settings if given, and waits until it is ready. */
  async startBot(env: Record<string, string> = {}): Promise<BotProcess> {
    const bot = new BotProcess(this.environment(env));
    this.#bot = bot;
    bot.onLine((line) => this.lines.push(line));
    bot.onText((text) => this.#printed.push(text));
    await bot.waitForLine('ready', ({ msg }) => msg === 'ready', 30_000);
    return bot;
  }

  /** The environment of a bot of this call. */
  environment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.sim.env(),
      PARLEY_RECORDINGS_DIR: this.recordingsDir,
      PARLEY_DATA_DIR: this.dataDir,
      PARLEY_HTTP_PORT: '0',
      PARLEY_LOG_LEVEL: 'debug',
      PARLEY_WHO_MAY_RECORD: 'everyone',
      TMPDIR: join(this.folder, 'tmp'),
      ...this.#environment,
      ...env,
    };
  }

  /** Resolves with the first `count` lines with this message that fit, from line `from` of {@link lines} on; also those logged before. */
  async logged(
    msg: string,
    { count = 1, from = 0, fits = () => true, timeoutMs = 60_000 }: LoggedOptions = {},
  ): Promise<LogLine[]> {
    const find = () => this.lines.slice(from).filter((line) => line.msg === msg && fits(line));
    await this.sim.until(() => find().length >= count, { timeoutMs, what: `the bot says "${msg}" (${count})` });
    return find().slice(0, count);
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
    const scope = this.#scope;
    this.#scope = null;
    await this.#bot?.[Symbol.asyncDispose]();
    try {
      this.#requireSilence();
    } finally {
      await scope?.disposeAsync();
    }
  }

  /** Whatever a test breaks on the way, no secret that Discord gave the bot may be in anything it printed. */
  #requireSilence(): void {
    const { secrets } = this.sim;
    for (const text of this.#printed) {
      const leaked = secrets.find((secret) => text.includes(secret));
      assert.equal(leaked, undefined, `a secret was printed: ${text.slice(0, 400)}`);
    }
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
