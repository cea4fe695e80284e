import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordingFolder, recordingLayout, type SessionFile } from '@parley/mux';
import { type Clock, systemClock } from '@parley/protocol';
import { pino } from 'pino';
import type { GuildPeople, PageMember } from '../http/access/guild-people.ts';
import { PageExports } from '../http/api/page-exports.ts';
import type { ApiServices } from '../http/api/services.ts';
import type { DiscordOAuth } from '../http/auth/discord/discord-oauth.ts';
import { hashOf, newSecret } from '../http/auth/secret.ts';
import { SignInDesk } from '../http/auth/sign-in-desk.ts';
import { createMetrics, type HealthReport, type LinkSigner } from '../http/index.ts';
import { pageParts } from '../http/pages/page-parts.ts';
import { startPages } from '../http/pages/start-pages.ts';
import { type HttpServer, startHttp } from '../http/start-http.ts';
import type { ErasureWish } from '../recordings/erasure/eraser.ts';
import { ExportFiles } from '../recordings/exports/export-files.ts';
import { ExportMaker, type ExportOutcome } from '../recordings/exports/export-maker.ts';
import type { RunExport } from '../recordings/exports/run-export.ts';
import { newSessionFile } from '../recordings/session-files.ts';
import { openStore, type RecordingRow, type Store } from '../store/index.ts';
import { Background } from '../vox/background.ts';

export interface PagesRigOptions {
  readonly clock?: Clock;
  /** Makes exports; by default a file of a few bytes. */
  readonly run?: RunExport;
  readonly dist?: string | null;
  readonly publicUrl?: string | null;
  readonly trustProxy?: string[];
  /** Signing in by Discord. */
  readonly oauth?: DiscordOAuth;
  /** Signs links to files, which are then served. */
  readonly links?: LinkSigner;
  /** Another part of the services, such as transcripts. */
  readonly services?: Partial<ApiServices>;
}

/** Who is who for the pages: nobody is a member of anything until a test says so. */
export class PaperGuilds implements GuildPeople {
  readonly members = new Map<string, PageMember>();
  readonly names = new Map<string, string>();
  failure: Error | null = null;

  put(guildId: string, userId: string, canManageGuild = false): void {
    this.members.set(`${guildId} ${userId}`, { displayName: `User ${userId.at(-1)}`, avatarUrl: null, canManageGuild });
  }

  guilds(): readonly string[] {
    return [...this.names.keys()];
  }

  guildName(guildId: string): string | null {
    return this.names.get(guildId) ?? null;
  }

  async member(guildId: string, userId: string): Promise<PageMember | null> {
    if (this.failure) throw this.failure;
    return this.members.get(`${guildId} ${userId}`) ?? null;
  }

  avatarUrl(): string | null {
    return null;
  }

  async user(userId: string) {
    if (this.failure) throw this.failure;
    return { displayName: `User ${userId.at(-1)}`, avatarUrl: null };
  }
}

/** The HTTP server with its pages, a real store and a folder of recordings; only Discord is on paper. */
export class PagesRig implements AsyncDisposable {
  readonly folder: string;
  readonly recordingsDir: string;
  readonly store: Store;
  readonly people = new PaperGuilds();
  readonly desk: SignInDesk;
  readonly erased: ErasureWish[] = [];
  /** What became of exports. */
  readonly exported: ExportOutcome[] = [];
  /** Every route of the pages, as `GET /s/:id`. */
  readonly routes: string[] = [];
  #server: HttpServer | null = null;
  #scope: AsyncDisposableStack;

  private constructor(folder: string, store: Store, desk: SignInDesk, scope: AsyncDisposableStack) {
    this.folder = folder;
    this.recordingsDir = join(folder, 'recordings');
    this.store = store;
    this.desk = desk;
    this.#scope = scope;
  }

  static async start(options: PagesRigOptions = {}): Promise<PagesRig> {
    const { clock = systemClock, dist = null, publicUrl = null } = options;
    await using scope = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'parley-pages-'));
    scope.defer(() => rm(folder, { recursive: true, force: true }));
    const logger = pino({ level: 'silent' });
    const dataDir = join(folder, 'data');
    const file = join(dataDir, 'parley.db');
    const store = scope.use(await openStore({ file, clock, logger, driver: 'node' }));
    const desk = new SignInDesk(store, clock);
    const rig = new PagesRig(folder, store, desk, scope.move());
    const { recordingsDir, people } = rig;
    const background = new Background(logger);
    const files = rig.#scope.use(new ExportFiles({ dataDir, clock, logger, background }));
    const maker = rig.#scope.use(
      new ExportMaker({
        ...{ run: options.run ?? aFewBytes, files, clock, logger, withoutConsent: async () => new Set<string>() },
        onEnd: (_job, outcome) => rig.exported.push(outcome),
      }),
    );
    const exports = new PageExports({ maker });
    const services: ApiServices = {
      ...{ store, clock, logger, desk, exports, version: '0.0.0', registry: { of: () => null } },
      ...pageParts({ recordingsDir }, { store, clock, logger, people, fractionOf: () => null }),
      eraser: {
        begin: async (wish) => {
          rig.erased.push(wish);
        },
      },
      ...options.services,
    };
    rig.#server = rig.#scope.use(
      await startHttp({
        settings: { http: { host: '127.0.0.1', port: 0, trustProxy: options.trustProxy ?? [] } },
        health: () => healthy,
        ...(options.links ? { links: options.links } : {}),
        metrics: rig.#scope.use(createMetrics()),
        ...{ recordingsDir, logger, clock, exportsDir: join(dataDir, 'exports') },
        withholds: (recordingSessionId, path) => services.erasing.withholds(recordingSessionId, path),
        pages: async (app, ownUrl) => {
          app.addHook('onRoute', ({ method, url }) => {
            for (const one of [method].flat()) if (one !== 'HEAD') rig.routes.push(`${one} ${url}`);
          });
          await startPages(app, { ...services, store, dist, publicUrl, ownUrl, oauth: options.oauth ?? null });
        },
      }),
    );
    return rig;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  /** Signs somebody in. @returns the headers their browser sends, and the token that goes with changes */
  async signIn(userId: string): Promise<{ readonly cookie: string; readonly csrf: string; readonly secret: string }> {
    const { secret } = await this.desk.begin(userId, '/');
    const row = await this.desk.who(secret);
    return { cookie: `parley=${secret}`, csrf: row?.csrf ?? '', secret };
  }

  /** A token of a guild. */
  async token(guildId: string, name = 'program'): Promise<string> {
    const { secret } = newSecret();
    await this.store.apiTokens.add({ hash: hashOf(secret), name, guildId, createdAt: 0 });
    return secret;
  }

  /** Puts a finished recording into folder and store; `session` changes what its file says. */
  async recording(
    row: Pick<RecordingRow, 'recordingSessionId' | 'guildId' | 'requestedByUserId'> & Partial<RecordingRow>,
    session: Partial<SessionFile> = {},
  ): Promise<string> {
    const { recordingSessionId, guildId } = row;
    const startTime = row.startTime ?? 1_790_000_000_000;
    const folder = recordingFolder(this.recordingsDir, recordingSessionId);
    const layout = recordingLayout(folder);
    await mkdir(layout.tracks, { recursive: true });
    await mkdir(layout.journal, { recursive: true });
    const identity = { recordingSessionId, guildId, channelId: '300000000000000001', channelName: 'Table', startTime };
    const begun = newSessionFile({ ...identity, sessionId: '00000000-0000-4000-8000-000000000001' });
    const ended = {
      status: 'completed' as const,
      durationMs: 60_000,
      endTime: startTime + 60_000,
      outputFile: 'full.ogg',
    };
    const written: SessionFile = { ...begun, ...ended, ...session };
    await writeFile(layout.sessionFile, JSON.stringify(written));
    this.store.recordings.started({
      ...{ sessionId: written.sessionId, channelId: identity.channelId, channelName: identity.channelName },
      ...{ textChannelId: null, folder, bootId: 'boot', originUs: 0, startTime, endTime: written.endTime },
      ...{ durationMs: written.durationMs, status: written.status, outputFile: written.outputFile },
      ...{ continues: null, voxprocs: 1, error: null },
      ...row,
    });
    await this.store.flush();
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.disposeAsync();
  }
}

const healthy: HealthReport = {
  ...{ alive: true, ready: true, problems: [], version: '0.0.0', uptimeSeconds: 1, gateway: 'ready' },
  ...{ sessions: 0, recordings: 0, muxQueue: 0, freeBytes: null },
  store: { driver: 'node', pending: 0, dropped: 0, failures: 0 },
};

const aFewBytes: RunExport = async (_job, out) => {
  await writeFile(out, 'exported');
  return { kind: 'done', path: out, bytes: 8, durationMs: 1000, people: [] };
};
