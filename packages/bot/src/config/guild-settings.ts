import { z } from 'zod';
import { agentPerGuildFields } from './agent-settings.ts';
import { memoryPerGuildFields } from './memory-settings.ts';
import { toolPerGuildFields } from './tool-settings.ts';

/** Discord ids are 17 to 20 digits, kept as strings. */
export const idPattern = /^\d{17,20}$/;
const id = z.string().regex(idPattern, 'a Discord id of 17 to 20 digits');
/** At most 200 ids: what a person can still read on a settings page. */
export const idList = z.array(id).max(200).default([]);

export const whoMay = z.enum(['everyone', 'role']);
export const deliverWays = z.enum(['channel', 'requester_dm', 'none']);
export const verbosities = z.enum(['all', 'essential', 'minimal', 'none']);
export const consentModes = z.enum(['notice', 'opt_in', 'role']);

export type Verbosity = z.infer<typeof verbosities>;
export type ConsentMode = z.infer<typeof consentModes>;

/** The settings that a guild may have its own values of. Defaults of the whole installation stand under the same names in `Settings`. */
export const perGuildFields = {
  allowedChannelIds: idList.describe('Voice channels Parley may join, comma-separated ids; empty = all.'),
  blockedChannelIds: idList.describe('Voice channels Parley never joins, comma-separated ids.'),
  maxRecordingHours: z
    .number()
    .min(0)
    .max(168)
    .default(12)
    .describe('Hours after which a session that only records ends; 0 = no limit.'),
  aloneLeaveSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(60)
    .describe('Seconds Parley stays when no human is left in the channel; 0 = it leaves at once.'),
  retentionDays: z
    .int()
    .min(0)
    .max(3650)
    .default(30)
    .describe('Days a recording is kept; 0 = until somebody deletes it.'),
  retentionGigabytes: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Gigabytes all recordings of a server may take together; beyond that the oldest go. 0 = no limit.'),
  deliver: deliverWays
    .default('channel')
    .describe('Where the finished mix goes: the text channel, the requester’s direct messages, or nowhere.'),
  verbosity: verbosities
    .default('minimal')
    .describe('How much Parley says of its own accord. Refusals and recording notices are always said.'),
  transcribe: z
    .boolean()
    .default(false)
    .describe(
      'Whether recordings are transcribed as soon as they are mixed, where `transcription.provider` is set; people are told when a recording begins.',
    ),
  consentMode: consentModes
    .default('notice')
    .describe(
      'Who is recorded: everybody who was told (notice), only who said yes (opt_in), only who has a consent role (role).',
    ),
  consentRoleIds: idList.describe('Roles that count as consent when consentMode is role, comma-separated ids.'),
  whoMayJoin: whoMay
    .default('everyone')
    .describe('Who may call Parley: everyone in the voice channel, or holders of a join role and Manage Server.'),
  joinRoleIds: idList.describe('Roles that may call Parley when whoMayJoin is role, comma-separated ids.'),
  whoMayRecord: whoMay
    .default('role')
    .describe('Who may start a recording: everyone, or holders of a record role and Manage Server.'),
  recordRoleIds: idList.describe('Roles that may start a recording when whoMayRecord is role, comma-separated ids.'),
  ...agentPerGuildFields,
  ...toolPerGuildFields,
  ...memoryPerGuildFields,
} as const;

/** One guild's settings: its own values over those of the installation. */
export const guildSettingsSchema = z.strictObject({
  textChannelId: id
    .nullable()
    .default(null)
    .describe('Text channel for everything Parley posts; empty = where it was called from.'),
  autoJoinChannelId: id.nullable().default(null).describe('Voice channel Parley comes into by itself; empty = none.'),
  autoJoinWhenOccupied: z
    .boolean()
    .default(false)
    .describe('Whether anybody in that channel makes Parley come, and not only those named below.'),
  autoJoinMinMembers: z
    .int()
    .min(1)
    .max(99)
    .default(1)
    .describe('How many people have to be in that channel before Parley comes by itself.'),
  autoJoinTriggerUserIds: idList.describe('People who make Parley come into that channel, comma-separated ids.'),
  autoJoinTriggerRoleIds: idList.describe('Roles that make Parley come into that channel, comma-separated ids.'),
  autoJoinPostChannelId: id
    .nullable()
    .default(null)
    .describe(
      'Text channel for what Parley posts when it came by itself; empty = textChannelId, or the channel’s chat.',
    ),
  followUserIds: idList.describe('People Parley follows into the voice channels they go to, comma-separated ids.'),
  ...perGuildFields,
});

export type GuildSettings = z.infer<typeof guildSettingsSchema>;

/** A change of some values; `null` takes a value back to the installation's default. */
export type GuildSettingsPatch = { readonly [K in keyof GuildSettings]?: GuildSettings[K] | null };

/** What a guild has that never changed anything: the installation's values. */
export const guildDefaultsOf = (settings: Pick<GuildSettings, keyof typeof perGuildFields>): GuildSettings =>
  guildSettingsSchema.parse({
    ...Object.fromEntries(
      Object.keys(perGuildFields).map((key) => [key, settings[key as keyof typeof perGuildFields]]),
    ),
  });
