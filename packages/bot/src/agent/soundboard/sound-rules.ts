import type { SoundResult } from './sound-result.ts';
import type { RightsUnknown, Sound, SoundRights } from './soundboard-port.ts';

export interface SoundContext {
  readonly guildId: string;
  readonly channelId: string;
  readonly enabled: boolean;
  readonly rights: SoundRights | RightsUnknown;
}

/** Whether Discord counts a sound as another server's; its own are everybody's. */
export const isExternal = ({ guildId }: Sound, ownGuildId: string): boolean =>
  guildId !== null && guildId !== ownGuildId;

/** What speaks against any sound at all; null: nothing. Pure. */
export const boardRefusal = ({ channelId, enabled, rights }: SoundContext): SoundResult | null => {
  if (!enabled) return 'disabled';
  if (typeof rights === 'string') return rights;
  if (rights.inChannelId !== channelId) return 'not_in_voice';
  if (!rights.speak || !rights.useSoundboard) return 'missing_permissions';
  return rights.mutedOrDeaf ? 'muted_or_deaf' : null;
};

/** What speaks against this sound; null: nothing. Pure. */
export const soundRefusal = (context: SoundContext, sound: Sound): SoundResult | null => {
  const refusal = boardRefusal(context);
  if (refusal !== null || typeof context.rights === 'string') return refusal;
  return isExternal(sound, context.guildId) && !context.rights.useExternalSounds
    ? 'missing_external_permissions'
    : null;
};
