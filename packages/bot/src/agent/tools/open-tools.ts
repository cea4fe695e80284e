import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Metrics } from '../../http/metrics.ts';
import type { Logger } from '../../log.ts';
import { mayControl } from '../../policy/who-may.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { LeaveOutcome } from '../../session/join/join-coordinator.ts';
import type { SessionRegistry } from '../../session/registry.ts';
import type { SessionInfo } from '../../session/session-services.ts';
import type { Store } from '../../store/store.ts';
import type { Background } from '../../vox/background.ts';
import type { MusicDesk } from '../music/music-desk.ts';
import type { ChannelQuestions } from '../questions/channel-questions.ts';
import { confirm } from '../questions/confirm.ts';
import type { ToolHost } from '../session/tool-host.ts';
import type { Soundboard } from '../soundboard/soundboard.ts';
import { builtinTools } from './builtin/all.ts';
import { type ToolRoom, toolRoomOf } from './builtin/tool-room.ts';
import { McpServer } from './mcp/mcp-server.ts';
import type { Tool, ToolRight } from './tool.ts';
import { ToolBox } from './tool-box.ts';

/** What the tools of every session share. */
export interface ToolServices {
  readonly settings: Settings;
  readonly store: Pick<Store, 'consents' | 'guildSettings' | 'recordings' | 'transcripts'>;
  readonly discord: DiscordPort;
  readonly registry: Pick<SessionRegistry, 'of'>;
  readonly questions: Pick<ChannelQuestions, 'ask'>;
  readonly music: Pick<MusicDesk, 'of' | 'ask'>;
  readonly soundboard: Pick<Soundboard, 'play'>;
  readonly metrics: Pick<Metrics, 'toolCalls'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  /** Ends a guild's session in somebody's name. */
  readonly leave: (guildId: string, userId: string) => Promise<LeaveOutcome>;
  /** Tools of others' making, by session. */
  readonly more?: (info: SessionInfo) => readonly Tool[];
}

/** The tools of one session's agent: our own, and those of the MCP servers of the settings, which are left with it. */
export const openTools = (services: ToolServices, info: SessionInfo): ToolHost => {
  const { settings, clock, logger, background, metrics, registry, questions } = services;
  const log = logger.child({ sessionId: info.sessionId, guildId: info.guildId });
  const room = toolRoomOf(registry, info);
  const servers = settings.agent.mcpServers.map((server) => new McpServer(server, log));
  const connected = Promise.withResolvers<void>();
  background.run('MCP servers', async () => {
    await Promise.all(servers.map((server) => server.connect()));
    connected.resolve();
  });
  const own = [...builtinTools(room, services), ...(services.more?.(info) ?? [])];
  const owned = new AsyncDisposableStack();
  for (const server of servers) owned.use(server);
  return new ToolBox({
    ...{ clock, owned, logger: log, ready: connected.promise },
    // Our own first: no server takes the name of one of them.
    tools: () => [...own, ...servers.flatMap(({ tools }) => tools)],
    may: (userId, right) => may(services, room, userId, right),
    ask: async (question, speakers, signal) => await confirm(questions, room.live(), question, speakers, signal),
    onUse: (tool, outcome, ms) => {
      metrics.toolCalls.inc({ tool, outcome });
      log.info({ tool, outcome, ms: Math.round(ms) }, 'a tool was called');
    },
  });
};

/** Whether somebody may do what takes this right, as a command of theirs would be judged. */
const may = ({ discord }: Pick<ToolServices, 'discord'>, room: ToolRoom, userId: string, right: ToolRight): boolean => {
  if (right === 'heard') return true;
  const person = discord.requester(room.guildId, userId);
  if (!person) return false;
  return right === 'manage' ? person.canManageGuild : mayControl(person, room.live());
};
