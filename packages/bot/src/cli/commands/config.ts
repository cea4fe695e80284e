import { snowflakePattern } from '@parley/protocol';
import {
  guildFields,
  loadSettings,
  type MaskedSetting,
  maskedSettings,
  shownValue,
  valueAt,
} from '../../config/index.ts';
import { type CliCommand, type CliContext, exitCodes, textOption, UsageError } from '../command.ts';
import { openInstallation } from '../open-installation.ts';
import { table } from '../table.ts';

/** What every setting is, and where that was said. */
export const config: CliCommand = {
  name: 'config',
  summary: 'prints every setting, where it came from, secrets masked',
  usage: `parley config [--guild ID] [--json] [--changed]
  --guild    what a server may set for itself, as it is there
  --changed  only what is not the default
  --json     one object: path → {value, source, env}
Parley reads them when it starts: a change takes a restart. What a server sets for itself holds at once.`,
  options: { guild: { type: 'string' }, json: { type: 'boolean' }, changed: { type: 'boolean' } },
  words: [0, 0],
  run: async (arguments_, context) => {
    const { values } = arguments_;
    const { out } = context;
    const guildId = textOption(arguments_, 'guild');
    const all = guildId === undefined ? maskedSettings(loadSettings(context)) : await ofGuild(guildId, context);
    const shown = values.changed === true ? all.filter(({ source }) => source !== 'default') : all;
    if (values.json === true) {
      const object = Object.fromEntries(
        shown.map(({ path, value, source, env: name }) => [path, { value, source, env: name }]),
      );
      await out(`${JSON.stringify(object, null, 2)}\n`);
    } else {
      await out(`${table(shown.map(({ path, value, source, env: name }) => [path, value, source, name]))}\n`);
    }
    return exitCodes.done;
  },
};

/** What holds in a guild: its own values over those of the installation. */
const ofGuild = async (guildId: string, context: CliContext): Promise<MaskedSetting[]> => {
  if (!snowflakePattern.test(guildId))
    throw new UsageError(`--guild is a Discord id of 17 to 20 digits, not ${guildId}`);
  const { sources } = loadSettings(context);
  await using opened = await openInstallation(context, { besideRunning: true });
  const { guildSettings } = opened.store;
  const [values, own] = [await guildSettings.get(guildId), await guildSettings.own(guildId)];
  return guildFields.map((field) => ({
    path: field.path,
    env: field.path in sources ? field.env : '',
    value: shownValue(field, valueAt(values, field.path)),
    source: valueAt(own, field.path) === undefined ? (sources[field.path] ?? 'default') : 'guild',
  }));
};
