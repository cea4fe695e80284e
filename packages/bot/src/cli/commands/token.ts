import { snowflake } from '@parley/protocol';
import { newSecret } from '../../http/auth/secret.ts';
import type { Store } from '../../store/index.ts';
import {
  type CliArguments,
  type CliCommand,
  type CliContext,
  type ExitCode,
  exitCodes,
  textOption,
  UsageError,
} from '../command.ts';
import { openInstallation } from '../open-installation.ts';
import { table } from '../table.ts';

const namePattern = /^[\w.-]{1,40}$/;

/** What is asked for, looked at before anything is opened. @throws UsageError */
const wishOf = (args: CliArguments) => {
  const [action, name, surplus] = args.positionals;
  const guildId = textOption(args, 'guild');
  if (surplus !== undefined) throw new UsageError(`${surplus} is too much`);
  if (action !== 'add' && guildId !== undefined) throw new UsageError('--guild belongs to add');
  if (action === 'list') {
    if (name !== undefined) throw new UsageError(`${name} is too much`);
    return { action } as const;
  }
  if (action !== 'add' && action !== 'remove') throw new UsageError(`it is add, list or remove, not ${action}`);
  if (name === undefined) throw new UsageError('the name of the token is missing');
  if (action === 'remove') return { action, name } as const;
  if (!namePattern.test(name)) throw new UsageError(`a name has 1 to 40 letters, digits and . _ -, not ${name}`);
  if (guildId === undefined) throw new UsageError('--guild ID is missing: a token reads the recordings of one server');
  if (!snowflake.safeParse(guildId).success)
    throw new UsageError(`--guild takes an id of 17 to 20 digits, not ${guildId}`);
  return { action, name, guildId } as const;
};

type Wish = ReturnType<typeof wishOf>;

/** The tokens with which programs read. */
export const token: CliCommand = {
  name: 'token',
  summary: 'makes, lists and removes the tokens with which programs read, also while Parley runs',
  usage: `parley token add NAME --guild ID | list | remove NAME
  add NAME     makes a token and prints it, once: only its hash is kept
  --guild ID   the server whose recordings it reads
  list         names, servers, and when each was made and last used
  remove NAME  from the next request on it opens nothing
docs/api.md says what a program does with it.`,
  options: { guild: { type: 'string' } },
  words: [1, 3],
  run: async (args, context) => {
    const wish = wishOf(args);
    await using opened = await openInstallation(context, { besideRunning: true });
    return await carryOut(wish, opened.store, context);
  },
};

const carryOut = async (
  wish: Wish,
  { apiTokens }: Pick<Store, 'apiTokens'>,
  context: CliContext,
): Promise<ExitCode> => {
  switch (wish.action) {
    case 'add': {
      const { name, guildId } = wish;
      const { secret, hash } = newSecret();
      if (!(await apiTokens.add({ hash, name, guildId, createdAt: context.clock.now() }))) {
        context.err(`parley token: there is a token ${name} already; remove it first, or choose another name`);
        return exitCodes.failed;
      }
      await context.out(`${secret}\n`);
      context.err('This is the only time it is shown. A program sends it as "Authorization: Bearer TOKEN".');
      return exitCodes.done;
    }
    case 'list': {
      const rows = (await apiTokens.all()).map(({ name, guildId, createdAt, lastUsedAt }) => [
        name,
        guildId,
        `made ${day(createdAt)}`,
        lastUsedAt === null ? 'never used' : `last used ${day(lastUsedAt)}`,
      ]);
      await context.out(rows.length === 0 ? 'no tokens\n' : `${table(rows)}\n`);
      return exitCodes.done;
    }
    case 'remove':
      if (await apiTokens.removed(wish.name)) return exitCodes.done;
      context.err(`parley token: there is no token ${wish.name} (parley token list)`);
      return exitCodes.failed;
  }
};

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
