/**
 * `npm start`: with a token the real bot, without one the built-in simulated Discord.
 * `--once` ends after the demo: exit code 0 when everything went well. `--truth <file>` writes what the simulated people really sent.
 */
import { parseArgs } from 'node:util';
import { ensurePages } from './lib/ensure-pages.ts';

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    once: { type: 'boolean', default: false },
    truth: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  console.log(
    [
      'npm start                 the bot (with DISCORD_TOKEN) or the demo (without)',
      'npm start -- --once       the demo, ending by itself',
      'npm start -- --truth F    the demo, writing what was really sent to F (JSON)',
    ].join('\n'),
  );
} else if (await hasToken()) {
  await ensurePages((line) => console.error(line));
  const { runBot } = await import('@parley/bot');
  await runBot();
} else {
  await ensurePages((line) => console.error(line));
  const { runDemo } = await import('./demo/run-demo.ts');
  process.exitCode = await runDemo({
    once: values.once,
    ...(values.truth === undefined ? {} : { truthFile: values.truth }),
  });
}

/** A token may stand in the environment or in `.env`; the settings' own loader reads both again and checks them. */
async function hasToken(): Promise<boolean> {
  if (process.env.DISCORD_TOKEN) return true;
  const { readFile } = await import('node:fs/promises');
  const { parseEnv } = await import('node:util');
  const file = await readFile('.env', 'utf8').catch(() => '');
  return Boolean(parseEnv(file).DISCORD_TOKEN);
}
