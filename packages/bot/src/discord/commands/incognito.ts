import { modelHost } from '../../agent/session/model-host.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { LiveMemory } from '../../memory/session/live-memory.ts';
import type { MessageDetails, UserMessage } from '../../notify/index.ts';
import { mayControl, mayRecord } from '../../policy/who-may.ts';
import { recordingOff, recordingOn } from '../../session/recording/recording-switch.ts';
import type { Session } from '../../session/session.ts';
import { type CommandServices, defineCommand, type Invocation } from './command.ts';

type Details = MessageDetails['incognito_control'];

export const incognito = defineCommand({
  name: 'incognito',
  says: 'nothing is recorded or remembered any more; off takes everybody who was there',
  options: { state: { kind: 'choice', says: 'on or off', choices: ['on', 'off'], required: true } },
  run: async (call, services) => {
    const { guildId, args } = call;
    const { prefix } = services.settings;
    const name = 'incognito';
    const message = await services.coordinator.withSession(guildId, async (session, signal): Promise<UserMessage> => {
      const person = services.discord.requester(guildId, call.userId);
      const memory = services.memories.of(session);
      const details = (outcome: Details['outcome'], more: Partial<Details> = {}): UserMessage => ({
        kind: 'incognito_control',
        details: {
          ...{ outcome, userId: call.userId, missing: [], recording: false, prefix },
          ...{ heardBy: heardBy(session, services.settings) },
          ...more,
        },
      });
      const noted = (said: UserMessage): UserMessage => {
        session.announcer.happened(said);
        return said;
      };
      if (args.state === 'on') {
        if (!person || !mayControl(person, session)) {
          const startedBy = session.requestedByUserId;
          return { kind: 'command_refused', details: { reason: 'not_in_session', startedBy, name, prefix } };
        }
        if (!memory.incognitoOn()) return details('already_on');
        const recording = (await recordingOff(session, services)) === 'done';
        memory.endedRecording ||= recording;
        return noted(details('on', { recording }));
      }
      if (memory.session.mode === 'persistent') return details('already_off');
      const isManager = person?.canManageGuild ?? false;
      if (!isManager && !memory.session.wasThere(call.userId)) return details('not_there');
      const outcome = memory.incognitoOff(call.userId, isManager);
      if (outcome.kind === 'unchanged') return details('already_off');
      if (outcome.kind === 'not_allowed') return details('not_allowed');
      if (outcome.kind === 'waiting') return noted(details('waiting', { missing: outcome.missing }));
      return noted(details('off', { recording: await begins(session, memory, signal, call, services) }));
    });
    return message ?? { kind: 'command_refused', details: { reason: 'no_session', name, prefix } };
  },
});

/** Whose model still hears this session; null: none does. */
export const heardBy = ({ agent, guildSettings }: Session, settings: Settings): string | null =>
  modelHost(guildSettings, { settings, agents: agent.client });

/** Begins another recording, where one was ended by it or the person may begin one. @returns whether one runs */
const begins = async (
  session: Session,
  { endedRecording }: LiveMemory,
  signal: AbortSignal,
  call: Invocation,
  services: CommandServices,
): Promise<boolean> => {
  const person = services.discord.requester(call.guildId, call.userId);
  if (!endedRecording && !(person && mayRecord(person, session.guildSettings))) return false;
  try {
    await recordingOn(session, services, signal);
    return true;
  } catch (error) {
    services.logger.warn({ err: error, guildId: call.guildId }, 'no recording could be begun after incognito');
    return false;
  }
};
