import { defineCommand } from './command.ts';

export const status = defineCommand({
  name: 'status',
  says: 'who is recorded, for how long, what was lost',
  options: {},
  run: async ({ guildId }, { coordinator, settings }) => {
    const session = coordinator.registry.of(guildId);
    if (!session?.isLive) return { kind: 'status_offline', details: { prefix: settings.prefix } };
    const { people, recording, reports } = session;
    const recorded = people.recorded;
    const latest = await session.voxproc.request('stats.get', {}).catch(() => reports.latest);
    return {
      kind: 'status_online',
      details: {
        channelId: session.channelId,
        requestedByUserId: session.requestedByUserId,
        recordingMs: recording.current?.elapsedMs ?? 0,
        remainingMs: session.remainingMs,
        recorded: recorded.yes,
        notRecorded: recorded.no,
        received: latest?.received ?? 0,
        lost: latest?.lost ?? 0,
        freeBytes: latest?.freeBytes ?? null,
        privacyCode: latest?.dave.privacyCode ?? null,
        paused: recording.current?.isPaused ?? false,
        recording: recording.current !== null,
      },
    };
  },
});
