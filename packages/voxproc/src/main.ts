import './console-to-stderr.ts';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { Channel, type ExitReason, type LinkEnd, ProtocolError, sayHello, systemClock } from '@parley/protocol';
import { exitWith } from './exit.ts';
import { createLog, logLevelOf } from './log.ts';
import { LoopDelay } from './loop-delay.ts';
import { Session } from './session/session.ts';
import { VoiceLibraryError } from './voice/library-seam.ts';

/** Bound of closing the segments before an exit nobody asked for, milliseconds. */
const CLOSE_MS = 3000;

const { log, stream } = createLog();
const loopDelay = new LoopDelay();
const channel = new Channel({
  side: 'voxproc',
  readable: process.stdin,
  writable: process.stdout,
  report: ({ what, type, message }) => log.warn({ what, type, detail: message }, 'link'),
});

let session: Session | null = null;
let exiting = false;

/** Closes what is recorded, says the last words if there are any, and goes. The first reason counts. */
const exit = async (reason: ExitReason, fatal?: { code: string; message: string }): Promise<void> => {
  if (exiting) return;
  exiting = true;
  log.info({ reason }, 'exiting');
  const bound = setTimeout(() => exitWith(reason, stream), CLOSE_MS);
  try {
    await session?.abandon(reason === 'orphaned' ? 'orphaned' : 'shutdown');
    if (fatal) channel.notify('fatal', fatal);
    await channel.end();
  } catch (error) {
    log.error({ err: error }, 'closing failed');
  } finally {
    clearTimeout(bound);
    exitWith(reason, stream);
  }
};

const onDefect = (error: unknown): void => {
  const { stack, message } = error instanceof Error ? error : { stack: undefined, message: String(error) };
  log.fatal({ err: error instanceof Error ? error : { message, stack } }, 'uncaught');
  void exit(error instanceof VoiceLibraryError ? 'voice_unrecoverable' : 'internal', { code: 'internal', message });
};

/** What the end of the link means. A supervisor that does not read ends the link, never the recording: only the end of stdin does. */
const onLinkEnd = (end: LinkEnd): void => {
  switch (end.kind) {
    case 'closed':
      return;
    case 'garbage':
      log.fatal({ detail: end.message }, 'garbage on stdin');
      void exit('garbage');
      return;
    case 'ended':
      void exit('orphaned');
      return;
    case 'overflow':
    case 'write_failed':
    case 'read_failed':
      log.error({ end: end.kind, detail: end.message }, 'link ended; recording on until stdin ends');
      if (process.stdin.readableEnded || process.stdin.destroyed) void exit('orphaned');
  }
};

const exitReasonOf = (error: unknown): ExitReason => {
  if (!(error instanceof ProtocolError)) return 'internal';
  return error.code === 'link_closed' ? 'orphaned' : 'protocol_version';
};

const installAuthority = (pem: string): void => {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
};

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
};

const run = async (): Promise<void> => {
  try {
    const welcome = await sayHello(channel, {
      version: version(),
      pid: process.pid,
      node: process.versions.node,
      capabilities: ['discord', 'recording', 'capture', 'sound', 'speech', 'music'],
    });
    log.level = logLevelOf(welcome.logLevel);
    if (welcome.caPem !== undefined) installAuthority(welcome.caPem);
  } catch (error) {
    if (exiting) return;
    log.fatal({ err: error }, 'no welcome from the supervisor; this program is started by Parley, not by hand');
    await exit(error instanceof ProtocolError ? exitReasonOf(error) : 'bad_config');
    return;
  }
  session = new Session({
    channel,
    clock: systemClock,
    log,
    loopDelay,
    onShutdown: () => setImmediate(() => void exit('asked')),
  });
  log.info({ pid: process.pid }, 'ready');
};

process.on('uncaughtException', onDefect);
process.on('unhandledRejection', onDefect);
// The supervisor decides when this ends. Ctrl-C in a terminal reaches the whole process group.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => log.info({ signal }, 'signal ignored'));
void channel.closed.then(onLinkEnd);
// A link that ended before for another reason has its say first; then the end of stdin is what counts.
const onStdinEnd = () => void channel.closed.then(() => exit('orphaned'));
process.stdin.on('end', onStdinEnd).on('close', onStdinEnd);
await run();
