import type { Readable } from 'node:stream';
import type { ParseArgsConfig } from 'node:util';
import type { Clock } from '@parley/protocol';

/** How a run of `parley` ended: what shells and units see. */
export const exitCodes = {
  done: 0,
  /** It ran and did not succeed, or found something wrong; stderr says what. */
  failed: 1,
  /** Wrong arguments (sysexits: EX_USAGE). */
  usage: 64,
  /** The settings, or this machine, need a person first (sysexits: EX_CONFIG). */
  config: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command works with besides its arguments. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` and `parley.config.json` are looked for. */
  readonly cwd: string;
  readonly stdin: Readable;
  /** Writes text to stdout; resolves when more may come. */
  out(text: string): Promise<void>;
  /** Writes one line to stderr. */
  err(line: string): void;
  /** Whether stdout is a terminal that shows colours. */
  readonly color: boolean;
  readonly clock: Clock;
  /** Aborted when the person wants it to end. */
  readonly signal: AbortSignal;
}

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** The options as they were typed; a flag is true, a value its text. */
export interface CliArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

export interface CliCommand {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The arguments in one line, then what each means. */
  readonly usage: string;
  readonly options: OptionsConfig;
  /** How many words it takes, at least and at most. */
  readonly words: readonly [number, number];
  run(arguments_: CliArguments, context: CliContext): Promise<ExitCode>;
}

/** Arguments that cannot be meant; the message says what is wrong. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The text of an option, or undefined. */
export const textOption = ({ values }: CliArguments, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};
