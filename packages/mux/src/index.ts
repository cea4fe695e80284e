export { exitCode as muxExitCode } from './cli/exit-codes.ts';
export { muxCliPath } from './cli-path.ts';
export { codecProblem } from './codec/load-codec.ts';
export { OpusDecoder, type OpusDecoderOptions } from './codec/opus-decoder.ts';
export { ENCODER_LOOKAHEAD, OpusEncoder, type OpusEncoderOptions } from './codec/opus-encoder.ts';
export {
  type Erased,
  eraseFromRunning,
  erasePeople,
  isOwnRoom,
  markForErasure,
} from './erase/erase-person.ts';
export { ERASED_USER_ID, holdsId, withoutId } from './erase/erased-line.ts';
export { type PersonMark, readMarks } from './erase/person-mark.ts';
export {
  type ExportFormat,
  exportFormatNames,
  exportFormats,
  isExportFormat,
  isSingleFile,
} from './export/export-formats.ts';
export { type ExportOptions, type ExportResult, exportRecording } from './export/export-recording.ts';
export { safeFileName } from './export/file-names.ts';
export { parseTimeText } from './export/time-text.ts';
export { type Ffmpeg, type FfmpegSource, type FindFfmpegOptions, findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
export { type DropReason, dropReasons } from './formats/drop-reason.ts';
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
export {
  type Transcript,
  type TranscriptSegment,
  transcriptSchema,
  transcriptSegmentSchema,
} from './formats/transcript.ts';
export { FolderLock } from './job/folder-lock.ts';
export { type MuxOptions, type MuxResult, muxRecording } from './job/mux-recording.ts';
export { processStartTicks } from './job/process-identity.ts';
export { type MuxPhase, type MuxProgress, muxPhases } from './job/progress.ts';
export { type ReadJournals, readJournals } from './job/read-journals.ts';
export { type Loudness, LoudnessMeter } from './loudness/loudness-meter.ts';
export { type EngineWish, engineWishes } from './mix/engine-wish.ts';
export { MuxError, type MuxErrorCode, muxErrorAdvice, muxErrorCodes } from './mux-error.ts';
export { oggCrc32 } from './ogg/crc32.ts';
export { type DaveTrailer, hasDaveTrailer, readDaveTrailer } from './ogg/dave-trailer.ts';
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
export { type Repair, repairOpusFile } from './ogg/repair.ts';
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
export { innerDamage, type OpusWalk, walkOpusFile } from './ogg/walk.ts';
export { openSpeech, type SpeechSource, type SpeechTrack } from './speech/open-speech.ts';
export { publishSummary, publishTranscript } from './speech/publish-transcript.ts';
export {
  type ChunkPiece,
  recordingSampleAt,
  type SpeechChunk,
  type SpeechChunkOptions,
  speechChunks,
} from './speech/speech-chunks.ts';
export { SPEECH_WAV_HEADER } from './speech/speech-wav.ts';
export {
  dropPartsBut,
  dropPartsOf,
  type Heard,
  heardSchema,
  keepPart,
  makeWorkFolder,
  readPart,
} from './speech/transcript-parts.ts';
export { type TranscribedRecording, withdrawWords } from './speech/withdraw-words.ts';
export { type JournalView, viewJournal } from './timeline/journal-view.ts';
export type { Placement } from './timeline/placement.ts';
export {
  type PersonTimeline,
  planTimeline,
  type Timeline,
  type TimelineInput,
  type WalkedSegment,
} from './timeline/timeline.ts';
export type { Check } from './verify/check.ts';
export { formatReport } from './verify/format-report.ts';
export { type VerifyReport, verifyRecording } from './verify/verify-recording.ts';
