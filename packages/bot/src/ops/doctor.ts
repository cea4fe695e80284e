import { errorsFirst, type Finding, problem, warning } from './finding.ts';

/** What the start and `parley doctor` look at; gathered by `gatherDoctorFacts`. */
export interface DoctorFacts {
  readonly nodeVersion: string;
  /** undefined: no token is set. */
  readonly token: string | undefined;
  /** null: none was found. */
  readonly ffmpeg: string | null;
  /** Why this machine cannot mix by itself; null: it can, or nobody looked. */
  readonly codecProblem: string | null;
  /** null: the system does not tell. */
  readonly freeBytes: number | null;
  readonly minFreeMegabytes: number;
  readonly recordingsDir: string;
  /** null: the folder can be written; else why not. */
  readonly recordingsDirProblem: string | null;
  readonly dataDir: string;
  readonly dataDirProblem: string | null;
  readonly sqlite3Loads: boolean;
  readonly nodeSqliteLoads: boolean;
  readonly sqliteDriver: 'auto' | 'sqlite3' | 'node';
}

/** Node runs our sources as they are, which needs its type stripping. */
const oldestNode = 24;

/** A bot token is three parts of base64url with dots: id, time, signature. */
const tokenShape = /^[\w-]{18,}\.[\w-]{6,}\.[\w-]{27,}$/;

type Check = (facts: DoctorFacts) => Finding | null;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const checks: readonly Check[] = [
  ({ nodeVersion }) =>
    Number(/^v?(\d+)/.exec(nodeVersion)?.[1] ?? 0) >= oldestNode
      ? null
      : problem(
          'node_too_old',
          `This is Node ${nodeVersion}; Parley needs Node ${oldestNode}. \`npm start\` gets it by itself.`,
        ),
  ({ token }) =>
    token === undefined
      ? problem(
          'token_missing',
          'No bot token is set. Put DISCORD_TOKEN=… into .env; docs/setting-up-a-bot.md shows where to get one.',
        )
      : null,
  ({ token }) =>
    token === undefined || tokenShape.test(token)
      ? null
      : problem(
          'token_malformed',
          'DISCORD_TOKEN does not look like a bot token (three parts with dots). Copy it again from the Bot page of the Developer Portal, without the word “Bot” and without quotes.',
        ),
  ({ ffmpeg, codecProblem }) => {
    if (ffmpeg === null && codecProblem !== null)
      return warning(
        'mixer_missing',
        `Nothing here can mix: there is no ffmpeg, and libopus cannot be loaded (${codecProblem}). Recording works; there is no mix until an ffmpeg is installed or FFMPEG_PATH names one.`,
      );
    if (codecProblem !== null)
      return warning(
        'codec_missing',
        `libopus cannot be loaded (${codecProblem}), so ffmpeg mixes, which takes many times longer. Install again with \`sh scripts/bootstrap\`.`,
      );
    return ffmpeg === null
      ? warning(
          'ffmpeg_missing',
          'No ffmpeg was found: recordings are mixed all the same, but there are no exports except Opus and no small copies of long mixes until one is installed or FFMPEG_PATH names it.',
        )
      : null;
  },
  ({ freeBytes, minFreeMegabytes, recordingsDir }) => {
    if (freeBytes === null)
      return warning('disk_unknown', `How much space is free at ${recordingsDir} cannot be read.`);
    const needed = minFreeMegabytes * 1e6;
    if (freeBytes <= needed)
      return problem(
        'disk_full',
        `Only ${gigabytes(freeBytes)} are free at ${recordingsDir}; below ${minFreeMegabytes} MB nothing is recorded. Make room, or lower PARLEY_MIN_FREE_MEGABYTES.`,
      );
    return freeBytes <= 4 * needed
      ? warning(
          'disk_low',
          `Only ${gigabytes(freeBytes)} are free at ${recordingsDir}; an hour with six people takes about 0.2 GB.`,
        )
      : null;
  },
  ({ recordingsDir, recordingsDirProblem }) =>
    recordingsDirProblem === null
      ? null
      : problem(
          'recordings_unwritable',
          `The recordings’ folder ${recordingsDir} cannot be written: ${recordingsDirProblem}. Change its owner, or PARLEY_RECORDINGS_DIR.`,
        ),
  ({ dataDir, dataDirProblem }) =>
    dataDirProblem === null
      ? null
      : problem(
          'data_unwritable',
          `The data folder ${dataDir} cannot be written: ${dataDirProblem}. Change its owner, or PARLEY_DATA_DIR.`,
        ),
  ({ sqliteDriver, sqlite3Loads, nodeSqliteLoads }) => {
    if (sqliteDriver === 'sqlite3' && !sqlite3Loads)
      return problem(
        'sqlite_missing',
        'The sqlite3 package cannot be loaded. Set PARLEY_SQLITE_DRIVER=auto to use Node’s own SQLite.',
      );
    if (!nodeSqliteLoads && (sqliteDriver === 'node' || !sqlite3Loads))
      return problem(
        'sqlite_missing',
        'No SQLite can be loaded: this Node has none built in, and the sqlite3 package is not usable.',
      );
    return null;
  },
  ({ sqliteDriver, sqlite3Loads, nodeSqliteLoads }) =>
    sqliteDriver === 'auto' && !sqlite3Loads && nodeSqliteLoads
      ? warning(
          'sqlite3_missing',
          'The sqlite3 package cannot be loaded, so Node’s own SQLite is used. Nothing is lost by that.',
        )
      : null,
];

/** Everything that is wrong, in plain sentences; errors first. Pure. */
export const diagnose = (facts: DoctorFacts): Finding[] =>
  errorsFirst(checks.map((check) => check(facts)).filter((finding) => finding !== null));
