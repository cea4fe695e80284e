import { SAMPLE_RATE } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { JoinCoordinator } from '../session/join/join-coordinator.ts';
import type { SessionServices } from '../session/session-services.ts';
import { isChannelAllowed } from '../session/settings-reconcile.ts';
import type { RecordingRow } from '../store/index.ts';
import { finishLeftRecording, isOverInStore } from './finish-left-recording.ts';
import type { MuxJob } from './mux-job.ts';
import type { JournalFacts } from './read-journal.ts';
import { decideRecovery } from './recovery-decision.ts';
import { findUnfinished, type Unfinished } from './unfinished.ts';

export interface RecoveryOptions {
  readonly services: SessionServices;
  readonly coordinator: JoinCoordinator;
}

/**
 * What a start does about what the last run left: recordings that ran are rejoined or finished, finished ones go to the mixer. One
 * recording that cannot be recovered does not keep the others.
 */
export const recover = async (options: RecoveryOptions): Promise<void> => {
  const { logger, settings } = options.services;
  const unfinished = await findUnfinished(settings.recordingsDir);
  await Promise.all(
    unfinished.map(async (found) => {
      try {
        await recoverOne(options, found);
      } catch (error) {
        logger.error(
          { err: error, recordingSessionId: found.recordingSessionId },
          'a recording could not be recovered',
        );
      }
    }),
  );
  await closeSessionsWithoutEnd(options);
};

const recoverOne = async (options: RecoveryOptions, found: Unfinished): Promise<void> => {
  const { services } = options;
  const { clock } = services;
  const { recordingSessionId, file, journal } = found;
  const row = await services.store.recordings.get(recordingSessionId).catch(() => null);
  const job = jobOf(found, row);
  if (!job) return;
  if (file?.status === 'muxing' || !journal || !file) {
    services.enqueueMux(job);
    return;
  }
  const { started, humans } = journal;
  const { guildId, channelId } = started;
  const channel = services.discord.channel(guildId, channelId);
  const stillThere = channel?.people.filter(({ userId, bot }) => bot !== true && humans.has(userId)).length ?? 0;
  const sameBoot = started.bootId === services.bootId;
  const silentMs = Math.max(0, sameBoot ? msSince(journal, clock) : clock.now() - journal.lastAliveAt);
  const decision = decideRecovery({
    sameBoot,
    silentMs,
    ended: journal.ended || isOverInStore(row),
    channelKnown: channel !== null,
    allowed: await isAllowed(services, guildId, channelId),
    peopleStillThere: stillThere,
  });
  services.logger.warn({ recordingSessionId, decision, silentMs, stillThere }, 'a recording was left running');
  const textChannelId = job.textChannelId ?? channelId;
  const info = { guildId, textChannelId, requestedByUserId: started.requestedByUserId };
  const elapsedMs = Math.max(0, services.clock.now() - started.at);
  if (decision === 'rejoin') {
    try {
      await rejoin(options, found, { ...info, sessionId: started.sessionId, startedAt: started.at }, elapsedMs);
      return;
    } catch (error) {
      services.logger.error(
        { err: error, recordingSessionId },
        'the recording could not be rejoined; another follows it',
      );
    }
  }
  await finish(services, found, job, row);
  if (decision === 'finish') return;
  const session = await options.coordinator.revive({
    info: { ...info, sessionId: services.newSessionId(), startedAt: services.clock.now() },
    channelId,
    continues: recordingSessionId,
    elapsedMs: 0,
  });
  session.announcer.say({ kind: 'continued_after_restart', details: { prefix: services.settings.prefix } });
};

/** The settings may be others than those of the last run. What a database that cannot be read says is what the installation says. */
const isAllowed = async (
  { settings, store }: SessionServices,
  guildId: string,
  channelId: string,
): Promise<boolean> => {
  const guildSettings = await store.guildSettings.get(guildId).catch(() => settings);
  return settings.voiceEnabled && isChannelAllowed(guildSettings, channelId);
};

/** Into the same channel and the same recording; what nobody captured meanwhile is a hole. */
const rejoin = async (
  { services, coordinator }: RecoveryOptions,
  { file, journal }: Unfinished,
  info: { guildId: string; textChannelId: string; requestedByUserId: string; sessionId: string; startedAt: number },
  elapsedMs: number,
): Promise<void> => {
  if (!file || !journal) throw new TypeError('rejoin: nothing is known of the recording');
  const { originUs } = journal.started;
  const lastUs = lastUsOf(journal);
  const session = await coordinator.revive({
    info,
    channelId: journal.started.channelId,
    found: { file, originUs, voxprocs: journal.voxprocs, humans: journal.humans, paused: journal.paused },
    elapsedMs,
  });
  const nowUs = services.clock.monotonicUs();
  if (journal.paused) session.apply({ type: 'paused' });
  session.recording.noteHole('supervisor_down', lastUs, nowUs);
  session.people.noteAll();
  const gapMs = (nowUs - lastUs) / 1000;
  session.announcer.say({ kind: 'resumed_after_restart', details: { gapMs, prefix: services.settings.prefix } });
};

/** Ends a recording on disk where its last sign of life was, and hands it to the mixer. */
const finish = async (
  services: SessionServices,
  { file, journal }: Unfinished,
  job: MuxJob,
  row: RecordingRow | null,
): Promise<void> => {
  if (!file || !journal) throw new TypeError('finish: nothing is known of the recording');
  const end = await finishLeftRecording({ ...services, ...services.settings }, { file, journal }, row);
  services.store.recordings.updated(job.recordingSessionId, { status: 'muxing', ...end });
  services.enqueueMux(job);
};

/** CLOCK_MONOTONIC (µs) of the last sign of life; means something within the boot it began in. */
const lastUsOf = ({ started, lastSample }: JournalFacts): number => started.originUs + (lastSample / SAMPLE_RATE) * 1e6;

const msSince = (journal: JournalFacts, clock: Clock): number => (clock.monotonicUs() - lastUsOf(journal)) / 1000;

const jobOf = ({ recordingSessionId, folder, file, journal }: Unfinished, row: RecordingRow | null): MuxJob | null => {
  const guildId = file?.guildId ?? journal?.started.guildId ?? row?.guildId;
  if (guildId === undefined) return null;
  return {
    recordingSessionId,
    folder,
    guildId,
    textChannelId: row?.textChannelId ?? null,
    requestedByUserId: row?.requestedByUserId ?? journal?.started.requestedByUserId ?? null,
  };
};

/** Sessions the database believes to be alive although nobody serves them. */
const closeSessionsWithoutEnd = async ({ services, coordinator }: RecoveryOptions): Promise<void> => {
  const { store, clock, logger } = services;
  try {
    const rows = await store.sessions.live();
    const alive = new Set(coordinator.registry.all.map(({ sessionId }) => sessionId));
    for (const { sessionId } of rows) {
      if (!alive.has(sessionId))
        store.sessions.ended(sessionId, { endedAt: clock.now(), endReason: 'connection_lost' });
    }
  } catch (error) {
    logger.warn({ err: error }, 'sessions of the last run could not be closed in the database');
  }
};
