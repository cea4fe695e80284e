import type { SessionRegistry } from '../../../session/registry.ts';
import type { Session } from '../../../session/session.ts';
import type { SessionInfo } from '../../../session/session-services.ts';
import { ToolError } from '../tool.ts';

/** Where the tools of one agent work: its session, while that lives. */
export interface ToolRoom {
  readonly guildId: string;
  /** @throws ToolError `unavailable`: it does not live yet, or not any more */
  live(): Session;
}

export const toolRoomOf = (
  registry: Pick<SessionRegistry, 'of'>,
  { sessionId, guildId }: Pick<SessionInfo, 'sessionId' | 'guildId'>,
): ToolRoom => ({
  guildId,
  live: () => {
    const session = registry.of(guildId);
    if (session?.isLive && session.sessionId === sessionId) return session;
    throw new ToolError('unavailable', 'the session is not there, or is ending');
  },
});
