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
