import type { RecordingRow } from '../../store/index.ts';
import { type CommandServices, defineCommand, type Invocation } from './command.ts';

/** Recordings shown, and how many of the latest are looked at for those of one person. */
const shown = 10;
const lookedAt = 50;
/** How long a link of the list works, milliseconds. */
const linkMs = 24 * 3_600_000;

export const sessions = defineCommand({
  name: 'sessions',
  says: 'the latest recordings you were in or asked for',
  options: {},
  personal: true,
  run: async (call, services) => {
    const { store, clock, linkTo, settings } = services;
    const rows = await visibleTo(call, services, await store.recordings.recent(call.guildId, lookedAt));
    const transcripts = await store.transcripts.states(rows.map(({ recordingSessionId }) => recordingSessionId));
    return {
      kind: 'session_list',
      details: {
        prefix: settings.prefix,
        recordings: rows.map((row) => ({
          recordingSessionId: row.recordingSessionId,
          channelId: row.channelId,
          startTime: row.startTime,
          durationMs: row.status === 'recording' ? null : row.durationMs,
          status: row.status,
          transcript: transcripts.get(row.recordingSessionId) ?? null,
          link: row.outputFile && linkTo ? linkTo(row.recordingSessionId, row.outputFile, clock.now() + linkMs) : null,
        })),
      },
    };
  },
});

/** A manager sees all; anybody else what they asked for or were in. */
const visibleTo = async (
  { guildId, userId }: Invocation,
  { discord, store }: CommandServices,
  rows: readonly RecordingRow[],
): Promise<RecordingRow[]> => {
  if (discord.requester(guildId, userId)?.canManageGuild) return rows.slice(0, shown);
  const visible: RecordingRow[] = [];
  for (const row of rows) {
    if (visible.length === shown) break;
    const isTheirs =
      row.requestedByUserId === userId ||
      (await store.participants.of(row.recordingSessionId)).some((person) => person.userId === userId);
    if (isTheirs) visible.push(row);
  }
  return visible;
};
