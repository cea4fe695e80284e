import type { Logger } from 'pino';

const maxLineLength = 4000;
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** pino's numeric levels: 10 trace to 60 fatal; anything else goes to the nearest. */
const levelOf = (value: unknown): (typeof levels)[number] => {
  const index = typeof value === 'number' && Number.isFinite(value) ? Math.round(value / 10) - 1 : 2;
  return levels[Math.min(levels.length - 1, Math.max(0, index))] ?? 'info';
};

/**
 * Writes one line of a child's stderr into our log with `bindings` (`{proc, pid, sessionId}`). A pino line keeps its level, message,
 * keys and, as `childTime`, its time; anything else (a crash of Node, a library's print) becomes a warning with the text in `line`.
 */
export const reemitChildLine = (logger: Logger, line: string, bindings: Readonly<Record<string, unknown>>): void => {
  if (line.trim() === '') return;
  const parsed = parseObject(line);
  if (parsed === null) {
    logger.warn({ ...bindings, line: line.slice(0, maxLineLength) }, 'child printed something that is no log line');
    return;
  }
  const { level, time, msg, pid: _pid, hostname: _hostname, ...rest } = parsed;
  logger[levelOf(level)](
    { ...rest, ...(time === undefined ? {} : { childTime: time }), ...bindings },
    typeof msg === 'string' ? msg : 'child logged without a message',
  );
};

const parseObject = (line: string): Record<string, unknown> | null => {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};
