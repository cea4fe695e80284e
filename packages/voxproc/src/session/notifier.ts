import type { Channel } from '@parley/protocol';
import type { Logger } from 'pino';
import type { RecorderEvent } from '../recording/recorder-event.ts';
import { captureTelling } from './capture-telling.ts';
import type { VoiceSessionListeners } from './voice-session.ts';
import type { Warning } from './warnings.ts';

/** Tells the supervisor what happens, and the log what an operator should read. */
export const notifier = (channel: Channel<'voxproc'>, log: Logger): VoiceSessionListeners => ({
  send: ({ op, d }) => channel.notify('gateway.send', { payload: { op, d } }),
  connection: (report) => {
    log.info({ ...report }, 'voice connection');
    channel.notify('connection.state', report);
  },
  recorder: (event) => tellRecorder(channel, log, event),
  capture: captureTelling(channel),
  left: (userId) => channel.notify('participant.left', { userId }),
  playback: (name, params) => channel.notify(name, params),
  warning: (warning) => tellWarning(channel, log, warning),
  error: (error) => log.warn({ err: error }, 'voice library error'),
});

/** Tells of a warning: once to the log, once to the supervisor. */
export const tellWarning = (channel: Channel<'voxproc'>, log: Logger, warning: Warning): void => {
  const { code, message, userId, details } = warning;
  log.warn({ ...details, code, userId }, message);
  channel.notify('warning', warning);
};

const tellRecorder = (channel: Channel<'voxproc'>, log: Logger, event: RecorderEvent): void => {
  switch (event.type) {
    case 'segment_opened':
      channel.notify('segment.opened', { sidecar: { ...event.sidecar } });
      return;
    case 'segment_closed':
      channel.notify('segment.closed', { sidecar: { ...event.sidecar } });
      return;
    case 'speaking_started':
      channel.notify('speaking.started', { userId: event.userId });
      return;
    case 'speaking_stopped':
      channel.notify('speaking.stopped', { userId: event.userId });
      return;
    case 'hole':
      log.info({ ...event.hole }, 'hole in the recording');
      channel.notify('recording.hole', { ...event.hole });
      return;
    case 'ended':
      log.error({ reason: event.reason, ...event.details }, 'recording ended by itself');
      channel.notify('recording.ended', { reason: event.reason, summary: event.summary });
      return;
    case 'warning': {
      const { type: _, details, ...warning } = event;
      tellWarning(channel, log, details === undefined ? warning : { ...warning, details: { ...details } });
    }
  }
};
