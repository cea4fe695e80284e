import { parseArgs } from 'node:util';
import { personId } from '../erase/person-mark.ts';
import { type ExportWish, exportFlags, exportUsage, readExportFlags } from './export-arguments.ts';
import { joinNegative, type MixWish, mixFlags, mixUsage, readMixFlags } from './mix-flags.ts';

export const usage = `parley-mux <folder>             mix a recording: tracks, full.ogg, session.json
parley-mux <folder> --tracks    write the person tracks only
parley-mux <folder> --peaks     write the levels of the tracks (peaks/) only
parley-mux <folder> --recover   make the files of a killed process whole, and stop
parley-mux <folder> --verify    check every number the recording claims; changes nothing
parley-mux <folder> --erase <userId>   erase a person from it for good, and mix what is left anew
parley-mux <folder> --small <bytes>   a mono copy of the mix, small.ogg, that fits into so many bytes
${exportUsage}

${mixUsage}
  --json            progress and result as JSON lines on stdout
  --fetch-ffmpeg    when no ffmpeg is found, fetch one with npm into the data folder (linux x64)
  --data-dir <dir>  Parley's data folder; PARLEY_DATA_DIR by default
  --force           work on a recording although it seems to be running
  --help

Exports and small copies need an ffmpeg, a mix only where libopus cannot be loaded or --engine asks for it.
ffmpeg is looked for in FFMPEG_PATH, the package ffmpeg-static, PATH, and the data folder.
Exit codes: 0 done · 1 --verify found faults · 2 wrong use · 3 no mix could be made · 4 session.json could not be
written, the job is pending · 5 not a recording, still running, or busy · 6 the disk failed · 130 stopped.`;

export type Mode = 'mux' | 'tracks' | 'peaks' | 'recover' | 'verify' | 'small' | 'erase' | 'export';

export interface CliArguments {
  readonly kind: 'run';
  readonly folder: string;
  readonly mode: Mode;
  readonly json: boolean;
  readonly fetchFfmpeg: boolean;
  readonly dataDir: string | undefined;
  readonly force: boolean;
  /** With `small`: the most bytes the copy may have. */
  readonly maxBytes: number;
  /** With `erase`: whom; '' otherwise. */
  readonly userId: string;
  /** With `export`: what of it; null otherwise. */
  readonly wish: ExportWish | null;
  /** How a mix is made. */
  readonly mix: MixWish;
}

export type ParsedArguments =
  | CliArguments
  | { readonly kind: 'help' }
  /** `problem` says in words what is wrong with the command line. */
  | { readonly kind: 'wrong'; readonly problem: string };

const options = {
  tracks: { type: 'boolean' },
  peaks: { type: 'boolean' },
  recover: { type: 'boolean' },
  verify: { type: 'boolean' },
  small: { type: 'string' },
  erase: { type: 'string' },
  ...exportFlags,
  ...mixFlags,
  json: { type: 'boolean' },
  'fetch-ffmpeg': { type: 'boolean' },
  'data-dir': { type: 'string' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line. Pure; never throws. */
export const readArguments = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedArguments => {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: joinNegative(args), options, allowPositionals: true });
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: 'help' };
  const [folder] = positionals;
  if (folder === undefined) return { kind: 'wrong', problem: 'Which recording? Give its folder.' };
  if (positionals.length > 1) return { kind: 'wrong', problem: 'One recording at a time: give one folder.' };
  const modes = (['tracks', 'peaks', 'recover', 'verify', 'small', 'erase', 'export'] as const).filter(
    (mode) => values[mode] !== undefined,
  );
  if (modes.length > 1) return { kind: 'wrong', problem: `--${modes.join(' and --')} do not go together.` };
  const maxBytes = Number(values.small ?? 0);
  if (values.small !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    return { kind: 'wrong', problem: `--small takes a number of bytes, not "${values.small}".` };
  }
  const userId = values.erase ?? '';
  if (values.erase !== undefined && !personId.test(userId)) {
    return { kind: 'wrong', problem: `--erase takes the id of a person, not "${userId}".` };
  }
  const wish = readExportFlags(values);
  if (typeof wish === 'string') return { kind: 'wrong', problem: wish };
  const mix = readMixFlags(values, env);
  if (typeof mix === 'string') return { kind: 'wrong', problem: mix };
  return {
    kind: 'run',
    folder,
    mode: modes[0] ?? 'mux',
    json: values.json === true,
    fetchFfmpeg: values['fetch-ffmpeg'] === true,
    dataDir: values['data-dir'] ?? env.PARLEY_DATA_DIR,
    force: values.force === true,
    maxBytes,
    userId,
    wish,
    mix,
  };
};
