import { type EngineWish, engineWishes } from '../mix/engine-wish.ts';

/** The flags of the command line that say how the mix is made. */
export const mixFlags = {
  engine: { type: 'string' },
  jobs: { type: 'string' },
  loudness: { type: 'string' },
} as const;

export const mixUsage = `  --engine <name>   how the mix is made: ${engineWishes.join(', ')}; auto by default
  --jobs <n>        processes that mix at once, 0 = one for each core; 1 by default, each further one takes 40 MB
  --loudness <LUFS> tell players to bring the mix to this loudness (-16 is usual), as far as -1 dBTP allows
                    (PARLEY_MIX_ENGINE, PARLEY_MIX_JOBS and PARLEY_MIX_LOUDNESS say the same)`;

/** How the mix is to be made; what is undefined was not said. */
export interface MixWish {
  readonly engine: EngineWish;
  readonly jobs: number | undefined;
  readonly targetLufs: number | null;
}

const MOST_JOBS = 64;
/** Loudness targets people use lie in between; others are slips of the pen. */
const [QUIETEST_LUFS, LOUDEST_LUFS] = [-40, -5];

/** `--loudness -16` as `--loudness=-16`: a value that begins with a dash would be taken for another flag. */
export const joinNegative = (args: readonly string[]): string[] => {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const [flag, value] = [args[i] as string, args[i + 1]];
    const takesNext = flag === '--loudness' && value !== undefined && /^-\d/.test(value);
    joined.push(takesNext ? `${flag}=${value}` : flag);
    if (takesNext) i += 1;
  }
  return joined;
};

type MixValues = { readonly [Flag in keyof typeof mixFlags]?: string | undefined };

/** Reads the flags; what they leave open the environment says. @returns what is wrong with them in words, when something is */
export const readMixFlags = (flags: MixValues, env: Readonly<Record<string, string | undefined>>): MixWish | string => {
  const values: MixValues = {
    engine: flags.engine ?? env.PARLEY_MIX_ENGINE,
    jobs: flags.jobs ?? env.PARLEY_MIX_JOBS,
    loudness: flags.loudness ?? env.PARLEY_MIX_LOUDNESS,
  };
  const engine = engineWishes.find((name) => name === (values.engine ?? 'auto'));
  if (engine === undefined) return `--engine takes ${engineWishes.join(', ')}, not "${values.engine}".`;
  const jobs = values.jobs === undefined ? undefined : Number(values.jobs);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 0 && jobs <= MOST_JOBS)) {
    return `--jobs takes a number from 0 to ${MOST_JOBS}, not "${values.jobs}".`;
  }
  const targetLufs = values.loudness === undefined ? null : Number(values.loudness);
  if (values.loudness === '' || (targetLufs !== null && !(targetLufs >= QUIETEST_LUFS && targetLufs <= LOUDEST_LUFS))) {
    return `--loudness takes LUFS from ${QUIETEST_LUFS} to ${LOUDEST_LUFS}, not "${values.loudness}".`;
  }
  return { engine, jobs, targetLufs };
};
