import type { GuildSettings } from '../config/guild-settings.ts';
import type { Announcer } from './announcer.ts';
import type { ConsentBook } from './people/consent-book.ts';
import type { SessionPeople } from './people/session-people.ts';
import type { RecordingControl } from './recording/recording-control.ts';
import type { RecordingNotice } from './recording/recording-notice.ts';
import type { SessionInfo, SessionServices } from './session-services.ts';
import { maxNearMs, type SessionTimers } from './session-timers.ts';
import { textChannelFor } from './text-channel.ts';

/** Whether a guild's lists of channels let Parley record there. */
export const isChannelAllowed = (
  { allowedChannelIds, blockedChannelIds }: Pick<GuildSettings, 'allowedChannelIds' | 'blockedChannelIds'>,
  channelId: string,
): boolean =>
  !blockedChannelIds.includes(channelId) && (allowedChannelIds.length === 0 || allowedChannelIds.includes(channelId));

/** What a change of settings asks of a live session. */
export interface SettingsEffects {
  /** Its channel may be recorded no more. */
  readonly forbidden: boolean;
  /** Whom to record is decided by other rules. */
  readonly rules: boolean;
  /** What people were told about their recording has changed. */
  readonly notice: boolean;
  readonly times: boolean;
  /** Where it speaks may be another channel. */
  readonly textChannel: boolean;
}

const differs = <K extends keyof GuildSettings>(
  before: GuildSettings,
  after: GuildSettings,
  keys: readonly K[],
): boolean => keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));

/** Pure. What is not named here is looked up when it is needed: verbosity, who may do what, how the mix is delivered. */
export const settingsEffects = (before: GuildSettings, after: GuildSettings, channelId: string): SettingsEffects => {
  const rules = differs(before, after, ['consentMode', 'consentRoleIds']);
  return {
    forbidden: !isChannelAllowed(after, channelId),
    rules,
    notice: rules || differs(before, after, ['retentionDays', 'retentionGigabytes']),
    times: differs(before, after, ['maxRecordingHours', 'aloneLeaveSeconds']),
    textChannel: differs(before, after, ['textChannelId', 'autoJoinPostChannelId']),
  };
};

/**
 * Milliseconds until the longest duration, counted from the session's beginning; null = none. A limit that is over already leaves
 * the time of the first warning, so that nobody is cut off unwarned.
 */
export const remainingAfterChange = (maxRecordingHours: number, elapsedMs: number): number | null =>
  maxRecordingHours === 0 ? null : Math.max(maxNearMs[0], maxRecordingHours * 3_600_000 - elapsedMs);

export interface SettingsFollowers {
  readonly services: Pick<SessionServices, 'clock' | 'discord' | 'logger' | 'store'>;
  readonly session: {
    readonly info: SessionInfo;
    readonly people: Pick<SessionPeople, 'rulesChanged' | 'settle' | 'addressed' | 'notRecordedOnceTold'>;
    readonly consents: Pick<ConsentBook, 'restrict' | 'allow'>;
    readonly announcer: Pick<Announcer, 'textChannelId' | 'moveTo'>;
    /** Its `current` null: nothing is recorded at the moment. */
    readonly recording: { readonly current: unknown } & Pick<RecordingControl, 'textChannelChanged'>;
  };
  readonly timers: Pick<SessionTimers, 'change'>;
  readonly notice: Pick<RecordingNotice, 'post'>;
}

/**
 * Has a live session follow changed settings. Whom the new rules exclude is excluded at once; whom they let in is recorded when the
 * notice that says so stands in the channel, and not at all where it cannot be posted. Where another text channel is to be spoken in,
 * the notice is posted there, and the panel and the delivery go along. Never throws.
 */
export const followSettings = async (
  { session: { info, people, consents, recording, announcer }, services, timers, notice }: SettingsFollowers,
  channelId: string,
  before: GuildSettings,
  after: GuildSettings,
): Promise<Pick<SettingsEffects, 'forbidden'>> => {
  const effects = settingsEffects(before, after, channelId);
  const { clock, discord, logger } = services;
  const { guildId, sessionId } = info;
  const tellAll = async (): Promise<void> => {
    const channel = discord.channel(guildId, channelId);
    if (!channel) throw new Error('the voice channel is gone');
    await notice.post(channel, people.notRecordedOnceTold);
    people.addressed();
  };
  logger.info({ guildId, sessionId, ...effects }, 'settings changed while a session is live');
  if (effects.forbidden) return effects;
  if (effects.times) {
    const elapsedMs = (clock.monotonicUs() - info.originUs) / 1000;
    timers.change({
      maxMs: remainingAfterChange(after.maxRecordingHours, elapsedMs),
      aloneMs: after.aloneLeaveSeconds * 1000,
    });
  }
  if (effects.rules) {
    consents.restrict(after);
    people.rulesChanged();
    await people.settle();
  }
  const spokeIn = announcer.textChannelId;
  if (effects.textChannel) announcer.moveTo(textChannelFor(after, info));
  if (!effects.notice && announcer.textChannelId === spokeIn) return effects;
  try {
    // Who is not recorded needs no notice: the next recording brings its own.
    if (recording.current !== null) await tellAll();
  } catch (error) {
    // Neither the new channel nor the voice channel's chat takes it: people go on reading where they did.
    announcer.moveTo(spokeIn);
    logger.error({ err: error, guildId, sessionId }, 'the notice of changed settings could not be posted');
    return effects;
  }
  if (announcer.textChannelId !== spokeIn) {
    services.store.sessions.changed(sessionId, { textChannelId: announcer.textChannelId });
    recording.textChannelChanged();
  }
  consents.allow();
  people.rulesChanged();
  return effects;
};
