import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { prettyFactory } from 'pino-pretty';
import { loadSettings } from '../../config/index.ts';
import { type CliArguments, type CliCommand, type CliContext, exitCodes, textOption, UsageError } from '../command.ts';
import { followFile } from '../logs/follow-file.ts';
import { lastLines } from '../logs/last-lines.ts';
import { isWanted, type LogFilter, logLevels } from '../logs/log-filter.ts';

const linesByDefault = 100;

/** The log, for people: filtered, pretty, followed. */
export const logs: CliCommand = {
  name: 'logs',
  summary: 'follows the log, filtered and readable',
  usage: `parley logs [FILE] [--session ID] [--guild ID] [--level LEVEL] [--lines N] [--all] [--no-follow] [--json]
  FILE         the log file of the settings (PARLEY_LOG_FILE) by default; - reads standard input:
               journalctl -u parley -o cat -f | parley logs -
  --session    only lines of this session or recording; the beginning of its id suffices
  --guild      only lines of this server
  --level      only lines at least as severe: ${Object.keys(logLevels).join(', ')}
  --lines      how many of the last lines are shown first (${linesByDefault})
  --all        all lines that are kept, the older files too
  --no-follow  ends there
  --json       lines as they are`,
  options: {
    session: { type: 'string' },
    guild: { type: 'string' },
    level: { type: 'string' },
    lines: { type: 'string' },
    all: { type: 'boolean' },
    'no-follow': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  words: [0, 1],
  run: async (arguments_, context) => {
    const { values, positionals } = arguments_;
    const filter = filterOf(arguments_);
    const most = linesOf(arguments_);
    const show = shower(context, values.json === true);
    const [file] = positionals;
    if (file === '-') {
      for await (const line of createInterface({ input: context.stdin, signal: context.signal })) {
        if (isWanted(line, filter)) await show(line);
      }
      return exitCodes.done;
    }
    const { path, older } = pathOf(file, context);
    const fits = (line: string): boolean => isWanted(line, filter);
    if (values.all === true) {
      for (const name of older) for (const line of (await lastLines(name, most, fits)).lines) await show(line);
    }
    const { lines, end } = await lastLines(path, values.all === true ? Number.POSITIVE_INFINITY : most, fits);
    for (const line of lines) await show(line);
    if (values['no-follow'] === true) return exitCodes.done;
    const { clock, signal } = context;
    for await (const line of followFile(path, { from: end, clock, signal })) if (fits(line)) await show(line);
    return exitCodes.done;
  },
};

const filterOf = (arguments_: CliArguments): LogFilter => {
  const name = textOption(arguments_, 'level');
  if (name !== undefined && !Object.hasOwn(logLevels, name))
    throw new UsageError(`there is no level ${name}; there are ${Object.keys(logLevels).join(', ')}`);
  return {
    session: textOption(arguments_, 'session'),
    guild: textOption(arguments_, 'guild'),
    level: name === undefined ? undefined : logLevels[name as keyof typeof logLevels],
  };
};

const linesOf = (arguments_: CliArguments): number => {
  if (arguments_.values.all === true) return Number.POSITIVE_INFINITY;
  const text = textOption(arguments_, 'lines') ?? String(linesByDefault);
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--lines is a whole number, not ${text}`);
  return Number(text);
};

/** The file and, oldest first, those that were put aside. */
const pathOf = (file: string | undefined, { env, cwd }: CliContext) => {
  const { logFile, logFileCount } = loadSettings({ env, cwd }).settings;
  const path = file === undefined ? logFile : resolve(cwd, file);
  if (path === undefined)
    throw new UsageError(
      'no log file is set: put PARLEY_LOG_FILE=… into .env, or pipe the log here with - (under systemd: journalctl -u parley -o cat -f | parley logs -)',
    );
  return { path, older: Array.from({ length: logFileCount }, (_, index) => `${path}.${logFileCount - index}`) };
};

const shower = ({ out, color }: CliContext, json: boolean): ((line: string) => Promise<void>) => {
  if (json) return (line) => out(`${line}\n`);
  const pretty = prettyFactory({ colorize: color, translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l', ignore: 'pid' });
  return (line) => out(pretty(line));
};
