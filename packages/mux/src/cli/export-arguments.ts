import { personId } from '../erase/person-mark.ts';
import { type ExportFormat, exportFormatNames, exportFormats, parseFormats } from '../export/export-formats.ts';
import { parseTimeText } from '../export/time-text.ts';

const longest = Math.max(...exportFormatNames.map((name) => name.length));

export const exportUsage = `parley-mux <folder> --export <formats>   one file with what is asked for; also of a running recording; changes nothing in it

Formats of --export, one or several with commas between them; tracks, and several formats, come as a zip:
${exportFormatNames.map((name) => `  ${name.padEnd(longest)}  ${exportFormats[name].says}`).join('\n')}
  --out <file>      where it goes; by default here, named after the recording
  --from <time> --to <time>   a part of it: seconds, mm:ss or h:mm:ss, with a fraction when wanted
  --last <time>     so much before the end
  --cut-pauses      leave out pauses and holes that concern everybody
  --without <ids>   leave people out
  --consenting      leave out whoever is opted out by now`;

/** The flags of an export, for `parseArgs`. */
export const exportFlags = {
  export: { type: 'string' },
  out: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  last: { type: 'string' },
  'cut-pauses': { type: 'boolean' },
  without: { type: 'string' },
  consenting: { type: 'boolean' },
} as const;

export type ExportFlags = {
  readonly [F in keyof typeof exportFlags]?:
    | ((typeof exportFlags)[F]['type'] extends 'string' ? string : boolean)
    | undefined;
};

/** What of a recording is to be exported; times in samples. */
export interface ExportWish {
  readonly formats: readonly ExportFormat[];
  readonly out: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly last: number | undefined;
  readonly cutPauses: boolean;
  readonly without: ReadonlySet<string>;
  readonly consenting: boolean;
}

const times = ['from', 'to', 'last'] as const;

/** Reads the flags of an export. @returns the wish, null without `--export`, or in words what is wrong. Pure. */
export const readExportFlags = (flags: ExportFlags): ExportWish | null | string => {
  if (flags.export === undefined) {
    const stray = (Object.keys(exportFlags) as (keyof ExportFlags)[]).find((flag) => flags[flag] !== undefined);
    return stray === undefined ? null : `--${stray} belongs to --export.`;
  }
  const read = parseFormats(flags.export);
  const list = exportFormatNames.join(', ');
  if ('unknown' in read) {
    return read.unknown === ''
      ? `--export takes formats: ${list}.`
      : `"${read.unknown}" is no format: take of ${list}.`;
  }
  const samples = new Map<(typeof times)[number], number>();
  for (const flag of times) {
    const text = flags[flag];
    if (text === undefined) continue;
    const sample = parseTimeText(text);
    if (sample === null || (flag !== 'from' && sample === 0)) {
      return `--${flag} takes a time such as 90, 1:30 or 1:02:03, not "${text}".`;
    }
    samples.set(flag, sample);
  }
  const [from, to, last] = times.map((flag) => samples.get(flag));
  if (last !== undefined && (from !== undefined || to !== undefined))
    return '--last stands alone, without --from and --to.';
  if (to !== undefined && to <= (from ?? 0)) return '--to has to come after --from.';
  const without = (flags.without ?? '').split(',').filter((id) => id !== '');
  const odd = without.find((id) => !personId.test(id));
  if (odd !== undefined) return `--without takes ids of people, not "${odd}".`;
  return {
    ...{ formats: read.formats, out: flags.out, from, to, last },
    ...{ cutPauses: flags['cut-pauses'] === true, consenting: flags.consenting === true, without: new Set(without) },
  };
};
