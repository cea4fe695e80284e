export type { Lane, NotificationSpec } from './catalogue/notifications.ts';
export type { Connected, MusicSource, RecordingSpec, RecordingSummary, RosterEntry, Stats } from './catalogue/parts.ts';
export type { RequestSpec } from './catalogue/requests.ts';
export { Channel, type ChannelOptions, drainMs, type RequestOptions } from './channel/channel.ts';
export type { ChannelReport } from './channel/complaints.ts';
export type { LinkEnd } from './channel/link-end.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  type CaptureEndReason,
  captureEndReasons,
  type ErrorCode,
  type ExitReason,
  errorCodes,
  exitCodes,
  type MusicFailure,
  musicFailures,
  type PlaybackOutcome,
  playbackOutcomes,
  type VoiceEndReason,
  voiceEndReasons,
  type WarningCode,
  warningCodes,
} from './codes.ts';
export { encodeFrame, type Frame, type FrameKind } from './frame/frame.ts';
export { FrameDecoder } from './frame/frame-decoder.ts';
export { FrameError, type FrameErrorCode } from './frame/frame-error.ts';
export { acceptHello, type Hello, helloTimeoutMs, sayHello, type Welcome } from './handshake.ts';
export {
  compactTime,
  recordingSessionIdOf,
  recordingSessionIdPattern,
  segmentIdPattern,
  snowflake,
  snowflakePattern,
} from './ids.ts';
export {
  catalogue,
  type NotificationName,
  type NotificationParams,
  type Peer,
  protocolVersion,
  type RequestName,
  type RequestParams,
  type RequestResult,
  type Side,
} from './messages.ts';
export { fromWireError, ProtocolError, toWireError, type WireError } from './protocol-error.ts';
