import type { Settings } from './config/index.ts';
import type { Logger } from './log.ts';
import {
  type DoctorCode,
  diagnose,
  diagnoseServers,
  type Finding,
  gatherDoctorFacts,
  type ServerFacts,
} from './ops/index.ts';

/** Parley cannot start; `findings` say why and what to do, in plain sentences. */
export class StartError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(({ sentence }) => sentence).join('\n'));
    this.name = 'StartError';
    this.findings = findings;
  }
}

/** What keeps a start from making sense at all; anything else is said and lived with. */
const stopping: ReadonlySet<DoctorCode> = new Set([
  'node_too_old',
  'token_missing',
  'recordings_unwritable',
  'data_unwritable',
  'sqlite_missing',
]);

/** Looks at this machine before anything is opened. @throws StartError */
export const checkStart = async (
  settings: Settings,
  logger: Logger,
  findFfmpeg: () => Promise<string | null>,
): Promise<void> => {
  const findings = diagnose(await gatherDoctorFacts(settings, findFfmpeg));
  // A simulator's token has no particular shape.
  const meant = findings.filter(({ code }) => code !== 'token_malformed' || settings.discord.apiBase === undefined);
  for (const { code, sentence } of meant) logger.warn({ code, sentence }, 'start check');
  const fatal = meant.filter(({ code }) => stopping.has(code));
  if (fatal.length > 0) throw new StartError(fatal);
};

/** Says in which servers the bot lacks permissions, once it knows its servers. Never keeps it from starting. */
export const sayServers = (servers: readonly ServerFacts[], logger: Logger): void => {
  for (const { code, sentence } of diagnoseServers(servers)) logger.warn({ code, sentence }, 'start check');
};
