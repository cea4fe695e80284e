import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { guildDefaultsOf, parseSettings, type Settings } from '../config/index.ts';
import { RecordingIndicator } from '../discord/recording-indicator.ts';
import { createMetrics } from '../http/index.ts';
import type { MuxJob } from '../recordings/mux-job.ts';
import type { AgentConnector } from '../session/join/agent-connector.ts';
import { JoinCoordinator } from '../session/join/join-coordinator.ts';
import { LastSessions } from '../session/last-sessions.ts';
import { ConsentService } from '../session/people/consent-service.ts';
import { StreamRegistry } from '../session/presence/stream-registry.ts';
import { SessionRegistry } from '../session/registry.ts';
import type { SessionServices } from '../session/session-services.ts';
import { openStore, type Store } from '../store/index.ts';
import { Background } from '../vox/background.ts';
import { VoxprocPool } from '../vox/voxproc-pool.ts';
import { VoxprocProcess } from '../vox/voxproc-process.ts';
import { alice, FakeDiscord, guildA, textA } from './fake-discord.ts';
import { FakeVoxproc, type FakeVoxprocScript } from './fake-voxproc.ts';

export interface RigOptions {
  readonly settings?: Partial<Settings>;
  /** What each voxproc started is like, in order; the last one counts for all that follow. */
  readonly scripts?: readonly FakeVoxprocScript[];
  readonly store?: (store: Store) => Store;
  /** null, the default: Parley only records. */
  readonly agents?: AgentConnector | null;
}

/** A coordinator with everything it needs: a real store, a Discord and voxprocs on paper, time that moves when told. */
export class SessionRig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly discord = new FakeDiscord();
  readonly voxprocs: FakeVoxproc[] = [];
  readonly muxJobs: MuxJob[] = [];
  readonly log: Record<string, unknown>[] = [];
  readonly services: SessionServices;
  readonly coordinator: JoinCoordinator;
  readonly registry: SessionRegistry;
  readonly consents: ConsentService;
  readonly pool: VoxprocPool;
  readonly background: Background;
  readonly folder: string;
  #scope: AsyncDisposableStack;

  private constructor(folder: string, store: Store, { settings = {}, scripts = [], agents = null }: RigOptions) {
    this.folder = folder;
    this.#scope = new AsyncDisposableStack();
    const logger = pino({ level: 'trace' }, { write: (line: string) => void this.log.push(JSON.parse(line)) });
    this.background = new Background(logger);
    const metrics = this.#scope.use(createMetrics());
    this.pool = new VoxprocPool({
      launch: () => {
        const child = new FakeVoxproc(scripts[Math.min(this.voxprocs.length, scripts.length - 1)]);
        this.voxprocs.push(child);
        return new VoxprocProcess({ child, clock: this.clock, logger, logLevel: 'info' });
      },
      warm: false,
      clock: this.clock,
      logger,
      background: this.background,
    });
    let sessions = 0;
    this.services = {
      clock: this.clock,
      logger,
      background: this.background,
      settings: { ...testSettings(folder), ...settings },
      store,
      metrics,
      discord: this.discord,
      indicator: this.#scope.use(
        new RecordingIndicator({
          discord: this.discord,
          store,
          clock: this.clock,
          logger,
          background: this.background,
        }),
      ),
      pool: this.pool,
      agents,
      bootId: 'boot-1',
      companions: [],
      lastSessions: this.#scope.use(new LastSessions(this.clock)),
      streams: new StreamRegistry(this.clock),
      enqueueMux: (job) => void this.muxJobs.push(job),
      chimeFile: '/nowhere/chime.ogg',
      newSessionId: () => {
        sessions += 1;
        return `00000000-0000-4000-8000-${String(sessions).padStart(12, '0')}`;
      },
    };
    this.registry = new SessionRegistry();
    this.coordinator = new JoinCoordinator(this.services, this.registry);
    this.consents = new ConsentService(this.services, this.registry);
  }

  static async start(options: RigOptions = {}): Promise<SessionRig> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-session-'));
    const settings = testSettings(folder);
    // The store batches on a clock of its own: time in the rig moves only when a test moves it.
    const opened = await openStore({
      file: join(folder, 'data', 'parley.db'),
      clock: new FakeClock(),
      logger: pino({ level: 'silent' }),
      driver: 'node',
      guildDefaults: guildDefaultsOf({ ...settings, ...options.settings }),
    });
    const rig = new SessionRig(folder, options.store?.(opened) ?? opened, options);
    rig.#scope.defer(() => opened[Symbol.asyncDispose]());
    return rig;
  }

  /** Alice, or somebody else, asks Parley into the channel they sit in. */
  async join(userId = alice, guildId = guildA) {
    return await this.drive(
      this.coordinator.join({ guildId, textChannelId: textA, userId, via: 'text', intentConfidence: 1 }),
    );
  }

  /** Waits for a promise that needs turns of the event loop, and time only where `stepMs` is given. */
  async drive<T>(promise: Promise<T>, stepMs = 0): Promise<T> {
    let done = false;
    const watched = promise.finally(() => {
      done = true;
    });
    watched.catch(() => undefined);
    const isVain = vainly();
    while (!done && !isVain()) {
      await settle();
      if (stepMs > 0 && !done) this.clock.advance(stepMs);
    }
    if (!done) throw new Error('nothing happens any more');
    return await watched;
  }

  /** Lets things happen until a condition holds. */
  async until(what: string, condition: () => boolean, stepMs = 0): Promise<void> {
    const isVain = vainly();
    while (!condition()) {
      if (isVain()) throw new Error(`never happened: ${what}`);
      await settle();
      if (stepMs > 0) this.clock.advance(stepMs);
    }
  }

  /** Everything that is left when nothing should be. */
  async leftovers(): Promise<Record<string, unknown>> {
    await this.drive(this.background.settled());
    return {
      sessions: this.registry.size,
      slots: this.coordinator.slots.inUse,
      guilds: this.coordinator.busyGuilds,
      children: this.pool.alive,
      timers: this.clock.timers,
      links: this.discord.listeners.size,
      recordings: (await readdir(join(this.folder, 'recordings', 'sessions')).catch(() => [])).length,
      nicknames: [...this.discord.nicknames.values()].filter((name) => name !== null).length,
      background: this.background.size,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drive(this.coordinator.shutdown(), 100);
    await this.drive(this.pool[Symbol.asyncDispose](), 100);
    await this.drive(this.background.settled(), 100);
    await this.#scope.disposeAsync();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Turns in which whatever can happen does, where no disk is slow; and milliseconds for a disk, or a machine, that stands still. */
const turnsAtMost = 5000;
const patienceMs = 20_000;

/** Tells, asked once a turn, when waiting is in vain. */
const vainly = (): (() => boolean) => {
  const from = performance.now();
  let turns = 0;
  return () => {
    turns += 1;
    return turns > turnsAtMost && performance.now() - from > patienceMs;
  };
};

/** What `leftovers` is when nothing is left. */
export const nothingLeft = {
  sessions: 0,
  slots: 0,
  guilds: 0,
  children: 0,
  timers: 0,
  links: 0,
  recordings: 0,
  nicknames: 0,
  background: 0,
};

const testSettings = (folder: string): Settings => ({
  ...parseSettings({}),
  recordingsDir: join(folder, 'recordings'),
  dataDir: join(folder, 'data'),
});
