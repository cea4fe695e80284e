import type { CliCommand } from '../command.ts';
import { config } from './config.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export-data.ts';
import { importCommand } from './import-data.ts';
import { logs } from './logs.ts';
import { recover } from './recover.ts';
import { retention } from './retention.ts';
import { token } from './token.ts';
import { why } from './why.ts';

/** Everything `parley` can do, in the order of its help. */
export const commands: readonly CliCommand[] = [
  doctor,
  config,
  logs,
  recover,
  retention,
  token,
  why,
  exportCommand,
  importCommand,
];
