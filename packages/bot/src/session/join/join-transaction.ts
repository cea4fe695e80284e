import type { GuildSettings } from '../../config/guild-settings.ts';
import { deny, type JoinPhase } from '../../policy/denial.ts';
import type { FoundRecording } from '../../recordings/recording-run.ts';
import { abortable } from '../../vox/abortable.ts';
import type { VoiceChannelView } from '../discord-port.ts';
import { takeBackSign, takeBackStatus } from '../leave-channel.ts';
import { ConsentBook } from '../people/consent-book.ts';
import type { SessionRegistry } from '../registry.ts';
import { Session, type SessionHost } from '../session.ts';
import type { SessionInfo, SessionServices } from '../session-services.ts';
import { type AgentWish, connectAgent } from './join-agent.ts';
import { JoinRefused, noIndicator } from './join-refused.ts';
import type { Slots } from './slots.ts';

export interface JoinPlan {
  readonly info: SessionInfo;
  readonly target: VoiceChannelView;
  readonly guildSettings: GuildSettings;
  /** Milliseconds until the longest duration; null = none. */
  readonly maxMs: number | null;
  /** A recording of a former supervisor to go on with. */
  readonly found?: FoundRecording;
  /** A recording this one follows, named in the new one. */
  readonly continues?: string;
  /** Whether the person who asked must still sit there. */
  readonly requesterMustStay: boolean;
  readonly agent: AgentWish;
  /** false: the session is incognito, and nothing is recorded. What was `found` is taken up all the same, to be ended in order. */
  readonly records: boolean;
}

export interface JoinScope {
  readonly services: SessionServices;
  readonly registry: SessionRegistry;
  readonly slots: Slots;
  readonly host: SessionHost;
  readonly signal: AbortSignal;
  /** Told which part is under way: for the log and for the person when it fails. */
  readonly onPhase: (phase: JoinPhase) => void;
  /** Keeps that a session began, the moment it lives: a process that dies after this has counted it. */
  readonly onLive: (session: Session) => void;
}

/**
 * The way from the rules to a live session. Everything acquired is on one stack, in the order in which it may be given back: what
 * fails at any point unwinds all of it. The child boots and the agent connects while consents are read and the indicator is put up.
 * @throws JoinRefused, or whatever failed; nothing is left behind then.
 */
export const runJoin = async (plan: JoinPlan, scope: JoinScope): Promise<Session> => {
  const { services, registry, slots, host, signal, onPhase, onLive } = scope;
  const { info, guildSettings, target, found } = plan;
  const { guildId } = info;
  await using undo = new AsyncDisposableStack();

  onPhase('reserve');
  const lease = slots.lease(guildId);
  if (!lease) {
    const { maxConcurrentSessions } = services.settings;
    throw new JoinRefused(
      deny('max_concurrent_sessions_reached', { activeOrPendingSessions: slots.inUse, maxConcurrentSessions }),
    );
  }
  undo.use(lease);
  const consents = new ConsentBook(guildSettings);
  const session = new Session({ services, info, channel: target, guildSettings, consents, host });
  undo.use(registry.add(session));
  undo.defer(() => session.abandon());
  session.apply({ type: 'leased' });

  const booting = bootChild(services);
  undo.defer(() => booting.release());
  const agent = undo.use(connectAgent(services, session, plan.agent));
  onPhase('consents');
  await consents.load(services.store, guildId, services.logger);
  signal.throwIfAborted();
  onPhase('indicator');
  undo.defer(() => takeBackSign(services, guildId, signal));
  const recorded = plan.records || found !== undefined;
  const shown = recorded ? await abortable(services.indicator.show(target), signal) : 'when_inside';
  if (shown === null) throw new JoinRefused(noIndicator(target));
  onPhase('boot');
  const during = firstToFail(onPhase);
  const [child] = await Promise.all([
    during('boot', booting.child(signal)),
    during('agent', abortable(agent.connected, signal)),
  ]);
  onPhase('recheck');
  // The people of now: some came and some went since the rules looked.
  const entered = recheck(plan, services);

  onPhase('connect');
  undo.defer(() => session.unlink());
  undo.defer(() => session.recording.discard());
  undo.use(session.voxproc);
  undo.use(session.people);
  undo.defer(() => takeBackStatus(services, guildId));
  booting.handOver();
  session.attach(child);
  const connected = await session.connect(entered, signal, shown, found);
  onPhase('recheck');
  const current = recheck(plan, services);
  if (found) await session.resume(current, found);
  else if (recorded) await session.record(current, { phase: onPhase }, signal, plan.continues);
  signal.throwIfAborted();

  onPhase('commit');
  session.goLive(undo, plan.maxMs);
  onLive(session);
  agent.live();
  services.logger.info({ guildId, sessionId: info.sessionId, ...connected }, 'session started');
  return session;
};

/** Of things under way side by side, tells the phase of the one that fails first: the others fail because of it. */
const firstToFail = (onPhase: (phase: JoinPhase) => void) => {
  let failed = false;
  return <T>(phase: JoinPhase, work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (!failed) onPhase(phase);
      failed = true;
      throw error;
    });
};

/** Starts the boot at once; a child that comes after everybody gave up is closed without anybody waiting for it. */
const bootChild = (services: SessionServices) => {
  const booting = services.pool.take();
  let handedOut = false;
  booting.catch(() => undefined); // the failure is met in `child`; until then nobody waits for it
  return {
    child: (signal: AbortSignal) => abortable(booting, signal),
    /** From now on somebody else owns the child. */
    handOver: () => {
      handedOut = true;
    },
    release: () => {
      if (handedOut) return;
      services.background.run('late voxproc', async () => {
        const child = await booting.catch(() => null);
        await child?.close('the join failed');
      });
    },
  };
};

/** The world may have changed during an await: is the channel there, and does the requester still sit in it? */
const recheck = ({ info, target, requesterMustStay }: JoinPlan, { discord }: SessionServices): VoiceChannelView => {
  const channel = discord.channel(info.guildId, target.id);
  if (!channel) throw new Error('the voice channel is gone');
  if (requesterMustStay && discord.requester(info.guildId, info.requestedByUserId)?.voiceChannelId !== target.id) {
    throw new JoinRefused(deny('requester_not_in_voice', {}));
  }
  return channel;
};
