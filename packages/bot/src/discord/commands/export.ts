import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exportFormatNames, parseTimeText, recordingFolder, recordingLayout } from '@parley/mux';
import { recordingSessionIdPattern } from '@parley/protocol';
import type { MessageDetails, UserMessage } from '../../notify/user-message.ts';
import { mayExport, type Person, type RecordingClaim } from '../../policy/who-may.ts';
import { type CommandServices, defineCommand, type Invocation } from './command.ts';

/** The latest recordings of a guild that are looked at. */
const lookedAt = 50;
/** A place in a recording as `parseTimeText` reads it. */
const timeForm = {
  pattern: /^(?:\d{1,4}:[0-5]?\d:[0-5]?\d|\d{1,6}:[0-5]?\d|\d{1,9})(?:[.,]\d{1,6})?$/,
  like: 'a time such as 90, 1:30 or 1:02:03',
};

export const exportCommand = defineCommand({
  name: 'export',
  says: 'a recording or a part of it, as tracks, mix or labels',
  options: {
    format: { kind: 'choice', says: 'what you get; flac tracks by default', choices: exportFormatNames },
    from: { kind: 'word', says: 'where it begins: 90, 1:30 or 1:02:03', maxLength: 15, form: timeForm },
    to: { kind: 'word', says: 'where it ends', maxLength: 15, form: timeForm },
    recording: {
      kind: 'word',
      says: 'which one; the running or the last one by default',
      maxLength: 80,
      form: { pattern: recordingSessionIdPattern, like: 'the id of a recording, as `sessions` shows it' },
    },
    'cut-pauses': { kind: 'flag', says: 'leave out pauses and outages' },
  },
  suggest: {
    recording: async ({ guildId, userId }, services) =>
      (await exportable({ guildId, userId }, services)).map(({ recordingSessionId }) => recordingSessionId),
  },
  run: async (call, services): Promise<UserMessage> => {
    const { guildId, textChannelId, userId, args } = call;
    const { prefix } = services.settings;
    const refuse = (reason: MessageDetails['export_refused']['reason']): UserMessage => ({
      kind: 'export_refused',
      details: { reason, prefix },
    });
    const [from, to] = [args.from, args.to].map((text) => (text === null ? null : parseTimeText(text)));
    if (typeof to === 'number' && to <= (from ?? 0)) return refuse('backwards');
    const candidates = await known(call, services);
    const named =
      args.recording === null ? candidates : candidates.filter((one) => one.recordingSessionId === args.recording);
    if (named.length === 0) return refuse('no_recording');
    const person = asking(call, services);
    const allowed = named.filter((one) => mayExport(person, claimOf(one, userId)));
    const chosen = allowed.find((one) => one.live) ?? allowed.find((one) => one.here) ?? allowed[0];
    if (!chosen) return refuse('not_permitted');
    if (!existsSync(chosen.folder)) return refuse('files_gone');
    const format = args.format ?? 'flac';
    const { recordingSessionId, folder, live } = chosen;
    const taken = services.exports.request({
      ...{ kind: 'export', recordingSessionId, folder, guildId, textChannelId, requestedByUserId: userId, format },
      ...{ from: args.from, to: args.to, lastSeconds: null, cutPauses: args['cut-pauses'] },
    });
    if (!taken.accepted) return refuse('queue_full');
    return {
      kind: 'export_started',
      details: { kind: 'export', format, recordingSessionId, live, ahead: taken.ahead },
    };
  },
});

interface Candidate {
  readonly recordingSessionId: string;
  /** Absolute path. */
  readonly folder: string;
  readonly requestedByUserId: string;
  readonly live: boolean;
  /** Made in, or asked for from, the channel of now. */
  readonly here: boolean;
}

/** The recordings of a guild that are known, the newest first. */
const known = async (
  { guildId, textChannelId }: Pick<Invocation, 'guildId' | 'textChannelId'>,
  { store, coordinator, settings }: CommandServices,
): Promise<Candidate[]> => {
  const running = coordinator.registry.of(guildId)?.recording.current?.recordingSessionId ?? null;
  const rows = await store.recordings.recent(guildId, lookedAt);
  return rows.map((row) => ({
    recordingSessionId: row.recordingSessionId,
    folder: recordingFolder(resolve(settings.recordingsDir), row.recordingSessionId),
    requestedByUserId: row.requestedByUserId,
    live: row.recordingSessionId === running,
    here: row.channelId === textChannelId || row.textChannelId === textChannelId,
  }));
};

const asking = (
  { guildId, userId }: Pick<Invocation, 'guildId' | 'userId'>,
  { discord }: CommandServices,
): Pick<Person, 'id' | 'canManageGuild'> => ({
  id: userId,
  canManageGuild: discord.requester(guildId, userId)?.canManageGuild === true,
});

/** Whoever was recorded has a folder of segments in the recording. */
const claimOf = ({ requestedByUserId, folder }: Candidate, userId: string): RecordingClaim => ({
  requestedByUserId,
  recorded: existsSync(join(recordingLayout(folder).segments, userId)),
});

const exportable = async (
  call: Pick<Invocation, 'guildId' | 'userId'>,
  services: CommandServices,
): Promise<Candidate[]> => {
  const person = asking(call, services);
  const all = await known({ guildId: call.guildId, textChannelId: '' }, services);
  return all.filter((one) => existsSync(one.folder) && mayExport(person, claimOf(one, person.id)));
};
