import { type Denial, deny, type RequiredPermission } from './denial.ts';
import { isSwitch, type JoinContext, type TargetChannel } from './join-context.ts';
import { mayJoin, mayLeave, mayRecord } from './who-may.ts';

/** One rule: a denial, or null where it has nothing to say. */
export type JoinRule = (ctx: JoinContext) => Denial | null;

const voiceDisabled: JoinRule = ({ settings }) =>
  settings.voiceEnabled ? null : deny('voice_disabled', { voiceEnabled: false });

const requesterBlocked: JoinRule = ({ settings, requester }) =>
  settings.blockedUserIds.includes(requester.id)
    ? deny('requester_blocked', { blockedVoiceUserIdsCount: settings.blockedUserIds.length })
    : null;

const requesterNotPermitted: JoinRule = ({ requester, guildSettings, willRecord }) => {
  if (!mayJoin(requester, guildSettings))
    return deny('requester_not_permitted', { action: 'join', requiredRoleIds: guildSettings.joinRoleIds });
  if (willRecord && !mayRecord(requester, guildSettings))
    return deny('requester_not_permitted', { action: 'record', requiredRoleIds: guildSettings.recordRoleIds });
  return null;
};

const requesterNotInVoice: JoinRule = ({ target }) => (target === null ? deny('requester_not_in_voice', {}) : null);

/** A rule about the channel; the rule before it made sure that there is one. */
const onTarget =
  (rule: (target: TargetChannel, ctx: JoinContext) => Denial | null): JoinRule =>
  (ctx) =>
    ctx.target === null ? null : rule(ctx.target, ctx);

const channelBlocked = onTarget((target, { guildSettings }) =>
  guildSettings.blockedChannelIds.includes(target.id)
    ? deny('channel_blocked', { targetVoiceChannelId: target.id })
    : null,
);

const channelNotAllowlisted = onTarget((target, { guildSettings: { allowedChannelIds } }) =>
  allowedChannelIds.length > 0 && !allowedChannelIds.includes(target.id)
    ? deny('channel_not_allowlisted', {
        targetVoiceChannelId: target.id,
        allowlistedChannelCount: allowedChannelIds.length,
      })
    : null,
);

/** Counted are starts of sessions (`voice_session_start`); a switch goes on with the session it has, so it uses up none of the day's. */
const maxSessionsPerDayReached: JoinRule = (ctx) => {
  const { maxSessionsPerDay } = ctx.settings;
  return maxSessionsPerDay > 0 && !isSwitch(ctx) && ctx.startedLastDay >= maxSessionsPerDay
    ? deny('max_sessions_per_day_reached', { startedLastDay: ctx.startedLastDay, maxSessionsPerDay })
    : null;
};

const alreadyInChannel = onTarget((target, { live }) =>
  live?.channelId === target.id ? deny('already_in_channel', { voiceChannelId: target.id }) : null,
);

const busyInOtherChannel: JoinRule = (ctx) =>
  ctx.live !== null && isSwitch(ctx) && !mayLeave(ctx.requester, ctx.live)
    ? deny('busy_in_other_channel', { voiceChannelId: ctx.live.channelId, startedBy: ctx.live.requestedByUserId })
    : null;

const botMemberUnavailable = onTarget((target) =>
  target.botPermissions === null ? deny('bot_member_unavailable', {}) : null,
);

const missingVoicePermissions = onTarget((target) => {
  if (target.botPermissions === null) return null;
  const missingPermissions: RequiredPermission[] = [];
  if (!target.botPermissions.view) missingPermissions.push('ViewChannel');
  if (!target.botPermissions.connect) missingPermissions.push('Connect');
  return missingPermissions.length > 0
    ? deny('missing_voice_permissions', { targetVoiceChannelId: target.id, missingPermissions })
    : null;
});

/** Move Members lets a bot into a full channel (Discord: "Voice connections", user limit). */
const channelFull = onTarget((target, { botUserId }) =>
  target.userLimit > 0 &&
  target.memberIds.length >= target.userLimit &&
  !target.memberIds.includes(botUserId) &&
  target.botPermissions?.moveMembers === false
    ? deny('channel_full', { targetVoiceChannelId: target.id, limit: target.userLimit })
    : null,
);

/** Stage channels have no status line, so there only the nickname can show it. */
const noRecordingIndicator = onTarget((target, { willRecord }) => {
  const { botPermissions, type } = target;
  if (!willRecord || botPermissions === null || botPermissions.changeNickname) return null;
  if (type === 'voice' && botPermissions.setVoiceStatus) return null;
  return deny('no_recording_indicator', {
    targetVoiceChannelId: target.id,
    missingPermissions: type === 'voice' ? ['ChangeNickname', 'SetVoiceChannelStatus'] : ['ChangeNickname'],
  });
});

/** A guild with a live session keeps its slot, so a switch needs none. */
const maxConcurrentSessionsReached: JoinRule = ({ settings, live, activeOrPendingSessions }) =>
  live === null && activeOrPendingSessions >= settings.maxConcurrentSessions
    ? deny('max_concurrent_sessions_reached', {
        activeOrPendingSessions,
        maxConcurrentSessions: settings.maxConcurrentSessions,
      })
    : null;

/** The rules in their order (1–7b, 21, 22); the order is behaviour. The agent's rules 8–20 belong between 7b and 21. */
export const joinRules: readonly JoinRule[] = [
  voiceDisabled,
  requesterBlocked,
  requesterNotPermitted,
  requesterNotInVoice,
  channelBlocked,
  channelNotAllowlisted,
  maxSessionsPerDayReached,
  alreadyInChannel,
  busyInOtherChannel,
  botMemberUnavailable,
  missingVoicePermissions,
  channelFull,
  noRecordingIndicator,
  maxConcurrentSessionsReached,
];

/** The first denial in the order of the rules, or null: the join may go on. */
export const evaluateJoin = (ctx: JoinContext): Denial | null => {
  for (const rule of joinRules) {
    const denial = rule(ctx);
    if (denial !== null) return denial;
  }
  return null;
};

/** What is missing without being needed: without Speak there is no chime, which is said to the people. */
export const missingSoftPermissions = (target: TargetChannel): readonly 'Speak'[] =>
  target.botPermissions !== null && !target.botPermissions.speak ? ['Speak'] : [];
