import type { GuildSettings } from '../../config/guild-settings.ts';
import { effectiveMode } from '../../memory/mode.ts';
import type { SessionEndReason } from '../../notify/index.ts';
import { type Denial, deny, type JoinPhase, joinFailed } from '../../policy/denial.ts';
import { evaluateJoin } from '../../policy/join-rules.ts';
import { mayControl } from '../../policy/who-may.ts';
import type { FoundRecording } from '../../recordings/recording-run.ts';
import { abortable } from '../../vox/abortable.ts';
import type { VoiceChannelView } from '../discord-port.ts';
import type { SessionRegistry } from '../registry.ts';
import type { Session, SessionHost } from '../session.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';
import { isChannelAllowed } from '../settings-reconcile.ts';
import { textChannelFor } from '../text-channel.ts';
import type { VoiceEnd } from '../voice-reports.ts';
import { gatherJoinContext } from './gather-join-context.ts';
import { KeyedMutex } from './guild-mutex.ts';
import type { AgentWish } from './join-agent.ts';
import { JoinLog } from './join-log.ts';
import { JoinRefused, noIndicator } from './join-refused.ts';
import type { JoinOutcome, JoinRequest } from './join-request.ts';
import { type JoinScope, runJoin } from './join-transaction.ts';
import { originalError } from './original-error.ts';
import { Slots } from './slots.ts';

/** A deleted channel and the disconnection from it may arrive in either order; this long the deletion is waited for, milliseconds. */
const deletionGraceMs = 500;

export type LeaveOutcome =
  | { readonly kind: 'leaving'; readonly channelId: string }
  | { readonly kind: 'not_in_voice' }
  | { readonly kind: 'not_permitted'; readonly startedBy: string };

/** A recording that a former supervisor left and that goes on. */
export interface Revival {
  readonly info: Pick<SessionInfo, 'sessionId' | 'guildId' | 'textChannelId' | 'requestedByUserId' | 'startedAt'>;
  readonly channelId: string;
  /** Go on with this recording; absent: begin another. */
  readonly found?: FoundRecording;
  readonly continues?: string;
  /** How long the session has lasted already, milliseconds. */
  readonly elapsedMs: number;
}

/**
 * Joins, switches, leaves and ends: whatever changes which session a guild has happens here, one at a time per guild, in the order it
 * was asked for.
 */
export class JoinCoordinator implements SessionHost {
  readonly registry: SessionRegistry;
  readonly slots: Slots;
  #services: SessionServices;
  #log: JoinLog;
  #mutex = new KeyedMutex();
  #stopping = new AbortController();

  constructor(services: SessionServices, registry: SessionRegistry) {
    this.#services = services;
    this.#log = new JoinLog(services);
    this.registry = registry;
    this.slots = new Slots(() => services.settings.maxConcurrentSessions);
  }

  /** Guilds in which something is under way. */
  get busyGuilds(): number {
    return this.#mutex.size;
  }

  /** Joins, or moves the guild's session. Never throws: whatever fails is an outcome. */
  async join(request: JoinRequest): Promise<JoinOutcome> {
    return await this.#mutex.run(request.guildId, async () => {
      const phase: { now: JoinPhase } = { now: 'rules' };
      let outcome: JoinOutcome;
      try {
        outcome = await this.#join(request, phase);
      } catch (thrown) {
        const error = originalError(thrown);
        if (error !== thrown) this.#log.unwound(request, thrown);
        const denial = error instanceof JoinRefused ? error.denial : joinFailed(error, phase.now);
        if (denial.reason === 'join_failed') this.#log.failed(request, phase.now, error);
        outcome = { kind: 'refused', denial };
      }
      this.#log.outcome(request, outcome);
      return outcome;
    });
  }

  /** Does something with the guild's live session in its turn; null: there is none. @throws what the task throws. */
  async withSession<T>(
    guildId: string,
    task: (session: Session, signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    return await this.#mutex.run(guildId, async () => {
      const session = this.registry.of(guildId);
      return session?.isLive ? await task(session, this.#stopping.signal) : null;
    });
  }

  /** Ends the guild's session on somebody's wish; resolves when it was decided, not when everything is closed. */
  async leave(guildId: string, userId: string, via: JoinRequest['via']): Promise<LeaveOutcome> {
    const outcome = await this.#mutex.run(guildId, async (): Promise<LeaveOutcome> => {
      const session = this.registry.of(guildId);
      if (!session?.isLive) return { kind: 'not_in_voice' };
      const person = this.#services.discord.requester(guildId, userId);
      if (!person || !mayControl(person, session))
        return { kind: 'not_permitted', startedBy: session.requestedByUserId };
      this.requestEnd(session, 'requested');
      return { kind: 'leaving', channelId: session.channelId };
    });
    this.#log.leaveRequested({ guildId, userId, via, outcome: outcome.kind });
    return outcome;
  }

  /** Ends a session when it is its turn. */
  requestEnd(session: Session, reason: SessionEndReason): void {
    this.#services.background.run('session end', () => this.end(session, reason), { sessionId: session.sessionId });
  }

  async end(session: Session, reason: SessionEndReason): Promise<void> {
    await this.#mutex.run(session.info.guildId, () => session.end(reason));
  }

  /** A guild's settings changed: its session follows what holds by then, after a join that is under way. */
  settingsChanged(guildId: string): void {
    const { background, store } = this.#services;
    background.run(
      'settings changed',
      () =>
        this.#mutex.run(guildId, async () => {
          const session = this.registry.of(guildId);
          if (session) await session.settingsChanged(await store.guildSettings.get(guildId));
        }),
      { guildId },
    );
  }

  voiceEnded(session: Session, end: VoiceEnd): void {
    const { background, logger } = this.#services;
    logger.warn({ sessionId: session.sessionId, end }, 'the voice connection ended');
    background.run('voice end', async () => {
      // A join asked for meanwhile waits for the end: this session is in the channel no more.
      await this.#mutex.run(session.info.guildId, async () => {
        const reason = await this.#reasonOf(session, end);
        if (reason === 'connection_lost') this.#log.connectionLost(session, end);
        await session.end(reason);
      });
    });
  }

  /** A moderator moved the bot: it goes along where the rules about channels allow it, else the session ends. */
  requestFollow(session: Session, channelId: string): void {
    this.#services.background.run(
      'follow',
      async () => {
        await this.#mutex.run(session.info.guildId, async () => {
          if (!session.isLive || session.channelId === channelId) return;
          const target = await this.#followable(session, channelId);
          if (!target) return await session.end('moved_to_disallowed');
          try {
            await session.moveTo(target, { phase: () => undefined }, this.#stopping.signal);
            const recording = session.recording.current !== null;
            session.announcer.say({ kind: 'moved', details: { channelId, recording } });
          } catch (error) {
            // It lives in the channel it came from, or has asked to be ended.
            this.#services.logger.error({ err: error, sessionId: session.sessionId }, 'could not follow');
          }
        });
      },
      { sessionId: session.sessionId },
    );
  }

  /** Takes up what a former supervisor left. @throws what failed; nothing is left behind then. */
  async revive({ info, channelId, found, continues, elapsedMs }: Revival): Promise<Session> {
    return await this.#mutex.run(info.guildId, async () => {
      const services = this.#services;
      if (this.registry.of(info.guildId)) throw new Error('the guild has a session already');
      const target = services.discord.channel(info.guildId, channelId);
      if (!target) throw new Error('the voice channel is gone');
      const guildSettings = await services.store.guildSettings.get(info.guildId);
      const maxMs = maxMsOf(guildSettings.maxRecordingHours);
      return await runJoin(
        {
          info: {
            ...info,
            calledFromChannelId: info.textChannelId,
            cameByItself: false,
            originUs: found?.originUs ?? services.clock.monotonicUs(),
          },
          target,
          guildSettings,
          maxMs: maxMs === null ? null : Math.max(0, maxMs - elapsedMs),
          requesterMustStay: false,
          agent: await this.#agentOfRevival(info.guildId, guildSettings),
          records: this.#records(guildSettings),
          ...(found === undefined ? {} : { found }),
          ...(continues === undefined ? {} : { continues }),
        },
        this.#scope({ onPhase: () => undefined, onLive: (session) => this.#log.row(session) }),
      );
    });
  }

  /** Refuses new joins, gives up those under way, and ends every session. Never throws. */
  async shutdown(): Promise<void> {
    this.#stopping.abort(new Error('Parley is being shut down'));
    await Promise.all(this.registry.all.map((session) => this.end(session, 'shutdown')));
  }

  async #join(request: JoinRequest, phase: { now: JoinPhase }): Promise<JoinOutcome> {
    this.#stopping.signal.throwIfAborted();
    const { guildId, userId, textChannelId } = request;
    const live = this.registry.of(guildId);
    const { ctx, target } = await gatherJoinContext(this.#services, this.slots, live, request);
    this.#log.requested(request, target?.id ?? null);
    const denial = overtaken(request, live, target) ?? evaluateJoin(ctx);
    if (denial) return { kind: 'refused', denial };
    if (!target) return { kind: 'refused', denial: deny('requester_not_in_voice', {}) };
    const onPhase = (now: JoinPhase) => {
      phase.now = now;
    };
    if (live) {
      onPhase('indicator');
      if (!(await this.#showsIfRecording(live, target))) throw new JoinRefused(noIndicator(target));
      const fromVoiceChannelId = live.channelId;
      await this.#move(live, target, onPhase);
      this.#log.switched(live, request, fromVoiceChannelId);
      return { kind: 'switched', session: live };
    }
    const { clock, newSessionId, lastSessions } = this.#services;
    const continues = lastSessions.recordingBefore(guildId, target.id);
    const called = { calledFromChannelId: textChannelId, cameByItself: isByItself(request) };
    const session = await runJoin(
      {
        info: {
          sessionId: newSessionId(),
          guildId,
          ...called,
          textChannelId: textChannelFor(ctx.guildSettings, called),
          requestedByUserId: userId,
          startedAt: clock.now(),
          originUs: clock.monotonicUs(),
        },
        target,
        guildSettings: ctx.guildSettings,
        maxMs: maxMsOf(ctx.guildSettings.maxRecordingHours),
        requesterMustStay: true,
        agent: ctx.agent === null ? 'none' : 'required',
        records: this.#records(ctx.guildSettings),
        ...(continues === null ? {} : { continues }),
      },
      this.#scope({ onPhase, onLive: (session) => this.#log.started(session, request) }),
    );
    lastSessions.begun(guildId);
    return { kind: 'joined', session };
  }

  /** Whether a session that begins now may be recorded: not where it is incognito from the start. */
  #records({ memoryMode }: GuildSettings): boolean {
    const deployment = this.#services.settings.memoryMode;
    return effectiveMode({ deployment, guild: memoryMode, request: undefined }) === 'persistent';
  }

  /** Moves a session; where that fails, the old channel shows again that it is recorded. */
  async #move(session: Session, target: VoiceChannelView, onPhase: (phase: JoinPhase) => void): Promise<void> {
    const { discord, indicator } = this.#services;
    try {
      await session.moveTo(target, { phase: onPhase }, this.#stopping.signal);
    } catch (error) {
      const old = discord.channel(session.info.guildId, session.channelId);
      if (old && session.recording.current && !this.#stopping.signal.aborted) await indicator.show(old);
      throw error;
    }
  }

  #scope(told: Pick<JoinScope, 'onPhase' | 'onLive'>): JoinScope {
    const { registry, slots } = this;
    return { services: this.#services, registry, slots, host: this, signal: this.#stopping.signal, ...told };
  }

  /** A recording that goes on after a restart waits for no agent. */
  async #agentOfRevival(guildId: string, guildSettings: GuildSettings): Promise<AgentWish> {
    const { agents, logger } = this.#services;
    try {
      return ((await agents?.readiness(guildId, guildSettings)) ?? null) === null ? 'none' : 'optional';
    } catch (error) {
      logger.error({ err: error, guildId }, 'the agent stays away from a recording that goes on');
      return 'none';
    }
  }

  async #reasonOf({ info, channelId }: Session, { reason }: VoiceEnd): Promise<SessionEndReason> {
    const { discord, clock } = this.#services;
    if (reason === 'moved') return 'moved_to_disallowed';
    if (reason !== 'removed') return 'connection_lost';
    if (discord.channel(info.guildId, channelId)) {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, deletionGraceMs));
    }
    return discord.channel(info.guildId, channelId) ? 'kicked' : 'channel_deleted';
  }

  async #followable(session: Session, channelId: string) {
    const target = this.#services.discord.channel(session.info.guildId, channelId);
    if (!target || !isChannelAllowed(session.guildSettings, channelId)) return null;
    return (await this.#showsIfRecording(session, target)) ? target : null;
  }

  /** Whether people can see in the channel what is to be seen: nothing, where nothing is recorded. */
  async #showsIfRecording({ recording }: Session, target: VoiceChannelView): Promise<boolean> {
    if (recording.current === null) return true;
    return (await abortable(this.#services.indicator.show(target), this.#stopping.signal)) !== null;
  }
}

/** Why something decided before its turn came does not hold any more: they have gone elsewhere, or people have called Parley meanwhile. */
const overtaken = ({ only }: JoinRequest, live: Session | null, target: VoiceChannelView | null): Denial | null => {
  if (only === undefined) return null;
  if (target?.id !== only.channelId) return deny('requester_not_in_voice', {});
  if (live === null || live.sessionId === only.sessionId) return null;
  return deny('busy_in_other_channel', { voiceChannelId: live.channelId, startedBy: live.requestedByUserId });
};

/** Whoever came by itself has chosen where it speaks. */
const isByItself = ({ via }: JoinRequest): boolean => via === 'auto_join' || via === 'follow';

/** 0 hours = no limit. */
const maxMsOf = (hours: number): number | null => (hours === 0 ? null : hours * 3_600_000);
