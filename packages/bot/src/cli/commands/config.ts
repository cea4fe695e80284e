import { loadSettings, maskedSettings } from '../../config/index.ts';
import { type CliCommand, exitCodes } from '../command.ts';
import { table } from '../table.ts';

/** What every setting is, and where that was said. */
export const config: CliCommand = {
  name: 'config',
  summary: 'prints every setting, where it came from, secrets masked',
  usage: `parley config [--json] [--changed]
  --changed  only what is not the default
  --json     one object: path → {value, source, env}`,
  options: { json: { type: 'boolean' }, changed: { type: 'boolean' } },
  words: [0, 0],
  run: async ({ values }, { env, cwd, out }) => {
    const all = maskedSettings(loadSettings({ env, cwd }));
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
