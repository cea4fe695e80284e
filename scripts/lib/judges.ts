import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program from outside that judges what Parley made. */
export interface Judge {
  readonly command: string;
  readonly debianPackage: string;
}

/** Every judge the tests ask. A test whose judge is missing is skipped with its name; with PARLEY_REQUIRE_JUDGES=1 it fails. */
export const judges: readonly Judge[] = [
  { command: 'ffmpeg', debianPackage: 'ffmpeg' },
  { command: 'ffprobe', debianPackage: 'ffmpeg' },
  { command: 'opusinfo', debianPackage: 'opus-tools' },
  { command: 'opusdec', debianPackage: 'opus-tools' },
  { command: 'unzip', debianPackage: 'unzip' },
  { command: 'pocketsphinx_continuous', debianPackage: 'pocketsphinx' },
  { command: 'chromium', debianPackage: 'chromium' },
];

/** Where a command is on PATH; null: nowhere. */
export const commandPath = (command: string): string | null =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path)) ?? null;

export const missingJudges = (): Judge[] => judges.filter(({ command }) => commandPath(command) === null);
