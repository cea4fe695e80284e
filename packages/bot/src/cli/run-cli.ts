import { parseArgs } from 'node:util';
import { nearest, SettingsError } from '../config/index.ts';
import { DataFolderLockedError, StoreError } from '../store/index.ts';
import { DataFileError } from '../store/transfer/data-file.ts';
import { type CliCommand, type CliContext, type ExitCode, exitCodes, UsageError } from './command.ts';
import { commands } from './commands/all.ts';

const width = Math.max(...commands.map(({ name }) => name.length));

const overview = `parley: looks after an installation of Parley

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  parley COMMAND --help says more about one of them.
  Settings come from the folder this is started in and from the environment, as the bot's do.
`;

/** Runs `parley` with these arguments; what it does not know, or what fails, is said on stderr in plain words. Never rejects. */
export const runCli = async (args: readonly string[], context: CliContext): Promise<ExitCode> => {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const about = commands.find((command) => command.name === rest[0]);
    await context.out(about === undefined ? overview : helpOf(about));
    return exitCodes.done;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const near = nearest(
      name,
      commands.map((one) => one.name),
    );
    context.err(`parley: there is no command ${name}${near === null ? '' : `; did you mean ${near}?`} (parley help)`);
    return exitCodes.usage;
  }
  try {
    return await runCommand(command, rest, context);
  } catch (error) {
    return sayWhy(error, command, context);
  }
};

const helpOf = ({ name, summary, usage }: CliCommand): string => `parley ${name}: ${summary}\n\n${usage}\n`;

const runCommand = async (command: CliCommand, args: readonly string[], context: CliContext): Promise<ExitCode> => {
  const { values, positionals } = parsed(command, args);
  if (values.help === true) {
    await context.out(helpOf(command));
    return exitCodes.done;
  }
  const [least, most] = command.words;
  if (positionals.length < least) throw new UsageError('something is missing');
  if (positionals.length > most) throw new UsageError(`${positionals[most]} is too much`);
  return await command.run({ values, positionals }, context);
};

const parsed = ({ options }: CliCommand, args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    }) as { values: Record<string, string | boolean | undefined>; positionals: string[] };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const sayWhy = (error: unknown, command: CliCommand, { err, signal }: CliContext): ExitCode => {
  if (signal.aborted) return exitCodes.failed;
  if (error instanceof UsageError) {
    err(`parley ${command.name}: ${error.message}\n${command.usage}`);
    return exitCodes.usage;
  }
  const known = error instanceof DataFileError || error instanceof StoreError;
  const needsPerson = error instanceof SettingsError || error instanceof DataFolderLockedError;
  const text =
    error instanceof Error ? (known || needsPerson ? error.message : (error.stack ?? error.message)) : String(error);
  err(`parley ${command.name}: ${text}`);
  return needsPerson ? exitCodes.config : exitCodes.failed;
};
