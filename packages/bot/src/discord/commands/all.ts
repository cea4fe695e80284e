import { usageOf } from '../arguments/option.ts';
import { type Command, defineCommand } from './command.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { optin } from './optin.ts';
import { optout } from './optout.ts';
import { status } from './status.ts';

const help = defineCommand({
  name: 'help',
  says: 'this list',
  personal: true,
  options: {},
  run: async (_, { settings }) => ({
    kind: 'help',
    details: {
      prefix: settings.prefix,
      commands: commands.map(({ name, says, options }) => ({ name, says, usage: usageOf(options) })),
    },
  }),
});

/** Every command, in the order of `help`. */
export const commands: readonly Command[] = [join, leave, status, optout, optin, help];

const byName = new Map(commands.map((command) => [command.name, command]));

export const commandNamed = (name: string): Command | null => byName.get(name) ?? null;
