import { DiscordAPIError } from 'discord.js';
import { type App, startApp } from './app.ts';
import { loadSettings, SettingsError, secretsOf } from './config/index.ts';
import { LoginError } from './discord/client.ts';
import { HttpError } from './http/index.ts';
import { createLogger, LogFileError, type Logger, openLogDestination, textGate } from './log.ts';
import { StartError } from './start-checks.ts';
import { DataFolderLockedError, StoreError } from './store/index.ts';

/** Everything is to be closed within this time after SIGTERM, milliseconds; then the process goes anyway. */
const shutdownMs = 10_000;
/** How long what is left may keep a process whose app is closed, milliseconds: a library that still looks for Discord, say. */
const lingerMs = 1500;
/** Exit code of a start that cannot succeed without a change by a person (sysexits: EX_CONFIG). */
const configExitCode = 78;
/** Exit code after a defect (sysexits: EX_SOFTWARE). */
const defectExitCode = 70;

/**
 * The bot as a program: settings from here, logs on stdout, SIGTERM and SIGINT end it in order. A start that fails says in plain
 * words what to do and leaves a non-zero exit code. Resolves when the process may end.
 */
export const runBot = async (): Promise<void> => {
  const signal = Promise.withResolvers<string>();
  let signals = 0;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      signals += 1;
      if (signals > 2) process.exit(1); // somebody insists
      signal.resolve(name);
    });
  }

  let app: App;
  let logger: Logger;
  let clean = textGate([]);
  const sayWhy = (error: unknown): void => void process.stderr.write(clean(whyOf(error)));
  try {
    const { settings } = loadSettings({ env: process.env, cwd: process.cwd() });
    clean = textGate(secretsOf(settings));
    logger = createLogger(settings, openLogDestination(settings));
    watchDefects(logger);
    app = await startApp({ settings, logger });
  } catch (error) {
    sayWhy(error);
    process.exitCode = isPersonsMatter(error) ? configExitCode : 1;
    return;
  }
  const end = await Promise.race([
    signal.promise.then((name) => ({ why: name, failed: false })),
    app.failed.then((why) => ({ why, failed: true })),
  ]);
  logger.info(end, 'shutting down');
  if (end.failed) {
    sayWhy(new Error(end.why));
    process.exitCode = 1;
  }
  const late = setTimeout(() => {
    logger.error({ shutdownMs }, 'the shutdown took too long');
    process.exit(process.exitCode ?? 1);
  }, shutdownMs);
  try {
    await app[Symbol.asyncDispose]();
    logger.info({}, 'stopped');
  } catch (error) {
    logger.error({ err: error }, 'the shutdown failed');
    process.exitCode = 1;
  } finally {
    clearTimeout(late);
    endWithin(lingerMs, logger);
  }
};

/** Ends the process if it has not ended by itself by then; the timer itself holds nobody. */
const endWithin = (ms: number, logger: Logger): void => {
  const end = () => {
    logger.warn({ resources: process.getActiveResourcesInfo() }, 'something kept the process from ending');
    process.exit();
  };
  setTimeout(end, ms).unref();
};

/**
 * A defect nobody caught leaves this process in an unknown state: it goes at once. The voxprocs close their files when their input
 * ends, and the next start takes the recordings up again. A rejection nobody waited for is logged and lived with.
 */
const watchDefects = (logger: Logger): void => {
  process.on('unhandledRejection', (error) =>
    logger.error({ err: error }, 'a promise failed and nobody waited for it'),
  );
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught');
    process.exit(defectExitCode);
  });
};

/** Plain words for stderr: the log may go elsewhere. */
const whyOf = (error: unknown): string => {
  const known = isPersonsMatter(error) || error instanceof LoginError || error instanceof StoreError;
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  const cause = error instanceof LoginError && error.cause instanceof Error ? `(${describe(error.cause)})\n` : '';
  return `Parley cannot run: ${text}\n${cause}`;
};

const describe = (error: Error): string =>
  error instanceof DiscordAPIError ? `${error.message}, HTTP ${error.status}` : error.message;

const isPersonsMatter = (error: unknown): boolean =>
  error instanceof SettingsError ||
  error instanceof StartError ||
  error instanceof HttpError ||
  error instanceof LogFileError ||
  error instanceof DataFolderLockedError ||
  (error instanceof LoginError && error.code === 'invalid_token');
