/** Which lines of the log somebody wants to see; what is undefined does not matter. */
export interface LogFilter {
  /** A session or a recording, or how its id begins. */
  readonly session: string | undefined;
  readonly guild: string | undefined;
  /** pino's number; less severe lines are left out. */
  readonly level: number | undefined;
}

/** pino's levels by name. */
export const logLevels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;

const beginsWith = (value: unknown, start: string): boolean => typeof value === 'string' && value.startsWith(start);

/** Whether a line is wanted. One that is no JSON (a crash of Node, another program) is shown where nothing is filtered. */
export const isWanted = (line: string, { session, guild, level }: LogFilter): boolean => {
  if (session === undefined && guild === undefined && level === undefined) return line.trim() !== '';
  const entry = entryOf(line);
  if (entry === null) return false;
  if (level !== undefined && !(typeof entry.level === 'number' && entry.level >= level)) return false;
  if (guild !== undefined && entry.guildId !== guild) return false;
  return session === undefined || beginsWith(entry.sessionId, session) || beginsWith(entry.recordingSessionId, session);
};

const entryOf = (line: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
};
