import type { Channel, NotificationParams } from '@parley/protocol';
import type { ChildExit } from './child-exit.ts';

type From<N extends Parameters<Channel<'supervisor'>['onNotification']>[0]> = NotificationParams<'voxproc', N>;

/** What a session hears of its voxproc: the child's notifications, and what becomes of the child itself. */
export interface VoxprocEvents {
  gatewaySend(payload: From<'gateway.send'>['payload']): void;
  connectionState(state: From<'connection.state'>): void;
  speakingStarted(userId: string): void;
  speakingStopped(userId: string): void;
  segmentOpened(sidecar: Record<string, unknown>): void;
  segmentClosed(sidecar: Record<string, unknown>): void;
  hole(hole: From<'recording.hole'>): void;
  recordingEnded(ended: From<'recording.ended'>): void;
  participantLeft(userId: string): void;
  stats(stats: From<'stats'>): void;
  warning(warning: From<'warning'>): void;
  fatal(fatal: From<'fatal'>): void;
  /** The child died; another is being started. */
  crashed(exit: ChildExit): void;
  /** A new child is in the channel. Times are CLOCK_MONOTONIC in µs: until when the old one captured, and now. */
  respawned(outage: { lastCaptureUs: number; readyUs: number; tookMs: number }): void;
  /** It died too often; nobody is in the channel any more. */
  failed(exit: ChildExit): void;
}

/** Listens to a child on behalf of a session; `heard` is called for each message. Disposing ends it. */
export const forwardNotifications = (
  channel: Channel<'supervisor'>,
  events: VoxprocEvents,
  heard: () => void,
): DisposableStack => {
  const scope = new DisposableStack();
  const on = <N extends Parameters<Channel<'supervisor'>['onNotification']>[0]>(
    name: N,
    listener: (params: From<N>) => void,
  ): void => {
    scope.use(
      channel.onNotification(name, (params) => {
        heard();
        listener(params);
      }),
    );
  };
  on('gateway.send', ({ payload }) => events.gatewaySend(payload));
  on('connection.state', (state) => events.connectionState(state));
  on('speaking.started', ({ userId }) => events.speakingStarted(userId));
  on('speaking.stopped', ({ userId }) => events.speakingStopped(userId));
  on('segment.opened', ({ sidecar }) => events.segmentOpened(sidecar));
  on('segment.closed', ({ sidecar }) => events.segmentClosed(sidecar));
  on('recording.hole', (hole) => events.hole(hole));
  on('recording.ended', (ended) => events.recordingEnded(ended));
  on('participant.left', ({ userId }) => events.participantLeft(userId));
  on('stats', (stats) => events.stats(stats));
  on('warning', (warning) => events.warning(warning));
  on('fatal', (fatal) => events.fatal(fatal));
  return scope;
};
