import type { UserMessage } from '../../notify/index.ts';
import { deny, joinFailed } from '../../policy/denial.ts';
import { mayRecord } from '../../policy/who-may.ts';
import { JoinRefused } from '../../session/join/join-refused.ts';
import { recordingOff, recordingOn, type SwitchOutcome } from '../../session/recording/recording-switch.ts';
import type { Session } from '../../session/session.ts';
import { type CommandServices, defineCommand, type Invocation } from './command.ts';

export const record = defineCommand({
  name: 'record',
  says: 'end the recording but stay, or begin another one',
  options: { state: { kind: 'choice', says: 'on or off', choices: ['on', 'off'], required: true } },
  may: 'in_session',
  run: async (call, services) => {
    const { guildId, args } = call;
    const { prefix } = services.settings;
    const message = await services.coordinator.withSession(guildId, async (session, signal): Promise<UserMessage> => {
      if (args.state === 'on' && session.recording.isBarred) {
        return {
          kind: 'incognito_control',
          details: {
            ...{ outcome: 'record_refused', userId: call.userId, missing: [], recording: false },
            ...{ heardBy: null, prefix },
          },
        };
      }
      if (args.state === 'on') return await switchOn(session, signal, call, services);
      const outcome = await recordingOff(session, services);
      return said(outcome === 'done' ? 'off' : 'already_off', session, call, prefix);
    });
    if (!message) return { kind: 'command_refused', details: { reason: 'no_session', name: 'record', prefix } };
    // The notice of the new recording stands in the channel already.
    const isShown = message.kind === 'recording_control' && message.details.outcome === 'on';
    return isShown && (call.via === 'text' || call.via === 'mention') ? null : message;
  },
});

const switchOn = async (
  session: Session,
  signal: AbortSignal,
  call: Invocation,
  services: CommandServices,
): Promise<UserMessage> => {
  const { prefix } = services.settings;
  const person = services.discord.requester(call.guildId, call.userId);
  if (!person || !mayRecord(person, session.guildSettings)) {
    const denial = deny('requester_not_permitted', {
      action: 'record',
      requiredRoleIds: session.guildSettings.recordRoleIds,
    });
    return { kind: 'join_refused', details: { denial, prefix } };
  }
  let outcome: SwitchOutcome;
  try {
    outcome = await recordingOn(session, services, signal);
  } catch (error) {
    services.logger.warn({ err: error, guildId: call.guildId }, 'the recording could not be begun again');
    const denial = error instanceof JoinRefused ? error.denial : joinFailed(error, 'recording');
    return { kind: 'join_refused', details: { denial, prefix } };
  }
  return said(outcome === 'done' ? 'on' : 'already_on', session, call, prefix);
};

const said = (
  outcome: 'on' | 'off' | 'already_on' | 'already_off',
  { channelId, announcer }: Session,
  { userId }: Invocation,
  prefix: string,
): UserMessage => {
  const message: UserMessage = { kind: 'recording_control', details: { outcome, channelId, userId, prefix } };
  if (outcome === 'on' || outcome === 'off') announcer.happened(message);
  return message;
};
