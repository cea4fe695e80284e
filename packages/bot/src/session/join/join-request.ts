import type { Denial } from '../../policy/denial.ts';
import type { Session } from '../session.ts';

/** Somebody asks Parley to come. */
export interface JoinRequest {
  readonly guildId: string;
  /** Where the session will speak unless the guild's settings name another channel. */
  readonly textChannelId: string;
  readonly userId: string;
  readonly via: 'slash' | 'text' | 'button' | 'mention' | 'auto_join' | 'follow' | 'agent';
  /** 0..1; 1 for a command. */
  readonly intentConfidence: number;
  /** What Parley decided by itself holds for this channel alone, and for this session or (null) for none living. Absent: a person asked. */
  readonly only?: { readonly channelId: string; readonly sessionId: string | null };
}

/** What became of it. The caller tells the person, once. */
export type JoinOutcome =
  | { readonly kind: 'joined'; readonly session: Session }
  | { readonly kind: 'switched'; readonly session: Session }
  | { readonly kind: 'refused'; readonly denial: Denial };
