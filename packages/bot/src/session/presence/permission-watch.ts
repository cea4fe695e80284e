import type { BotPermissions } from '../../policy/join-context.ts';
import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';

/** How often the permissions are looked at, milliseconds. */
export const permissionLookMs = 5000;

/** What Discord calls the permissions a session lives by. */
const names = {
  view: 'View Channel',
  connect: 'Connect',
  speak: 'Speak',
  changeNickname: 'Change Nickname',
  setVoiceStatus: 'Set Voice Channel Status',
} as const satisfies Partial<Record<keyof BotPermissions, string>>;
const watched = Object.keys(names) as (keyof typeof names)[];

/** What was taken and what was given back, by Discord's names. Pure. */
export const permissionChange = (
  before: BotPermissions,
  now: BotPermissions,
): { readonly lost: readonly string[]; readonly regained: readonly string[] } => ({
  lost: watched.filter((key) => before[key] && !now[key]).map((key) => names[key]),
  regained: watched.filter((key) => !before[key] && now[key]).map((key) => names[key]),
});

/** Says which permissions the bot loses in the channel while a session is there, and which come back. Nothing ends for it by itself. */
export const watchPermissions = (
  { clock, discord, logger }: Pick<SessionServices, 'clock' | 'discord' | 'logger'>,
  session: Session,
): Disposable => {
  const { guildId } = session.info;
  const look = () => ({
    channelId: session.channelId,
    permissions: discord.channel(guildId, session.channelId)?.botPermissions ?? null,
  });
  let before = look();
  return clock.setInterval(() => {
    const now = look();
    const { channelId, permissions } = now;
    // In another channel, or while the channel is not known, there is nothing to compare.
    const old = channelId === before.channelId ? before.permissions : null;
    const change = old === null || permissions === null ? null : permissionChange(old, permissions);
    if (permissions !== null || channelId !== before.channelId) before = now;
    if (change === null || change.lost.length + change.regained.length === 0) return;
    logger.warn({ guildId, sessionId: session.sessionId, channelId, ...change }, 'permissions changed');
    session.announcer.say({ kind: 'permissions_changed', details: { channelId, ...change } });
  }, permissionLookMs);
};
