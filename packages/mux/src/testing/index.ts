export { walkOpusBytes } from '../ogg/walk.ts';
export { SpliceEngine } from '../splice/splice-engine.ts';
export { groupPlacements, TrackAssembler } from '../tracks/track-packets.ts';
export { decodeStereo, lagOf, leftOf, toneLevel, writeScript } from './decode.ts';
export { type Judge, judge } from './judge.ts';
export { type LongRecordingOptions, writeLongRecording } from './long-recording.ts';
export { readZip, type ZipEntry } from './read-zip.ts';
export {
  RecordingBuilder,
  segmentBytes,
  type TestPerson,
  type TestRecordingOptions,
  type TestSegment,
} from './recording-builder.ts';
export { snapshotOf } from './snapshot.ts';
export { TempFolder } from './temp-folder.ts';
export {
  type EncodeOptions,
  encodePackets,
  seededRandom,
  type Tone,
  tonePackets,
  toneSamples,
  voiceSamples,
} from './tones.ts';
