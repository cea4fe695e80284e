import { muxCliPath } from '@parley/mux';
import { muxEnvironment } from '../../recordings/mux-environment.ts';
import { recoverAll } from '../../recordings/recover-all.ts';
import { runMuxWith } from '../../recordings/run-mux.ts';
import { bootId } from '../../store/index.ts';
import { type CliCommand, exitCodes } from '../command.ts';
import { openInstallation } from '../open-installation.ts';

/** The database from the recordings, and recordings that were cut off made whole. */
export const recover: CliCommand = {
  name: 'recover',
  summary: 'makes the database’s rows from the recordings again, ends and mixes what was cut off',
  usage: `parley recover [--no-mux]
  --no-mux  leaves the mixing to the next start
Parley must not be running. The recordings’ folder is the truth; what the database knows besides stays.`,
  options: { 'no-mux': { type: 'boolean' } },
  words: [0, 0],
  run: async ({ values }, context) => {
    await using opened = await openInstallation(context);
    const { settings, store, logger } = opened;
    const env = muxEnvironment(settings);
    const { rebuilt, finished, mixed, failed } = await recoverAll({
      ...settings,
      bootId: bootId(),
      clock: context.clock,
      logger,
      store,
      mux: values['no-mux'] === true ? null : runMuxWith({ cliPath: muxCliPath, logger, env }),
      signal: context.signal,
      on: (recordingSessionId, what, detail) =>
        context.err(`${recordingSessionId}: ${what}${detail === undefined ? '' : ` (${detail})`}`),
    });
    await store.flush();
    const { dropped, pending } = store.health();
    const lost = dropped + pending;
    await context.out(
      `${rebuilt} recordings in the database, ${finished} ended, ${mixed} mixed, ${failed.length} failed\n`,
    );
    if (lost > 0) context.err(`${lost} rows could not be written; the lines above say why`);
    return failed.length > 0 || lost > 0 || context.signal.aborted ? exitCodes.failed : exitCodes.done;
  },
};
