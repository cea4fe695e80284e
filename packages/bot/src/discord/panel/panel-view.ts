import { type MessageDetails, textOf } from '../../notify/index.ts';
import type { AgentState } from '../../session/join/agent-connector.ts';
import type { RecentEvent } from '../../session/recent-events.ts';
import type { Session } from '../../session/session.ts';

export type PanelDetails = MessageDetails['live_panel'];

/** Characters of an event's line. */
const lineLength = 110;

/** An event as one line of the panel. */
export const eventLine = ({ at, message }: RecentEvent): PanelDetails['events'][number] => {
  const [line = ''] = textOf(message).split('\n');
  const points = [...line];
  return { at, text: points.length > lineLength ? `${points.slice(0, lineLength - 1).join('')}…` : line };
};

const agentOf = (state: AgentState | null): PanelDetails['agent'] => {
  if (state === null) return null;
  const { vendor, usd, silent, resting } = state;
  return { vendor, usd, doing: resting !== null ? 'resting' : silent ? 'silent' : 'awake' };
};

/** What the panel of a session shows now. */
export const panelOf = (session: Session, notice: PanelDetails['notice'], hasPages: boolean): PanelDetails => {
  const { announcer, people, recording, reports, state, channelId } = session;
  const run = recording.current;
  const { totals } = recording;
  const { latest } = reports;
  const isOver = state.phase === 'ending' || state.phase === 'ended';
  return {
    notice,
    state: isOver ? 'ended' : run === null ? 'off' : run.isPaused ? 'paused' : 'recording',
    channelId,
    since: run?.identity.startTime ?? null,
    recordedMs: totals.durationMs,
    recorded: people.recorded.yes,
    notRecorded: people.recorded.no,
    received: isOver ? totals.received : (latest?.received ?? 0),
    lost: isOver ? totals.lost : (latest?.lost ?? 0),
    freeBytes: latest?.freeBytes ?? null,
    privacyCode: latest?.dave.privacyCode ?? null,
    agent: agentOf(session.agent.client?.state ?? null),
    hasPages,
    events: announcer.recent.all.map(eventLine),
  };
};

/** The panel of a recording that ended while nobody was there to say so. */
export const closedPanel = (notice: PanelDetails['notice']): PanelDetails => ({
  notice,
  state: 'ended',
  channelId: notice.channelId,
  since: null,
  recordedMs: 0,
  recorded: [],
  notRecorded: [],
  received: 0,
  lost: 0,
  freeBytes: null,
  privacyCode: null,
  agent: null,
  hasPages: false,
  events: [],
});
