import { ProtocolError } from '@parley/protocol';
import { type JoinPhase, shortError } from '../../policy/denial.ts';
import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';
import type { VoiceEnd } from '../voice-reports.ts';
import { AgentConnectError } from './agent-connector.ts';
import type { JoinOutcome, JoinRequest } from './join-request.ts';

/** What is kept of joins, whatever becomes of them: actions and rows in the store, metrics, log lines. Never throws. */
export class JoinLog {
  #services: Pick<SessionServices, 'store' | 'metrics' | 'logger' | 'settings' | 'bootId'>;

  constructor(services: Pick<SessionServices, 'store' | 'metrics' | 'logger' | 'settings' | 'bootId'>) {
    this.#services = services;
  }

  requested(request: JoinRequest, targetVoiceChannelId: string | null): void {
    const { guildId, userId, textChannelId, via, intentConfidence } = request;
    this.#services.store.actions.record({
      kind: 'voice_join_request',
      guildId,
      userId,
      channelId: textChannelId,
      fields: { via, targetVoiceChannelId, intentConfidence },
    });
  }

  /** The row of a session that lives from now on. */
  row({ info, channelId, guildSettings }: Session): void {
    const { store, bootId } = this.#services;
    store.sessions.started({
      ...info,
      channelId,
      mode: guildSettings.runtimeMode,
      bootId,
      endedAt: null,
      endReason: null,
    });
  }

  started(session: Session, request: JoinRequest): void {
    this.row(session);
    const { store, settings } = this.#services;
    const { maxRecordingHours, runtimeMode } = session.guildSettings;
    store.actions.record({
      kind: 'voice_session_start',
      guildId: request.guildId,
      channelId: request.textChannelId,
      userId: request.userId,
      sessionId: session.sessionId,
      fields: {
        mode: runtimeMode,
        requestedByUserId: request.userId,
        voiceChannelId: session.channelId,
        maxSessionMinutes: maxRecordingHours === 0 ? null : maxRecordingHours * 60,
        inactivityLeaveSeconds: runtimeMode === 'record_only' ? null : settings.agent.restAfterIdleSeconds,
        intentConfidence: request.intentConfidence,
      },
    });
  }

  switched(session: Session, { guildId, userId }: JoinRequest, fromVoiceChannelId: string): void {
    const { store } = this.#services;
    const { sessionId, channelId: toVoiceChannelId } = session;
    store.sessions.changed(sessionId, { channelId: toVoiceChannelId });
    store.actions.record({
      kind: 'voice_session_switch',
      guildId,
      userId,
      sessionId,
      fields: { fromVoiceChannelId, toVoiceChannelId },
    });
  }

  failed({ guildId, userId }: JoinRequest, phase: JoinPhase, error: unknown): void {
    const { logger, store } = this.#services;
    logger.error({ guildId, userId, phase, ...diagnosticsOf(error), err: error }, 'voice_join_failed');
    store.actions.record({
      kind: 'voice_error',
      guildId,
      userId,
      fields: {
        event: 'voice_join_failed',
        phase,
        error: shortError(error),
        ...diagnosticsOf(error),
      },
    });
  }

  /** A join failed, and so did giving back what it had taken. */
  unwound({ guildId, userId }: JoinRequest, error: unknown): void {
    this.#services.logger.error({ guildId, userId, err: error }, 'a join could not be unwound in order');
  }

  outcome({ guildId, userId, textChannelId }: JoinRequest, outcome: JoinOutcome): void {
    const { metrics, store, logger } = this.#services;
    if (outcome.kind !== 'refused') {
      metrics.joins.inc({ outcome: outcome.kind, reason: 'none' });
      return;
    }
    const { reason, details } = outcome.denial;
    metrics.joins.inc({ outcome: reason === 'join_failed' ? 'failed' : 'refused', reason });
    logger.info({ guildId, userId, reason, details }, 'join refused');
    store.actions.record({
      kind: 'voice_join_refused',
      guildId,
      userId,
      channelId: textChannelId,
      fields: { reason, details },
    });
  }

  leaveRequested(leave: { guildId: string; userId: string; via: JoinRequest['via']; outcome: string }): void {
    const { guildId, userId, via, outcome } = leave;
    this.#services.store.actions.record({ kind: 'voice_leave_request', guildId, userId, fields: { via, outcome } });
  }

  connectionLost({ info, sessionId }: Session, end: VoiceEnd): void {
    this.#services.store.actions.record({
      kind: 'voice_error',
      guildId: info.guildId,
      sessionId,
      fields: { event: 'connection_lost', code: end.reason, error: end.detail ?? end.reason, diagnostics: end },
    });
  }
}

/** What a failed connection tells about itself, to voice or to the agent's provider. */
const diagnosticsOf = (error: unknown): { code?: string; diagnostics?: Record<string, unknown> } => {
  if (error instanceof ProtocolError) return { code: error.code, diagnostics: { ...error.details } };
  return error instanceof AgentConnectError ? { diagnostics: { ...error.diagnostics } } : {};
};
