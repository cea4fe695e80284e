import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { muxCliPath } from '@parley/mux';
import { type Clock, systemClock } from '@parley/protocol';
import { servedPages } from '@parley/web/server';
import { openMusicDesk } from './agent/music/open-music-desk.ts';
import { ChannelQuestions } from './agent/questions/channel-questions.ts';
import { SayDesk } from './agent/say/say-desk.ts';
import { openAgents } from './agent/session/open-agents.ts';
import { Soundboard } from './agent/soundboard/soundboard.ts';
import { guildDefaultsOf, type Settings } from './config/index.ts';
import { AppHealth } from './discord/app-health.ts';
import { connectClient } from './discord/client.ts';
import { createDiscordPort } from './discord/discord-port.ts';
import { bindEvents, type EventTargets } from './discord/events.ts';
import { GatewayBridge } from './discord/gateway-bridge.ts';
import { guildPeopleOf } from './discord/guild-people.ts';
import { closeLeftPanels, LivePanel } from './discord/panel/live-panel.ts';
import { PanelBook } from './discord/panel/panel-book.ts';
import { RecordingIndicator } from './discord/recording-indicator.ts';
import { CommandRouter } from './discord/router/router.ts';
import { registerSlashCommands } from './discord/router/slash-definitions.ts';
import { serverFactsOf } from './discord/server-facts.ts';
import { createSoundboardPort } from './discord/soundboard.ts';
import { PageExports } from './http/api/page-exports.ts';
import { discordOAuthOf } from './http/auth/discord/discord-oauth.ts';
import { PageLinks } from './http/auth/page-links.ts';
import { SignInDesk, signInTimes } from './http/auth/sign-in-desk.ts';
import { createMetrics, openLinkSigner, registerLiveGauges, startHttp } from './http/index.ts';
import { pageParts } from './http/pages/page-parts.ts';
import { startPages } from './http/pages/start-pages.ts';
import { openWebhook } from './http/webhook/open-webhook.ts';
import { createLogger, type Logger } from './log.ts';
import { openMemory } from './memory/open-memory.ts';
import { openRephraser } from './notify/rephrase/open-rephraser.ts';
import { localFfmpeg } from './ops/index.ts';
import { Eraser } from './recordings/erasure/eraser.ts';
import { keepDelivery } from './recordings/erasure/keep-delivery.ts';
import { openPersonHash } from './recordings/erasure/person-hash.ts';
import type { DeliverExportOptions } from './recordings/exports/deliver-export.ts';
import { ExportFiles, exportsFolder, removeExports } from './recordings/exports/export-files.ts';
import { ExportMaker } from './recordings/exports/export-maker.ts';
import { ExportService } from './recordings/exports/export-service.ts';
import { runExportWith } from './recordings/exports/run-export.ts';
import { withoutConsentWith } from './recordings/exports/without-consent.ts';
import { holdAll } from './recordings/hold-all.ts';
import { makeSmallWith } from './recordings/make-small.ts';
import { muxEnvironment } from './recordings/mux-environment.ts';
import { MuxQueue } from './recordings/mux-queue.ts';
import { MuxReporter } from './recordings/mux-reporter.ts';
import { recover } from './recordings/recovery.ts';
import { resumeDeliveries } from './recordings/resume-deliveries.ts';
import { GuildDepartures } from './recordings/retention/departures.ts';
import { Retention } from './recordings/retention/retention.ts';
import { runMuxWith } from './recordings/run-mux.ts';
import { AutoJoin } from './session/auto-join/auto-join.ts';
import { JoinCoordinator } from './session/join/join-coordinator.ts';
import { leaveLeftoverVoice } from './session/join/leave-leftover-voice.ts';
import { LastSessions } from './session/last-sessions.ts';
import { ConsentService } from './session/people/consent-service.ts';
import { watchPermissions } from './session/presence/permission-watch.ts';
import { StreamRegistry } from './session/presence/stream-registry.ts';
import { findChime } from './session/recording/find-chime.ts';
import { watchHeard } from './session/recording/heard-watch.ts';
import { logEachMinute } from './session/recording/minute-log.ts';
import { recordingOff } from './session/recording/recording-switch.ts';
import { SessionRegistry } from './session/registry.ts';
import type { Session } from './session/session.ts';
import type { SessionServices } from './session/session-services.ts';
import { checkStart, sayServers } from './start-checks.ts';
import { bootId, lockDataFolder, openStore } from './store/index.ts';
import { openBrain, openTranscription } from './transcripts/service/open-transcription.ts';
import { version } from './version.ts';
import { Background } from './vox/background.ts';
import { defaultVoxprocEntry } from './vox/child-handle.ts';
import { openVoxprocPool } from './vox/open-voxproc-pool.ts';
import { primeCompileCache } from './vox/prime-compile-cache.ts';
import { settlesWithin } from './vox/settles-within.ts';

export interface AppOptions {
  readonly settings: Settings;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** The executable file of voxproc; by default the workspace's. */
  readonly voxprocEntry?: string;
  /** Where ffmpeg is, for the check at the start; null: nowhere. */
  readonly findFfmpeg?: () => Promise<string | null>;
}

/** A running supervisor. Disposing ends it in order, within 10 s. */
export interface App extends AsyncDisposable {
  /** Where the HTTP server listens. */
  readonly url: string;
  /** Resolves, with the reason in plain words, when Parley cannot go on: whoever started it should end it. */
  readonly failed: Promise<string>;
}

/** What agents decided is told for so long, milliseconds. */
const agentLogKeptMs = 30 * 86_400_000;
/** Messages that are still on their way at the end may take this long, milliseconds. */
const lastWordsMs = 2000;

/**
 * Starts the supervisor and resolves when it can take commands. What is acquired is given back in the reverse order (teardown): no
 * new joins, sessions ended and voxprocs closed → mixer interrupted → last messages → HTTP → Discord → store flushed → lock.
 * @throws LoginError, HttpError, StoreError, DataFolderLockedError, StartError: each says in plain words what to do.
 */
export const startApp = async ({ settings, clock = systemClock, ...options }: AppOptions): Promise<App> => {
  const logger = options.logger ?? createLogger(settings);
  await using scope = new AsyncDisposableStack();
  await checkStart(settings, logger, options.findFfmpeg ?? (() => localFfmpeg(settings)));
  scope.use(await lockDataFolder(settings.dataDir));
  const metrics = scope.use(createMetrics());
  const store = scope.use(
    await openStore({
      file: join(settings.dataDir, 'parley.db'),
      clock,
      logger,
      driver: settings.sqliteDriver,
      guildDefaults: guildDefaultsOf(settings),
      onFailure: (code) => metrics.storeErrors.inc({ code }),
      onDropped: (rows) => metrics.storeDropped.inc(rows),
    }),
  );
  const background = new Background(logger);
  const voxprocEntry = options.voxprocEntry ?? defaultVoxprocEntry();
  const compileCache = join(settings.dataDir, 'compile-cache');
  const primed = primeCompileCache(voxprocEntry, compileCache, clock);
  const targets = Promise.withResolvers<EventTargets>();
  targets.promise.catch(() => undefined); // met by whoever waits for it
  scope.defer(() => targets.reject(new Error('Parley is being shut down')));
  const failed = Promise.withResolvers<string>();

  const { client, messageContent } = await connectClient({
    token: settings.discord.token ?? '',
    apiBase: settings.discord.apiBase,
    logger,
    bind: (bound) =>
      bindEvents(bound, {
        targets: targets.promise,
        background,
        onFatal: (code) => failed.resolve(`Discord closed the gateway for good (code ${code}).`),
      }),
  });
  scope.defer(() => client.destroy());
  const bridge = scope.use(new GatewayBridge(client, clock, logger));
  const rephraser = openRephraser(settings, clock, logger);
  const discord = createDiscordPort(client, bridge, rephraser);
  const indicator = scope.use(new RecordingIndicator({ discord, store, clock, logger, background }));
  const links = await openLinkSigner(settings.dataDir);
  const { publicUrl } = settings;
  const linkTo =
    publicUrl === undefined
      ? null
      : (recordingSessionId: string, file: string, expiresAt: number) =>
          new URL(links.sign({ recordingSessionId, file }, expiresAt), publicUrl).href;

  const muxEnv = muxEnvironment(settings);
  const reporter = new MuxReporter({
    ...{ discord, store, metrics, clock, logger, background },
    delivery: {
      discord,
      logger,
      linkTo,
      makeSmall: makeSmallWith({ cliPath: muxCliPath, env: muxEnv }),
      now: () => clock.now(),
      posted: keepDelivery(store, clock, logger),
    },
    hasPages: settings.http.pages,
    onMixed: (recordingSessionId) => {
      background.run('erasures', () => eraser.resume());
      background.run('transcription', () => transcription.mixed(recordingSessionId));
      background.run('transcription', () => withdrawals.mixed(recordingSessionId));
      webhook?.look(recordingSessionId);
    },
  });
  const muxQueue = new MuxQueue({
    run: runMuxWith({ cliPath: muxCliPath, logger, env: muxEnv }),
    listener: reporter,
    ...{ clock, logger, background },
    onSize: (size) => metrics.muxQueue.set(size),
  });
  const registry = new SessionRegistry((count) => metrics.sessions.set(count));
  const { transcription, withdrawals } = openTranscription({ settings, store, discord, clock, logger, background });
  const parts = pageParts(settings, {
    ...{ store, clock, logger, people: guildPeopleOf(client) },
    fractionOf: (id) => transcription.fractionOf(id),
  });
  const eraser = scope.use(
    new Eraser({
      ...{ store, discord, registry, clock, logger, background },
      muxQueue: {
        enqueue: (job) => muxQueue.enqueue(job),
        hold: (recordingSessionId) => holdAll([muxQueue, transcription, parts.notes], recordingSessionId),
      },
      recordingsDir: settings.recordingsDir,
      dataDir: settings.dataDir,
      logFile: settings.logFile ?? null,
      hash: await openPersonHash(settings.dataDir),
      removeExports: (recordingSessionId) => removeExports(settings.dataDir, recordingSessionId),
    }),
  );
  const health = scope.use(new AppHealth({ settings, store, muxQueue, clock, registry, client }));
  registerLiveGauges(metrics.registry, {
    health: () => health.report(),
    voxprocs: () => registry.all.map(({ reports }) => reports.latest).filter((figures) => figures !== null),
  });
  const exportFiles = scope.use(new ExportFiles({ dataDir: settings.dataDir, clock, logger, background }));
  const maker = new ExportMaker({
    run: runExportWith({ cliPath: muxCliPath, logger, env: muxEnv }),
    ...{ files: exportFiles, clock, logger },
    withoutConsent: withoutConsentWith({ store, sessionOf: (guildId) => registry.of(guildId) }),
    onEnd: ({ guildId, requestedByUserId, recordingSessionId, kind, format }, outcome) =>
      store.actions.record({
        ...{ kind: 'recording_exported', guildId, userId: requestedByUserId },
        fields: { recordingSessionId, kind, format, outcome },
      }),
  });
  const desk = new SignInDesk(store, clock);
  scope.use(clock.setInterval(() => background.run('sign-ins', () => desk.sweep()), signInTimes.sweepMs));
  const http = scope.use(
    await startHttp({
      settings,
      health: () => health.report(),
      metrics,
      recordingsDir: settings.recordingsDir,
      exportsDir: exportsFolder(settings.dataDir),
      logger,
      clock,
      ...(publicUrl === undefined ? {} : { links }),
      withholds: (recordingSessionId, file) => parts.erasing.withholds(recordingSessionId, file),
      ...(settings.http.pages
        ? {
            pages: (app, ownUrl) =>
              startPages(app, {
                ...{ store, clock, logger, version, registry, eraser, desk, ownUrl },
                ...parts,
                exports: new PageExports({ maker }),
                dist: servedPages(),
                publicUrl: publicUrl ?? null,
                oauth: discordOAuthOf(settings, clock),
              }),
          }
        : {}),
    }),
  );
  scope.defer(async () => void (await settlesWithin(clock, lastWordsMs, background.settled())));
  const webhook = scope.use(openWebhook({ settings, store, metrics, clock, logger, background }));
  scope.use(muxQueue);
  scope.use(transcription);
  scope.use(withdrawals);
  const keepExport: DeliverExportOptions['posted'] = ({ kind, recordingSessionId }, sent, readAt) =>
    keepDelivery(store, clock, logger, kind)(recordingSessionId, sent, readAt);
  scope.use(maker);
  const exports = new ExportService({
    delivery: { discord, logger, linkTo, now: () => clock.now(), posted: keepExport },
    ...{ maker, clock, logger, background },
    deliverTo: async (guildId) => (await store.guildSettings.get(guildId)).deliver,
  });

  const pool = scope.use(
    await openVoxprocPool({ ...{ settings, clock, logger, background, metrics }, voxprocEntry, compileCache }),
  );
  const questions = new ChannelQuestions(clock, logger);
  const soundboard = new Soundboard({ port: createSoundboardPort(client), clock, logger });
  const music = openMusicDesk({ settings, clock, logger, background, discord, questions });
  const panels = {
    clock,
    logger,
    background,
    discord,
    book: await PanelBook.open(store, logger),
    hasPages: settings.http.pages,
  };
  const memories = scope.use(
    openMemory({
      ...{ settings, store, clock, logger, background },
      nameOf: (guildId, userId) => client.guilds.cache.get(guildId)?.members.cache.get(userId)?.displayName ?? null,
      mayRemember: (guildId, person) => consents.allows('remembered', guildId, person),
    }),
  );
  const services: SessionServices = {
    clock,
    logger,
    background,
    settings,
    store,
    metrics,
    discord,
    indicator,
    pool,
    agents: await openAgents({
      ...{ settings, store, discord, metrics, clock, logger, background, memories },
      tools: {
        ...{ registry, questions, music, soundboard },
        leave: (guildId, userId) => coordinator.leave(guildId, userId, 'agent'),
      },
    }),
    bootId: bootId(),
    enqueueMux: (job) => {
      if (webhook) background.run('webhook', () => webhook.ended(job.recordingSessionId));
      muxQueue.enqueue(job);
    },
    chimeFile: findChime(),
    newSessionId: randomUUID,
    lastSessions: scope.use(new LastSessions(clock)),
    streams: new StreamRegistry(clock),
    companions: [
      (session) => logEachMinute(services, session),
      (session) => watchHeard(services, session),
      (session) => watchPermissions(services, session),
      (session) => new LivePanel(panels, session),
      (session) => music.accompany(session),
      (session) => autoJoin.accompany(session),
      (session) => memories.accompany(session, () => endRecording(session)),
    ],
  };
  const coordinator = new JoinCoordinator(services, registry);
  scope.defer(() => coordinator.shutdown());
  const autoJoin = scope.use(new AutoJoin({ services, coordinator }));
  scope.use(store.guildSettings.onChange((guildId) => coordinator.settingsChanged(guildId)));
  const consents = new ConsentService(services, coordinator.registry, async (who, use) => {
    memories.saidNo(who);
    await withdrawals.saidNo(who, use);
  });
  const endRecording = async ({ info }: Session): Promise<boolean> =>
    (await coordinator.withSession(info.guildId, (live) => recordingOff(live, services))) === 'done';
  const pageLinks = new PageLinks({ desk, access: parts.access, publicUrl: publicUrl ?? null, ownUrl: http.url });
  const router = new CommandRouter({
    botUserId: client.user.id,
    settings,
    coordinator,
    consents,
    eraser,
    exports,
    transcription,
    brain: openBrain(settings, clock),
    store,
    discord,
    clock,
    logger,
    metrics,
    background,
    indicator,
    ...{ questions, music },
    sayings: new SayDesk(clock),
    memories,
    linkTo,
    pageLinks: settings.http.pages ? pageLinks : null,
    rephraser,
  });

  const { recordingsDir, dataDir } = settings;
  const isInUse = (recordingSessionId: string): boolean =>
    muxQueue.has(recordingSessionId) ||
    transcription.has(recordingSessionId) ||
    registry.all.some(({ recording }) => recording.current?.recordingSessionId === recordingSessionId);
  const retention = scope.use(new Retention({ recordingsDir, dataDir, store, isInUse, clock, logger, background }));
  const departures = new GuildDepartures({ store, clock, logger });
  background.run('exports', () => exportFiles.sweep({ atStart: true }));
  background.run('recovery', async () => {
    const undelivered = await store.jobs.open('deliver');
    await recover({ services, coordinator });
    await eraser.resume();
    const isLive = (guildId: string) => coordinator.registry.of(guildId) !== null;
    const guildIds = [...client.guilds.cache.keys()];
    leaveLeftoverVoice(discord, isLive, guildIds, logger);
    await indicator.restoreLeftovers(isLive, guildIds);
    const sessionIds = new Set(coordinator.registry.all.map(({ sessionId }) => sessionId));
    for (const guildId of guildIds) autoJoin.changed(guildId);
    await closeLeftPanels(panels, (sessionId) => sessionIds.has(sessionId));
    await withdrawals.resume();
    await transcription.resume();
    await webhook?.resume();
    await resumeDeliveries(undelivered, { store, reporter, logger });
    await departures.compare(new Set(client.guilds.cache.keys()));
    await memories.resume();
    await retention.sweep();
    await store.agentLog.forgetBefore(clock.now() - agentLogKeptMs);
  });
  background.run('slash commands', () =>
    registerSlashCommands(
      (definitions) => client.application.commands.set(definitions),
      client.application.id,
      store,
      logger,
    ),
  );
  await primed;
  pool.warmUp();
  targets.resolve({ router, departures, autoJoin, registry: coordinator.registry, streams: services.streams });
  sayServers(serverFactsOf(client), logger);
  logger.info({ url: http.url, guilds: client.guilds.cache.size, messageContent, user: client.user.tag }, 'ready');

  const owned = scope.move();
  return { url: http.url, failed: failed.promise, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};
