import { codecProblem } from '@parley/mux';
import { loadSettings, type Settings } from '../../config/index.ts';
import {
  askDiscord,
  checkPort,
  diagnose,
  diagnoseDiscord,
  type Finding,
  gatherDoctorFacts,
  localFfmpeg,
} from '../../ops/index.ts';
import { dataFolderHolder } from '../../store/index.ts';
import { type CliCommand, type CliContext, exitCodes } from '../command.ts';

/** What is wrong with this installation, and what to do. */
export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'looks at this machine, the settings and Discord, and says what to do',
  usage: `parley doctor [--offline] [--json]
  --offline  asks nothing of Discord
  --json     an object: findings, each with level, code and sentence
The exit code is 1 when something keeps Parley from working.`,
  options: { offline: { type: 'boolean' }, json: { type: 'boolean' } },
  words: [0, 0],
  run: async ({ values }, context) => {
    const { settings } = loadSettings(context);
    const { findings, notes } = await examine(settings, context, values.offline === true);
    const failed = findings.some(({ level }) => level === 'error');
    if (values.json === true) await context.out(`${JSON.stringify({ ok: !failed, findings, notes }, null, 2)}\n`);
    else await context.out(report(findings, notes));
    return failed ? exitCodes.failed : exitCodes.done;
  },
};

interface Examination {
  readonly findings: readonly Finding[];
  /** What is as it should be and good to know. */
  readonly notes: readonly string[];
}

const examine = async (settings: Settings, context: CliContext, offline: boolean): Promise<Examination> => {
  const facts = await gatherDoctorFacts(settings, () => localFfmpeg(settings), codecProblem);
  // A simulator's token has no particular shape.
  const local = diagnose(facts).filter(
    ({ code }) => code !== 'token_malformed' || settings.discord.apiBase === undefined,
  );
  const findings: Finding[] = [...local];
  const notes = [`Node ${facts.nodeVersion}`];
  if (facts.codecProblem === null) notes.push('mixes by itself');
  if (facts.ffmpeg !== null) notes.push(`ffmpeg: ${facts.ffmpeg}`);
  const holder = await dataFolderHolder(settings.dataDir);
  if (holder !== null) notes.push(`Parley is running here (process ${holder})`);
  else findings.push(...[await checkPort(settings.http.host, settings.http.port)].filter((found) => found !== null));
  const { token, apiBase } = settings.discord;
  if (token !== undefined && !offline) {
    const { clock, signal } = context;
    const discord = await askDiscord({ token, apiBase, clock, signal });
    findings.push(...diagnoseDiscord(discord));
    if (discord.kind === 'known')
      notes.push(`Discord knows the bot as ${discord.botName}, in ${discord.servers.length} servers`);
  }
  return { findings, notes };
};

const report = (findings: readonly Finding[], notes: readonly string[]): string => {
  const lines = [
    ...notes.map((note) => `ok       ${note}`),
    ...findings.map(({ level, code, sentence }) => `${level.padEnd(7)}  ${sentence} [${code}]`),
  ];
  const errors = findings.filter(({ level }) => level === 'error').length;
  const verdict =
    errors > 0
      ? 'Parley cannot work like this.'
      : findings.length > 0
        ? 'Parley can work.'
        : 'Everything is as it should be.';
  return `${[...lines, verdict].join('\n')}\n`;
};
