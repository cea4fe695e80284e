export { type DropReason, dropReasonMeaning, dropReasons } from './formats/drop-reason.ts';
export { type Hole, type HoleReason, holeReasons, holeSchema } from './formats/hole.ts';
export { type JournalLine, type JournalLineType, journalLineSchema } from './formats/journal.ts';
export {
  type RecordingLayout,
  recordingFolder,
  recordingLayout,
  SAMPLE_RATE,
  segmentStem,
} from './formats/recording-layout.ts';
export {
  type Reanchor,
  type SegmentEnding,
  type SegmentSidecar,
  segmentEndings,
  segmentSidecarSchema,
} from './formats/segment-sidecar.ts';
export {
  type Participant,
  type RecordingStatus,
  recordingStatuses,
  type SessionFile,
  type Skipped,
  sessionFileSchema,
} from './formats/session-file.ts';
export { oggCrc32 } from './ogg/crc32.ts';
export {
  decodeOpusHead,
  decodeOpusTags,
  encodeOpusHead,
  encodeOpusTags,
  type OpusHead,
  type OpusTags,
  PRE_SKIP,
} from './ogg/opus-headers.ts';
export { MAX_FRAME_BYTES, opusPacketSamples } from './ogg/opus-packet.ts';
export type { OggDamage, OpusEvent, OpusPacket } from './ogg/opus-stream.ts';
export { type EndOptions, OggOpusWriter, type OggOpusWriterOptions } from './ogg/opus-writer.ts';
export type { OggPage } from './ogg/page.ts';
export { readOpusBytes, readOpusFile, readOpusPackets } from './ogg/read-opus.ts';
export {
  concealmentAfter,
  type FillPacket,
  GRID_SAMPLES,
  isConcealmentPacket,
  isSilencePacket,
  isSpeechPacket,
  SILENCE_2_5MS,
  SILENCE_20MS,
  silenceFill,
} from './ogg/silence.ts';
