import { runRetention } from '../../recordings/retention/run-retention.ts';
import { type CliCommand, exitCodes } from '../command.ts';
import { openInstallation } from '../open-installation.ts';
import { table } from '../table.ts';

const why = {
  expired: 'kept long enough',
  over_size: 'the server has more than its share',
  guild_gone: 'the server removed the bot',
} as const;

/** What retention deletes. */
export const retention: CliCommand = {
  name: 'retention',
  summary: 'deletes the recordings whose time is over, or lists them',
  usage: `parley retention [--dry-run]
  --dry-run  lists what would be deleted, and deletes nothing; also while Parley runs
Parley must not be running otherwise: while it does, it looks every hour by itself.`,
  options: { 'dry-run': { type: 'boolean' } },
  words: [0, 0],
  run: async ({ values }, context) => {
    const dryRun = values['dry-run'] === true;
    await using opened = await openInstallation(context, { besideRunning: dryRun });
    const { settings, store, logger } = opened;
    const { recordingsDir, dataDir } = settings;
    const { clock } = context;
    // Whoever deletes has the data folder alone.
    const options = { recordingsDir, dataDir, store, clock, logger, isInUse: () => false };
    const { deletions, failed } = await runRetention(options, { dryRun });
    if (deletions.length > 0) {
      const rows = deletions.map((one) => [
        one.recordingSessionId,
        `${(one.bytes / 1e6).toFixed(1)} MB`,
        why[one.reason],
      ]);
      await context.out(`${table(rows)}\n`);
    }
    const megabytes = deletions.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
    await context.out(
      `${deletions.length} recordings ${dryRun ? 'would be ' : ''}deleted, ${megabytes.toFixed(1)} MB\n`,
    );
    for (const { recordingSessionId } of failed) context.err(`${recordingSessionId} could not be deleted`);
    return failed.length > 0 ? exitCodes.failed : exitCodes.done;
  },
};
