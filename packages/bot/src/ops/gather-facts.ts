import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import type { Settings } from '../config/settings-schema.ts';
import { openDriver } from '../store/drivers/open-driver.ts';
import { freeBytes } from './disk.ts';
import type { DoctorFacts } from './doctor.ts';

/**
 * Looks at this machine for `diagnose`. Makes the two folders when they are absent. `findFfmpeg`: its path, null when there is none;
 * `codecProblem`: why nothing can be mixed without one. A supervisor does not ask for the latter, which loads a codec.
 */
export const gatherDoctorFacts = async (
  settings: Settings,
  findFfmpeg: () => Promise<string | null>,
  codecProblem: () => string | null = () => null,
): Promise<DoctorFacts> => {
  const [recordingsDirProblem, dataDirProblem, ffmpeg, sqlite3Loads, nodeSqliteLoads, free] = await Promise.all([
    folderProblem(settings.recordingsDir),
    folderProblem(settings.dataDir),
    findFfmpeg(),
    loads('sqlite3'),
    loads('node'),
    freeBytes(settings.recordingsDir),
  ]);
  return {
    nodeVersion: process.version,
    token: settings.discord.token,
    ffmpeg,
    codecProblem: codecProblem(),
    freeBytes: free,
    minFreeMegabytes: settings.minFreeMegabytes,
    recordingsDir: settings.recordingsDir,
    recordingsDirProblem,
    dataDir: settings.dataDir,
    dataDirProblem,
    sqlite3Loads,
    nodeSqliteLoads,
    sqliteDriver: settings.sqliteDriver,
  };
};

const folderProblem = async (folder: string): Promise<string | null> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const loads = (driver: 'sqlite3' | 'node'): Promise<boolean> =>
  openDriver(driver, ':memory:').then(
    (opened) => opened.close().then(() => true),
    () => false,
  );
