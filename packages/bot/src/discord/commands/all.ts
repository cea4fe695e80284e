import { usageOf } from '../arguments/option.ts';
import { ask } from './ask.ts';
import { clip } from './clip.ts';
import { type Command, defineCommand } from './command.ts';
import { exportCommand } from './export.ts';
import { feedback } from './feedback.ts';
import { forgetMe } from './forget-me.ts';
import { incognito } from './incognito.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { listen } from './listen.ts';
import { memory } from './memory.ts';
import { music } from './music.ts';
import { note } from './note.ts';
import { optin } from './optin.ts';
import { optout } from './optout.ts';
import { pause, resume } from './pause.ts';
import { persona } from './persona.ts';
import { record } from './record.ts';
import { say } from './say.ts';
import { search } from './search.ts';
import { sessions } from './sessions.ts';
import { settings } from './settings.ts';
import { status } from './status.ts';
import { transcribe } from './transcribe.ts';
import { voiceTest } from './voice-test.ts';
import { web } from './web.ts';

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
export const commands: readonly Command[] = [
  join,
  leave,
  status,
  pause,
  resume,
  record,
  note,
  clip,
  listen,
  say,
  persona,
  music,
  exportCommand,
  incognito,
  optout,
  optin,
  forgetMe,
  memory,
  feedback,
  sessions,
  web,
  transcribe,
  search,
  ask,
  settings,
  voiceTest,
  help,
];

const byName = new Map(commands.map((command) => [command.name, command]));

export const commandNamed = (name: string): Command | null => byName.get(name) ?? null;
