import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Announcer } from '../../session/announcer.ts';
import type { SessionPeople } from '../../session/people/session-people.ts';
import type { VoiceEffects } from '../../session/presence/voice-effects.ts';
import type { SessionInfo } from '../../session/session-services.ts';
import type { VoxprocClient } from '../../vox/voxproc-client.ts';

/** What an agent needs of the session it lives in. */
export interface AgentHost {
  readonly info: SessionInfo;
  /** As they are now: they change while a session lives. */
  readonly guildSettings: GuildSettings;
  readonly voxproc: Pick<VoxprocClient, 'listen' | 'request' | 'speechAudio'>;
  readonly people: Pick<SessionPeople, 'membership' | 'recorded'>;
  readonly announcer: Pick<Announcer, 'say' | 'recent'>;
  readonly recording: { readonly current: unknown };
  readonly effects: Pick<VoiceEffects, 'recent'>;
  /** Milliseconds until the longest duration; null: none. */
  readonly remainingMs: number | null;
}
