export { type AudioFrame, decodeAudioFrame, encodeAudioFrame, isOlderEpoch } from './audio-frame.ts';
export {
  type ClientMessage,
  type ClientMessageType,
  clientMessages,
  type DuplexConfig,
  duplexConfig,
} from './client-messages.ts';
export { type Decoded, decodeClientMessage, decodeServerMessage } from './decode.ts';
export { type DuplexErrorCode, duplexErrorCodes } from './error-codes.ts';
export { base64OfSamples, FloatAudioError, samplesOfBase64 } from './float-audio.ts';
export {
  chunkMs,
  closeCodes,
  frameMs,
  maxDiagnosticBytes,
  maxFramesMessageBytes,
  maxMessageBytes,
  maxPrompt,
  maxText,
  microphoneRate,
  speechRate,
  v1Subprotocol,
} from './limits.ts';
export { type ServerMessage, type ServerMessageType, serverMessages } from './server-messages.ts';
