import type { VoiceEndReason } from '@parley/protocol';
import { closeAction } from './close-codes.ts';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  connectionRules,
  type Outage,
  type Transition,
} from './connection-state.ts';

/** Milliseconds before attempt `attempts` + 1: doubling from 1 to 16 s, ± a quarter by `jitter` in [0, 1). */
export const backoffMs = (attempts: number, jitter: number): number => {
  const { firstBackoffMs, maxBackoffMs } = connectionRules;
  const doubled = firstBackoffMs * 2 ** Math.max(0, attempts - 1);
  return Math.min(maxBackoffMs, Math.max(firstBackoffMs, Math.min(maxBackoffMs, doubled) * (0.75 + jitter / 2)));
};

/** Every state in which the connection belongs to a channel. */
type Live = Exclude<ConnectionState, { name: 'ended' | 'idle' }>;
type Ready = Extract<ConnectionState, { name: 'ready' }>;
type Signalling = Extract<ConnectionState, { name: 'signalling' }>;

const stay = (state: ConnectionState): Transition => ({ state, effects: [] });

/** What the connection does next. Pure: time and chance come in. */
export const transition = (
  state: ConnectionState,
  event: ConnectionEvent,
  nowMs: number,
  jitter: number,
): Transition => {
  if (state.name === 'ended') return stay(state);
  if (event.type === 'leave') return end('left');
  if (state.name === 'idle') return event.type === 'join' ? start(event.channelId, nowMs) : stay(state);
  switch (event.type) {
    case 'join':
    case 'move':
      return move(state, event.channelId, nowMs);
    case 'rejoin':
      return state.name === 'ready' ? rejoin(state, nowMs) : stay(state);
    case 'networking':
      return connect(state, nowMs);
    case 'networking_ready':
      return becomeReady(state, nowMs);
    case 'networking_resuming':
      return state.name === 'ready'
        ? enter(
            {
              name: 'resuming',
              channelId: state.channelId,
              outage: outageFrom(state, nowMs, 0),
              deadlineMs: nowMs + connectionRules.resumeMs,
            },
            [
              { do: 'lost', cause: 'resuming' },
              { do: 'report', state: 'reconnecting', attempt: 0 },
            ],
          )
        : stay(state);
    case 'closed':
      return closed(state, event.code, nowMs, jitter);
    case 'endpoint_gone':
      return endpointGone(state, nowMs);
    case 'voice_state':
      return voiceState(state, event.channelId, nowMs, jitter);
    case 'gateway_back':
      // What became of our voice state has been told by now, or never will be: a new session is not told of the past.
      return state.name === 'judging' ? backOff(state.channelId, state.outage, nowMs, jitter, false) : stay(state);
    case 'tick':
      return tick(state, nowMs, jitter);
  }
};

const enter = (state: ConnectionState, effects: readonly ConnectionEffect[]): Transition => ({ state, effects });

const end = (reason: VoiceEndReason, code?: number): Transition => {
  const detail = code === undefined ? { reason } : { reason, code };
  return { state: { name: 'ended', ...detail }, effects: [{ do: 'ended', ...detail }] };
};

const start = (channelId: string, nowMs: number): Transition =>
  enter(signalling(channelId, { sinceMs: nowMs, attempts: 0, retried: false }, nowMs), [
    { do: 'signal', channelId },
    { do: 'report', state: 'connecting', attempt: 1 },
  ]);

const signalling = (channelId: string, outage: Outage, nowMs: number): Signalling => ({
  name: 'signalling',
  channelId,
  outage,
  deadlineMs: nowMs + connectionRules.signalMs,
});

/** A new outage. A connection that was ready only briefly goes on counting where the last outage stopped. */
const outageFrom = (state: Ready, nowMs: number, attempts: number): Outage => ({
  sinceMs: nowMs,
  attempts: attempts + (nowMs - state.sinceMs >= connectionRules.stableMs ? 0 : state.flaps),
  retried: false,
});

const move = (state: Live, channelId: string, nowMs: number): Transition => {
  if (state.name === 'ready') {
    if (state.channelId === channelId) return stay(state);
    const outage: Outage = { ...outageFrom(state, nowMs, 1), home: state.channelId };
    return enter(signalling(channelId, outage, nowMs), [
      { do: 'lost', cause: 'asked' },
      { do: 'signal', channelId },
      { do: 'report', state: 'connecting', attempt: outage.attempts },
    ]);
  }
  if (state.name === 'connecting' && state.channelId === channelId) return stay(state);
  const { outage } = state;
  // Back to where the connection never went away: nothing would answer, and nothing has to.
  if (outage.home === channelId) {
    return enter({ name: 'ready', channelId, sinceMs: nowMs, flaps: 0 }, [
      { do: 'signal', channelId },
      { do: 'report', state: 'ready' },
    ]);
  }
  return enter(signalling(channelId, { ...outage, attempts: outage.attempts + 1 }, nowMs), [
    { do: 'signal', channelId },
    { do: 'report', state: 'connecting', attempt: outage.attempts + 1 },
  ]);
};

/** The connection that was still up is not any more. */
const homeless = ({ home: _, ...outage }: Outage): Outage => outage;

/** To ask for the channel one is in already may be answered by nothing: leave it first. */
const rejoin = (state: Ready, nowMs: number): Transition => {
  const { channelId } = state;
  const outage = outageFrom(state, nowMs, 1);
  return enter({ name: 'clearing', channelId, outage, deadlineMs: nowMs + connectionRules.clearMs }, [
    { do: 'lost', cause: 'distrusted' },
    { do: 'drop' },
    { do: 'signal', channelId: null },
    { do: 'report', state: 'reconnecting', attempt: outage.attempts },
  ]);
};

const connect = (state: Live, nowMs: number): Transition => {
  const deadlineMs = nowMs + connectionRules.connectMs;
  if (state.name !== 'ready') {
    return enter({ name: 'connecting', channelId: state.channelId, outage: homeless(state.outage), deadlineMs }, []);
  }
  const outage = outageFrom(state, nowMs, 0);
  return enter({ name: 'connecting', channelId: state.channelId, outage, deadlineMs }, [
    { do: 'lost', cause: 'server_changed' },
    { do: 'report', state: 'reconnecting', attempt: outage.attempts },
  ]);
};

const becomeReady = (state: Live, nowMs: number): Transition => {
  if (state.name !== 'connecting' && state.name !== 'resuming') return stay(state);
  const { channelId, outage } = state;
  return enter({ name: 'ready', channelId, sinceMs: nowMs, flaps: outage.attempts }, [
    { do: 'report', state: 'ready' },
  ]);
};

const closed = (state: Live, code: number, nowMs: number, jitter: number): Transition => {
  // A socket we have given up already may close as it likes.
  if (state.name !== 'ready' && state.name !== 'connecting' && state.name !== 'resuming') {
    return stay({ ...state, outage: homeless(state.outage) });
  }
  const outage: Outage = { ...(state.name === 'ready' ? outageFrom(state, nowMs, 0) : state.outage), code };
  const action = closeAction(code);
  const lost: ConnectionEffect[] = state.name === 'ready' ? [{ do: 'lost', cause: 'closed' }] : [];
  const { channelId } = state;
  const report: ConnectionEffect = { do: 'report', state: 'reconnecting', attempt: outage.attempts, code };
  switch (action.kind) {
    case 'terminal': {
      const over = end(action.reason, code);
      return enter(over.state, [...lost, ...over.effects]);
    }
    case 'await_voice_state':
      return enter({ name: 'judging', channelId, outage, deadlineMs: nowMs + connectionRules.judgeMs }, [
        ...lost,
        report,
      ]);
    case 'retry_once': {
      if (outage.retried)
        return enter(end('rate_limited', code).state, [...lost, ...end('rate_limited', code).effects]);
      const deadlineMs = nowMs + connectionRules.tooManyMs;
      return enter({ name: 'waiting', channelId, outage: { ...outage, retried: true }, deadlineMs, clear: false }, [
        ...lost,
        report,
      ]);
    }
    case 'new_session':
    case 'resume_failed': {
      const over = backOff(channelId, outage, nowMs, jitter, false);
      return enter(over.state, [...lost, ...over.effects]);
    }
  }
};

/** Waits before the next voice session: not at all before the first one, and gives up after five minutes. */
const backOff = (channelId: string, outage: Outage, nowMs: number, jitter: number, clear: boolean): Transition => {
  if (nowMs - outage.sinceMs >= connectionRules.giveUpMs) return end('unreachable', outage.code);
  const deadlineMs = outage.attempts === 0 ? nowMs : nowMs + backoffMs(outage.attempts, jitter);
  return enter({ name: 'waiting', channelId, outage, deadlineMs, clear }, [
    {
      do: 'report',
      state: 'reconnecting',
      attempt: outage.attempts,
      ...(outage.code === undefined ? {} : { code: outage.code }),
    },
  ]);
};

const endpointGone = (state: Live, nowMs: number): Transition => {
  if (state.name === 'ready') {
    const outage = outageFrom(state, nowMs, 0);
    return enter({ ...signalling(state.channelId, outage, nowMs), deadlineMs: nowMs + connectionRules.connectMs }, [
      { do: 'lost', cause: 'server_changed' },
      { do: 'report', state: 'reconnecting', attempt: 0 },
    ]);
  }
  return state.name === 'connecting' || state.name === 'resuming'
    ? enter(signalling(state.channelId, state.outage, nowMs), [])
    : stay(state);
};

const voiceState = (state: Live, channelId: string | null, nowMs: number, jitter: number): Transition => {
  if (channelId === state.channelId) return stay(state);
  if (channelId === null) {
    switch (state.name) {
      case 'clearing':
        return enter(signalling(state.channelId, state.outage, nowMs), [{ do: 'signal', channelId: state.channelId }]);
      case 'ready':
      case 'resuming':
        return end('removed');
      case 'judging':
        return end('removed', state.outage.code);
      // While the connection is down Discord drops our voice state by itself: that is no removal.
      default:
        return stay(state);
    }
  }
  const moved: ConnectionEffect = { do: 'report', state: 'moved' };
  switch (state.name) {
    case 'judging':
      return enter(signalling(channelId, state.outage, nowMs), [moved]);
    case 'clearing':
      return backOff(state.channelId, state.outage, nowMs, jitter, false);
    // On the way to another channel the old one may still be named.
    case 'signalling':
      return stay(state);
    default:
      return enter({ ...state, channelId }, [moved]);
  }
};

const tick = (state: Live, nowMs: number, jitter: number): Transition => {
  if (state.name === 'ready' || nowMs < state.deadlineMs) return stay(state);
  const { channelId, outage } = state;
  switch (state.name) {
    case 'signalling':
      return backOff(channelId, outage, nowMs, jitter, outage.home === undefined);
    case 'connecting':
    case 'resuming': {
      const over = backOff(channelId, outage, nowMs, jitter, false);
      return enter(over.state, [{ do: 'drop' }, ...over.effects]);
    }
    case 'judging':
      return backOff(channelId, outage, nowMs, jitter, false);
    case 'clearing':
      return enter(signalling(channelId, outage, nowMs), [{ do: 'signal', channelId }]);
    case 'waiting': {
      const next: Outage = { ...outage, attempts: outage.attempts + 1 };
      if (!state.clear) return enter(signalling(channelId, next, nowMs), [{ do: 'signal', channelId }]);
      return enter({ name: 'clearing', channelId, outage: next, deadlineMs: nowMs + connectionRules.clearMs }, [
        { do: 'signal', channelId: null },
      ]);
    }
  }
};
