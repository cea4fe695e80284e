import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { secretsOf } from './config/fields.ts';
import type { Settings } from './config/settings-schema.ts';
import { lineGate } from './log/redact.ts';

export { type LogDestination, openLogDestination } from './log/destination.ts';
export { textGate } from './log/redact.ts';
export { reemitChildLine } from './log/reemit.ts';
export { LogFileError } from './log/rotating-file.ts';

/** pino's logger. Children carry `guildId`, `channelId`, `sessionId`, `userId`; messages are static, data stands in keys. */
export type Logger = PinoLogger;

/**
 * The supervisor's logger: JSON lines, by default on stdout. What is secret never gets through: values under telling keys, every secret
 * of the settings and anything that looks like one, also inside messages and stacks. `pii` (speech) appears only with `logSpeech`.
 */
export const createLogger = (
  settings: Pick<Settings, 'logLevel' | 'logSpeech'> & { readonly discord: Pick<Settings['discord'], 'token'> },
  destination: DestinationStream = pino.destination(1),
): Logger => {
  return pino(
    {
      level: settings.logLevel,
      base: null,
      // Not as `base`: a child's line says its own `proc` and `pid`, and no key may stand there twice.
      mixin: () => ({ proc: 'bot', pid: process.pid }),
      hooks: { streamWrite: lineGate(secretsOf(settings), settings.logSpeech) },
    },
    destination,
  );
};
