import type { Clock } from '@parley/protocol';
import type { Settings } from '../config/settings-schema.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Logger } from '../log.ts';
import type { MuxJob } from '../recordings/mux-job.ts';
import type { Store } from '../store/store.ts';
import type { Background } from '../vox/background.ts';
import type { VoxprocPool } from '../vox/voxproc-pool.ts';
import type { DiscordPort } from './discord-port.ts';
import type { AgentConnector } from './join/agent-connector.ts';
import type { LastSessions } from './last-sessions.ts';
import type { StreamRegistry } from './presence/stream-registry.ts';
import type { IndicatorPort } from './recording/indicator-port.ts';
import type { Session } from './session.ts';

/** What every session shares. */
export interface SessionServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly settings: Settings;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly discord: DiscordPort;
  readonly indicator: IndicatorPort;
  readonly pool: VoxprocPool;
  /** null: Parley only records. */
  readonly agents: AgentConnector | null;
  readonly bootId: string;
  /** Hands a finished recording to the mixer; never waits for it. */
  readonly enqueueMux: (job: MuxJob) => void;
  /** The "now recording" clip, Ogg Opus; null when there is none. */
  readonly chimeFile: string | null;
  readonly newSessionId: () => string;
  /** What ended by accident lately. */
  readonly lastSessions: LastSessions;
  /** Streams seen to begin, in all guilds. */
  readonly streams: StreamRegistry;
  /** What follows each live session from outside; disposed when it ends. Must not throw. */
  readonly companions: readonly ((session: Session) => Disposable)[];
}

/** Who called a session, where it speaks. */
export interface SessionInfo {
  readonly sessionId: string;
  readonly guildId: string;
  /** Where it began to speak; its announcer knows where it speaks now. */
  readonly textChannelId: string;
  /** Where it was called from, and speaks while no setting names a channel. */
  readonly calledFromChannelId: string;
  /** Nobody called it. What a former supervisor left counts as called. */
  readonly cameByItself: boolean;
  readonly requestedByUserId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** CLOCK_MONOTONIC at the session's zero, µs. */
  readonly originUs: number;
}
