import { readFile } from 'node:fs/promises';
import type { Clock } from '@parley/protocol';
import type { Settings } from '../config/settings-schema.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Logger } from '../log.ts';
import type { Background } from './background.ts';
import { spawnVoxproc } from './child-handle.ts';
import { VoxprocPool } from './voxproc-pool.ts';
import { VoxprocProcess } from './voxproc-process.ts';

export interface OpenVoxprocPoolOptions {
  readonly settings: Pick<Settings, 'discord' | 'logLevel' | 'warmVoxproc'>;
  /** The executable file of voxproc. */
  readonly voxprocEntry: string;
  /** Where its compiled code is kept. */
  readonly compileCache: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly metrics: Pick<Metrics, 'voxprocSpawnSeconds'>;
}

/** The audio processes of this installation, by its settings. @throws what reading the extra certificate authority says */
export const openVoxprocPool = async (options: OpenVoxprocPoolOptions): Promise<VoxprocPool> => {
  const { settings, voxprocEntry, compileCache, clock, logger, background, metrics } = options;
  const { extraCaFile } = settings.discord;
  const caPem = extraCaFile === undefined ? undefined : await readFile(extraCaFile, 'utf8');
  const spawn = spawnVoxproc(voxprocEntry, compileCache);
  return new VoxprocPool({
    launch: () =>
      new VoxprocProcess({
        child: spawn(),
        clock,
        logger,
        logLevel: settings.logLevel,
        ...(caPem === undefined ? {} : { caPem }),
      }),
    warm: settings.warmVoxproc,
    clock,
    logger,
    background,
    onBooted: (seconds) => metrics.voxprocSpawnSeconds.observe(seconds),
  });
};
